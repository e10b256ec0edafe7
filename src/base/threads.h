// SPDX-License-Identifier: Apache-2.0
// Threads: a fixed set of workers that take the parts of a job, whole.
//
// Threads never split an operation: the parts are cut by the data (shards, blocks), never by the number
// of threads, and what they return is combined in the order of the parts. So the bytes of a result do
// not depend on the number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace cenote {

/// A pool of workers.
///
/// Threads    parallel_for may be called by one thread at a time; parts must not call it again.
/// Errors     the exception of the lowest-numbered part that threw is rethrown after all have stopped.
class ThreadPool {
 public:
  /// `threads` in all, the calling one included. Each worker runs `start_worker` once.
  explicit ThreadPool(int threads, std::function<void()> start_worker = {});
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;

  int threads() const;
  /// Calls part(0) ... part(parts - 1), each once, in any order and on any thread; returns when all are done.
  void parallel_for(int64_t parts, const std::function<void(int64_t)>& part);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The cores that this process may use.
int available_threads();

}  // namespace cenote
