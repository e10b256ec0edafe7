// SPDX-License-Identifier: Apache-2.0
#include "kernel/allocator.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace cenote {
namespace {

TEST(Allocator, EverySizeFitsAndIsAligned) {
  install_caching_allocator();
  for (int64_t bytes = 1; bytes < 5'000'000; bytes += 1 + bytes / 3) {
    const at::Tensor tensor = at::full({bytes}, 7, at::TensorOptions().dtype(at::kByte));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.const_data_ptr()) % 64, 0u) << bytes;
    const at::Tensor neighbour = at::full({bytes}, 9, at::TensorOptions().dtype(at::kByte));
    const auto* data = tensor.const_data_ptr<uint8_t>();
    EXPECT_EQ(data[0], 7);
    EXPECT_EQ(data[bytes - 1], 7) << bytes;
  }
}

TEST(Allocator, TheSecondRoundAsksTheSystemForNothing) {
  install_caching_allocator();
  const auto round = [] {
    std::vector<at::Tensor> kept;
    for (int64_t i = 1; i < 60; ++i) kept.push_back(at::full({i, 128}, 1.0f));
  };
  round();
  const int64_t misses = allocator_statistics().misses, requests = allocator_statistics().requests;
  for (int i = 0; i < 5; ++i) round();
  EXPECT_EQ(allocator_statistics().misses, misses);
  EXPECT_GT(allocator_statistics().requests, requests + 290);
}

TEST(Allocator, BlocksMayBeFreedByAnotherThread) {
  install_caching_allocator();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 200; ++i) {
        at::Tensor made = at::full({64, 64}, 1.0f);
        std::thread([moved = std::move(made)]() mutable { moved = at::Tensor(); }).join();
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace cenote
