// SPDX-License-Identifier: Apache-2.0
// Small convolutional networks whose pools are those of the registry: a picture's pixels are rows, its windows a join.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "claim/claim.h"
#include "claims/detail/digits.h"
#include "claims/detail/small_nets.h"

namespace cenote {

/// A convolution with padding, so that a picture keeps its size.
class Convolution {
 public:
  Convolution(ParameterSet& parameters, const std::string& name, int64_t in, int64_t out,
              int64_t kernel = 3);
  at::Tensor operator()(const at::Tensor& pictures) const;  // [n, in, h, w] -> [n, out, h, w]

 private:
  at::Tensor weight_, bias_;
};

/// [n, c, h, w] -> [n h w, c], picture by picture, each row by row.
at::Tensor pixels_of(const at::Tensor& pictures);
/// Back: [n h w, c] -> [n, c, h, w].
at::Tensor pictures_of(const at::Tensor& pixels, int64_t height, int64_t width);

/// The join of one picture for n pictures, one after the other, each of `rows` rows.
JoinPtr repeated(const Join& of_one, int64_t rows, int64_t n);

/// A pool of windows of pictures.
class WindowPool {
 public:
  using Options = std::vector<std::pair<std::string, std::string>>;
  WindowPool(ParameterSet& parameters, const std::string& place, const std::string& pool,
             const Options& options, int64_t channels, int64_t kernel, int64_t stride);
  at::Tensor operator()(const at::Tensor& pictures) const;  // [n, c, h, w] -> [n, c, h', w']

 private:
  NamedPool pool_;
  int64_t kernel_, stride_;
};

/// A pool with its options, and what it is called in figures.
struct PoolChoice {
  std::string name, pool;
  WindowPool::Options options = {};
};

/// Two convolutions of 16 and 32 channels with a pool of windows of 3 x 3 and stride 2 after each, then an affine map.
class DigitNet {
 public:
  DigitNet(ParameterSet& parameters, const PoolChoice& first, const PoolChoice& second);
  at::Tensor operator()(const at::Tensor& pictures) const;  // [n, 1, 28, 28] -> [n, 10]

 private:
  Convolution first_, second_;
  WindowPool first_pool_, second_pool_;
  Mlp head_;
};

/// A network trained on digits: how, and for how long.
struct DigitTraining {
  int64_t epochs = 8, batch = 64;
  double learning_rate = 2e-3;
};

/// Of a model from pictures [n, 1, 28, 28] to logits [n, 10], which is called in batches.
using DigitModel = std::function<at::Tensor(const at::Tensor& pictures)>;
void train_digits(ParameterSet& parameters, const DigitModel& model, const Digits& train,
                  const DigitTraining& training, const ClaimRun& run);
/// In hundredths.
double digit_accuracy(const DigitModel& model, const Digits& test);

}  // namespace cenote
