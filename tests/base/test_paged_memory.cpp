// SPDX-License-Identifier: Apache-2.0
#include "base/paged_memory.h"

#include <gtest/gtest.h>

#include <chrono>
#include <numeric>
#include <thread>

#include "cenote/memory.h"
#include "support/error_of.h"

namespace cenote {
namespace {

/// A budget for one test.
struct Budget {
  explicit Budget(int64_t bytes) { set_memory_budget(bytes); }
  ~Budget() { set_memory_budget(0); }
};

constexpr int64_t kLeast = int64_t{16} << 20;

TEST(PagedMemory, LargeStorageBeyondTheShareLiesInFiles) {
  const Budget budget(kLeast);
  const PagedStatistics before = paged_statistics();
  PagedVector<int64_t> small(1000), in_memory(100'000), in_file(1'000'000);
  const PagedStatistics now = paged_statistics();
  EXPECT_EQ(now.in_memory - before.in_memory, 800'000);
  EXPECT_EQ(now.in_files - before.in_files, 8'000'000);
  in_file = PagedVector<int64_t>();
  EXPECT_EQ(paged_statistics().in_files, before.in_files);
}

TEST(PagedMemory, WithinTheShareNothingIsInFiles) {
  const Budget budget(int64_t{1} << 30);
  const int64_t before = paged_statistics().in_files;
  const PagedVector<int64_t> values(1'000'000);
  EXPECT_EQ(paged_statistics().in_files, before);
}

TEST(PagedMemory, ValuesOutliveThePagesThatAreDropped) {
  // Any process holds more than so small a budget: the watcher drops pages as often as it may.
  const Budget budget(kLeast);
  const int64_t before = paged_statistics().dropped;
  PagedVector<int64_t> values(4'000'000);
  std::iota(values.begin(), values.end(), 7);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (paged_statistics().dropped < before + 2 && std::chrono::steady_clock::now() < end) {
    for (size_t i = 0; i < values.size(); i += 512) ++values[i];
    for (size_t i = 0; i < values.size(); i += 512) --values[i];
  }
  EXPECT_GE(paged_statistics().dropped, before + 2);
  for (size_t i = 0; i < values.size(); ++i) ASSERT_EQ(values[i], static_cast<int64_t>(i) + 7);
}

TEST(PagedMemory, TextGrowsFromMemoryIntoAFile) {
  const Budget budget(kLeast);
  PagedString text;
  for (int i = 0; i < 1'000'000; ++i) text += "0123456789";
  EXPECT_EQ(text.size(), 10'000'000u);
  EXPECT_EQ(text.substr(text.size() - 10), "0123456789");
}

TEST(PagedMemory, WithoutRoomTheSizeIsNamed) {
  const Budget budget(kLeast);
  const std::string error = error_of([] { PagedVector<int64_t> huge(int64_t{1} << 50); });
  EXPECT_NE(error.find("MiB beyond the memory budget of 16 MiB"), std::string::npos) << error;
}

TEST(PagedMemory, ResidentBytesStopAtTheBudget) {
  const Budget budget(kLeast);
  const std::string error = error_of([] { count_resident(int64_t{1} << 40); });
  EXPECT_NE(error.find("of a memory budget of 16 MiB"), std::string::npos) << error;
  EXPECT_NE(error.find("--set batch=N"), std::string::npos) << error;
}

TEST(MemoryBudget, IsWhatWasSetOrAShareOfTheMachine) {
  {
    const Budget budget(int64_t{3} << 30);
    EXPECT_EQ(memory_budget(), int64_t{3} << 30);
  }
  EXPECT_GE(memory_budget(), int64_t{256} << 20);
  const std::string error = error_of([] { set_memory_budget(1); });
  EXPECT_NE(error.find("at least 16 MiB"), std::string::npos) << error;
}

}  // namespace
}  // namespace cenote
