// SPDX-License-Identifier: Apache-2.0
#include "base/paged_memory.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>

#include "base/check.h"
#include "base/files.h"
#include "cenote/memory.h"

namespace cenote {
namespace {

constexpr size_t kLarge = size_t{256} << 10;
constexpr size_t kAlignment = 64;
constexpr std::chrono::milliseconds kPause(20);  // between two looks at the memory
constexpr int64_t kLeastBudget = int64_t{16} << 20;

/// The limit that a control group's file names, or `bytes`.
int64_t limited(const std::string& file, int64_t bytes) {
  std::ifstream in(file);
  int64_t limit = 0;
  return in >> limit && limit > 0 ? std::min(bytes, limit) : bytes;  // "max" is no number
}

/// What this process may have: the machine's memory, or less if one of its control groups says so.
int64_t available_bytes() {
  int64_t bytes = static_cast<int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGE_SIZE);
  bytes = limited("/sys/fs/cgroup/memory/memory.limit_in_bytes", bytes);
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    if (!line.starts_with("0::/")) continue;
    for (std::string group = line.substr(3);; group.erase(group.find_last_of('/'))) {
      bytes = limited("/sys/fs/cgroup" + group + "/memory.max", bytes);
      if (group.empty()) break;
    }
  }
  return bytes;
}

/// Bytes of this process that lie in memory now; 0 where the system does not say.
int64_t resident_bytes() {
  std::ifstream in("/proc/self/statm");
  int64_t all = 0, resident = 0;
  in >> all >> resident;
  return resident * ::sysconf(_SC_PAGE_SIZE);
}

struct Store {
  std::atomic<int64_t> budget{0};  // 0: not asked for yet
  std::atomic<int64_t> in_memory{0}, in_files{0}, dropped{0}, resident{0};
  std::mutex lock;                 // of what follows
  std::map<char*, size_t> mapped;  // by address
  char* next = nullptr;            // where the watcher goes on
  bool watched = false;
};

Store& store() {
  static Store* shared = new Store;  // outlives every static object that has storage
  return *shared;
}

/// Lets mapped pages go, oldest address first after those of the last time, until the process holds `enough`.
void drop_pages(Store& all, int64_t enough) {
  const std::lock_guard guard(all.lock);
  auto region = all.mapped.lower_bound(all.next);
  for (size_t i = 0; i < all.mapped.size(); ++i) {
    if (region == all.mapped.end()) region = all.mapped.begin();
    ::madvise(region->first, region->second, MADV_DONTNEED);  // the file keeps what they hold
    ++region;
    if (i % 8 == 7 && resident_bytes() < enough) break;
  }
  all.next = region == all.mapped.end() ? nullptr : region->first;
  all.dropped.fetch_add(1);
}

void watch(Store& all) {
  // Signals are for the threads of the program.
  sigset_t every;
  sigfillset(&every);
  pthread_sigmask(SIG_SETMASK, &every, nullptr);
  // Where what fills the memory is not ours to drop, trying again only costs, until some of ours has come back.
  for (int64_t enough = 0;;) {
    std::this_thread::sleep_for(kPause);
    const int64_t budget = memory_budget(), before = resident_bytes();
    if (all.in_files.load() == 0 || before < std::max(budget / 20 * 17, enough)) continue;
    drop_pages(all, budget / 10 * 6);
    if (resident_bytes() > budget / 10 * 7) ::malloc_trim(0);  // what was freed but kept
    const int64_t after = resident_bytes();
    enough = before - after < budget / 20 ? after + budget / 20 : 0;
  }
}

/// A file without a name that has room for `bytes`; -1 with errno.
int unnamed_file(const std::filesystem::path& folder, size_t bytes) {
  int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0) {                                          // a file system without such files
    const TemporaryFolder holder("cenote-pages", folder);  // takes the name away
    const std::filesystem::path name = holder.path() / "pages";
    file = ::open(name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  }
  if (file < 0) return -1;
  // All of it is reserved now: a full disk must be an error here, not a signal at some later write.
  if (const int error = ::posix_fallocate(file, 0, static_cast<off_t>(bytes)); error != 0) {
    ::close(file);
    errno = error;
    return -1;
  }
  return file;
}

