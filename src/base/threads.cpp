// SPDX-License-Identifier: Apache-2.0
#include "base/threads.h"

#include <sched.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace cenote {

struct ThreadPool::State {
  std::mutex mutex;
  std::condition_variable work, finished;
  const std::function<void(int64_t)>* part = nullptr;
  int64_t parts = 0, next = 0, running = 0;
  uint64_t job = 0;
  bool stopping = false;
  std::exception_ptr error;
  int64_t error_part = 0;
  std::vector<std::thread> workers;

  /// Takes parts until none is left. REQUIRES the lock is held; it is held again on return.
  void take_parts(std::unique_lock<std::mutex>& lock) {
    ++running;
    while (next < parts) {
      const int64_t index = next++;
      const auto* body = part;
      lock.unlock();
      std::exception_ptr caught;
      try {
        (*body)(index);
      } catch (...) {
        caught = std::current_exception();
      }
      lock.lock();
      if (caught && (!error || index < error_part)) {
        error = caught;
        error_part = index;
        next = parts;  // start no further part
      }
    }
    if (--running == 0) finished.notify_all();
  }
};

ThreadPool::ThreadPool(int threads, std::function<void()> start_worker)
    : state_(std::make_unique<State>()) {
  State* state = state_.get();
  for (int i = 1; i < std::max(1, threads); ++i) {
    state->workers.emplace_back([state, start_worker] {
      if (start_worker) start_worker();
      std::unique_lock lock(state->mutex);
      uint64_t seen = 0;
      while (true) {
        state->work.wait(lock, [&] { return state->stopping || state->job != seen; });
        if (state->stopping) return;
        seen = state->job;
        state->take_parts(lock);
      }
    });
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->work.notify_all();
  for (auto& worker : state_->workers) worker.join();
}

int ThreadPool::threads() const { return static_cast<int>(state_->workers.size()) + 1; }

void ThreadPool::parallel_for(int64_t parts, const std::function<void(int64_t)>& part) {
  if (parts <= 0) return;
  std::unique_lock lock(state_->mutex);
  state_->part = &part;
  state_->parts = parts;
  state_->next = 0;
  state_->error = nullptr;
  ++state_->job;
  if (parts > 1) state_->work.notify_all();
  state_->take_parts(lock);
  state_->finished.wait(lock,
                        [&] { return state_->running == 0 && state_->next >= state_->parts; });
  state_->parts = 0;
  state_->part = nullptr;
  if (state_->error) std::rethrow_exception(state_->error);
}

int available_threads() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace cenote
