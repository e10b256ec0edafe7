// SPDX-License-Identifier: Apache-2.0
// The 10,000 test digits of MNIST.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace cenote {

inline const std::vector<std::string> kDigitFiles{"vision/mnist/t10k-images-idx3-ubyte.gz",
                                                  "vision/mnist/t10k-labels-idx1-ubyte.gz"};

struct Digits {
  static constexpr int64_t kSide = 28;

  at::Tensor pictures;  // [n, 1, 28, 28] float32 in [0, 1]
  at::Tensor labels;    // [n] int64

  /// Errors    io, bad_input.
  static Digits read(const std::filesystem::path& data);
  /// Those with these numbers.
  Digits some(const std::vector<int64_t>& numbers) const;
};

/// Two parts of all digits, drawn by the key: `train` of them, then `test` others.
struct DigitSplit {
  Digits train, test;
};
DigitSplit split_digits(const std::filesystem::path& data, int64_t train, int64_t test,
                        uint64_t key);

}  // namespace cenote