/// The temporary folder; where nobody chose one and the usual one lies in memory itself, the one that does not.
std::filesystem::path page_folder() {
  std::error_code ignored;
  std::filesystem::path folder = std::filesystem::temp_directory_path(ignored);
  struct statfs system {};
  const std::filesystem::path on_disk = "/var/tmp";
  if (std::getenv("TMPDIR") == nullptr && ::statfs(folder.c_str(), &system) == 0 &&
      system.f_type == TMPFS_MAGIC && ::access(on_disk.c_str(), W_OK) == 0)
    folder = on_disk;
  return folder;
}

void* map_file(Store& all, size_t bytes) {
  const std::filesystem::path folder = page_folder();
  const int file = unnamed_file(folder, bytes);
  void* data = MAP_FAILED;
  if (file >= 0) {
    data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    const int reason = errno;
    ::close(file);  // the mapping holds it
    errno = reason;
  }
  CENOTE_CHECK(data != MAP_FAILED, memory,
               "tables need {} MiB beyond the memory budget of {} MiB, and '{}' cannot hold them: "
               "{}; give more with --memory, or another folder with TMPDIR",
               bytes >> 20, memory_budget() >> 20, folder.string(), std::strerror(errno));
  const std::lock_guard guard(all.lock);
  all.mapped.emplace(static_cast<char*>(data), bytes);
  if (!all.watched) {
    all.watched = true;
    std::thread(watch, std::ref(all)).detach();
  }
  return data;
}

/// True if `data` was a mapping, which is gone now.
bool unmap_file(Store& all, void* data) {
  const std::lock_guard guard(all.lock);
  const auto region = all.mapped.find(static_cast<char*>(data));
  if (region == all.mapped.end()) return false;
  ::munmap(data, region->second);
  all.mapped.erase(region);
  return true;
}

}  // namespace

void set_memory_budget(int64_t bytes) {
  CENOTE_CHECK(bytes == 0 || bytes >= kLeastBudget, bad_input,
               "a memory budget of {} bytes is too small; it is at least {} MiB", bytes,
               kLeastBudget >> 20);
  store().budget = bytes;
}

int64_t memory_budget() {
  Store& all = store();
  if (all.budget.load() == 0) {
    int64_t none = 0;
    all.budget.compare_exchange_strong(none,
                                       std::max(available_bytes() / 4 * 3, int64_t{256} << 20));
  }
  return all.budget.load();
}

PagedStatistics paged_statistics() {
  const Store& all = store();
  return {all.in_memory.load(), all.in_files.load(), all.dropped.load()};
}

void* allocate_paged(size_t bytes) {
  const size_t size = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  void* data = nullptr;
  if (bytes < kLarge) {
    data = std::aligned_alloc(kAlignment, size);
  } else {
    Store& all = store();
    const auto count = static_cast<int64_t>(bytes);
    if (all.in_memory.fetch_add(count) + count <= memory_budget() / 4)
      data = std::aligned_alloc(kAlignment, size);
    if (data != nullptr) return data;
    all.in_memory.fetch_sub(count);
    data = map_file(all, bytes);
    all.in_files.fetch_add(count);
  }
  CENOTE_CHECK(data != nullptr, memory, "the system has no {} bytes left", bytes);
  return data;
}

void free_paged(void* data, size_t bytes) noexcept {
  if (bytes >= kLarge) {
    Store& all = store();
    if (all.in_files.load() > 0 && unmap_file(all, data)) {
      all.in_files.fetch_sub(static_cast<int64_t>(bytes));
      return;
    }
    all.in_memory.fetch_sub(static_cast<int64_t>(bytes));
  }
  std::free(data);
}

void count_resident(int64_t bytes) {
  Store& all = store();
  const int64_t now = all.resident.fetch_add(bytes) + bytes;
  if (now > memory_budget()) all.resident.fetch_sub(bytes);
  CENOTE_CHECK(
      now <= memory_budget(), memory,
      "tensors want {} MiB of a memory budget of {} MiB; give more with --memory, or train "
      "with fewer rows at a time (--set batch=N)",
      now >> 20, memory_budget() >> 20);
}

}  // namespace cenote
