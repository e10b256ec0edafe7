// SPDX-License-Identifier: Apache-2.0
// Storage for what grows with the database: in memory while the budget lasts, else in mapped files, so that rows that do
// not fit are read when they are needed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cenote {

/// Where large storage lies now.
struct PagedStatistics {
  int64_t in_memory = 0;  // bytes
  int64_t in_files = 0;   // bytes
  int64_t dropped = 0;    // times that pages were let go because the process neared its budget
};
PagedStatistics paged_statistics();

/// Bytes of storage, aligned to 64. Requests from 256 KiB on count as large: they lie in memory up to a quarter of the
/// budget (memory.h), then each in a file without a name, which is gone with the process however that ends. A watcher drops
/// mapped pages, which the system writes and reads back as it likes, while the process holds more than 85 % of the budget.
/// Errors    memory: neither memory nor the temporary folder has room; it says how much was wanted.
/// Threads   safe.
void* allocate_paged(size_t bytes);
void free_paged(void* data, size_t bytes) noexcept;

/// Bytes that are in memory for good, such as those of tensors. Errors    memory, once they alone exceed the budget.
void count_resident(int64_t bytes);

template <class T>
struct PagedAllocator {
  using value_type = T;
  PagedAllocator() = default;
  template <class U>
  PagedAllocator(const PagedAllocator<U>&) {}
  T* allocate(size_t count) { return static_cast<T*>(allocate_paged(count * sizeof(T))); }
  void deallocate(T* data, size_t count) noexcept { free_paged(data, count * sizeof(T)); }
  bool operator==(const PagedAllocator&) const { return true; }
};

template <class T>
using PagedVector = std::vector<T, PagedAllocator<T>>;
using PagedString = std::basic_string<char, std::char_traits<char>, PagedAllocator<char>>;

}  // namespace cenote
