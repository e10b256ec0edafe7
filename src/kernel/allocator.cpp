// SPDX-License-Identifier: Apache-2.0
#include "kernel/allocator.h"

#include <c10/core/Allocator.h>
#include <c10/core/DeviceType.h>

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <vector>

#include "base/check.h"
#include "base/paged_memory.h"

namespace cenote {
namespace {

constexpr size_t kAlignment = 64;  // also the room before a block in which its class is written
constexpr size_t kHugePage = size_t{2} << 20;
constexpr int kClasses = 4 * 48;
constexpr int kLargerClasses = 4;  // a doubling

/// Class of a size: four to a doubling, from 64 bytes on. size_of(class_of(n)) >= n, at most 25 % more.
int class_of(size_t bytes) {
  if (bytes <= kAlignment) return 0;
  const size_t units = (bytes + kAlignment - 1) / kAlignment - 1;  // >= 1
  const int power = std::bit_width(units) - 1;
  const size_t quarter = power >= 2 ? (units >> (power - 2)) & 3 : (units << (2 - power)) & 3;
  return 1 + 4 * power + static_cast<int>(quarter);
}

size_t size_of(int size_class) {
  if (size_class == 0) return kAlignment;
  const int power = (size_class - 1) / 4, quarter = (size_class - 1) % 4;
  // The largest number of units in the class, plus the one that class_of() took away.
  const size_t top = ((size_t{4} + quarter + 1) << power) / 4;
  return kAlignment * (std::max<size_t>(top, size_t{1} << power) + 1);
}

/// Large blocks lie on huge pages where the system has them: rows that are read anywhere in one then miss the table of
/// pages far less often, and the first touch asks for 2 MiB at a time.
void* from_system(size_t size) {
#ifdef MADV_HUGEPAGE
  if (size >= 2 * kHugePage) {
    void* block = std::aligned_alloc(kHugePage, (size + kHugePage - 1) / kHugePage * kHugePage);
    if (block != nullptr) madvise(block, size, MADV_HUGEPAGE);  // only advice: it may well fail
    return block;
  }
#endif
  return std::aligned_alloc(kAlignment, size);
}

struct Lists {
  std::array<std::vector<void*>, kClasses> free;
  std::array<std::mutex, kClasses> lock;
  std::atomic<int64_t> requests{0}, misses{0}, held{0};
};

Lists& lists() {
  static Lists* shared = new Lists;  // outlives every tensor, those of static objects too
  return *shared;
}

void release(void* data) {
  if (data == nullptr) return;
  int size_class;
  std::memcpy(&size_class, static_cast<char*>(data) - kAlignment, sizeof(size_class));
  Lists& all = lists();
  const std::lock_guard guard(all.lock[size_class]);
  all.free[size_class].push_back(data);
}

class CachingAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    if (bytes == 0) return {nullptr, nullptr, &release, c10::Device(c10::DeviceType::CPU)};
    const int size_class = class_of(bytes);
    CENOTE_CHECK(size_class < kClasses, memory, "a tensor of {} bytes is too large", bytes);
    Lists& all = lists();
    all.requests.fetch_add(1, std::memory_order_relaxed);
    void* data = nullptr;
    // A block of up to twice the size will do: else the most that was ever wanted of each class would be held.
    const int largest = std::min(size_class + kLargerClasses, kClasses - 1);
    for (int at = size_class; data == nullptr && at <= largest; ++at) {
      const std::lock_guard guard(all.lock[at]);
      if (all.free[at].empty()) continue;
      data = all.free[at].back();
      all.free[at].pop_back();
    }
    if (data == nullptr) {
      const size_t size = size_of(size_class) + kAlignment;
      count_resident(static_cast<int64_t>(size));
      void* block = from_system(size);
      CENOTE_CHECK(block != nullptr, memory, "the system has no {} bytes left for a tensor", size);
      std::memcpy(block, &size_class, sizeof(size_class));
      data = static_cast<char*>(block) + kAlignment;
      all.misses.fetch_add(1, std::memory_order_relaxed);
      all.held.fetch_add(static_cast<int64_t>(size), std::memory_order_relaxed);
    }
    return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void* to, const void* from, size_t count) const override {
    std::memcpy(to, from, count);
  }
};

}  // namespace

void install_caching_allocator() {
  static CachingAllocator* allocator = new CachingAllocator;
  static std::once_flag once;
  std::call_once(once, [] { c10::SetAllocator(c10::DeviceType::CPU, allocator, 1); });
}

AllocatorStatistics allocator_statistics() {
  const Lists& all = lists();
  return {all.requests.load(), all.misses.load(), all.held.load()};
}

}  // namespace cenote
