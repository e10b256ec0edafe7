// SPDX-License-Identifier: Apache-2.0
#include "claims/detail/pictures.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/relu.h>

#include <algorithm>
#include <cmath>

#include "claim/small_training.h"
#include "kernel/join_builders.h"

namespace cenote {

Convolution::Convolution(ParameterSet& parameters, const std::string& name, int64_t in, int64_t out,
                         int64_t kernel) {
  const double bound = 1 / std::sqrt(static_cast<double>(in * kernel * kernel));
  weight_ = parameters.declare(name + ".weight", {out, in, kernel, kernel}, Init::uniform, bound);
  bias_ = parameters.declare(name + ".bias", {out}, Init::uniform, bound);
}

at::Tensor Convolution::operator()(const at::Tensor& pictures) const {
  return at::conv2d(pictures, weight_, bias_, 1, weight_.size(2) / 2);
}

at::Tensor pixels_of(const at::Tensor& pictures) {
  return pictures.permute({0, 2, 3, 1}).reshape({-1, pictures.size(1)});
}

at::Tensor pictures_of(const at::Tensor& pixels, int64_t height, int64_t width) {
  return pixels.view({-1, height, width, pixels.size(1)}).permute({0, 3, 1, 2}).contiguous();
}

JoinPtr repeated(const Join& of_one, int64_t rows, int64_t n) {
  auto out = std::make_shared<Join>();
  out->rows.reserve(of_one.rows.size() * static_cast<size_t>(n));
  for (int64_t i = 0; i < n; ++i) {
    for (const int64_t row : of_one.rows) out->rows.push_back(i * rows + row);
    for (size_t g = 1; g < of_one.offsets.size(); ++g)
      out->offsets.push_back(i * of_one.links() + of_one.offsets[g]);
  }
  return out;
}

WindowPool::WindowPool(ParameterSet& parameters, const std::string& place, const std::string& pool,
                       const Options& options, int64_t channels, int64_t kernel, int64_t stride)
    : pool_(parameters, pool, channels, options, place), kernel_(kernel), stride_(stride) {}

at::Tensor WindowPool::operator()(const at::Tensor& pictures) const {
  const int64_t n = pictures.size(0), height = pictures.size(2), width = pictures.size(3);
  const JoinPtr windows = grid_windows(height, width, kernel_, stride_);
  const at::Tensor pooled =
      pool_({.rows = pixels_of(pictures), .join = repeated(*windows, height * width, n)});
  const int64_t across = (width - kernel_) / stride_ + 1;
  return pictures_of(pooled, windows->groups() / across, across);
}

DigitNet::DigitNet(ParameterSet& parameters, const PoolChoice& first, const PoolChoice& second)
    : first_(parameters, "first", 1, 16),
      second_(parameters, "second", 16, 32),
      first_pool_(parameters, "first_pool", first.pool, first.options, 16, 3, 2),
      second_pool_(parameters, "second_pool", second.pool, second.options, 32, 3, 2),
      head_(parameters, "head", {6 * 6 * 32, 10}) {}

at::Tensor DigitNet::operator()(const at::Tensor& pictures) const {
  const at::Tensor once = first_pool_(at::relu(first_(pictures)));
  const at::Tensor twice = second_pool_(at::relu(second_(once)));
  return head_(twice.reshape({pictures.size(0), -1}));
}

void train_digits(ParameterSet& parameters, const DigitModel& model, const Digits& train,
                  const DigitTraining& training, const ClaimRun& run) {
  train_small(parameters, train.labels.size(0),
              [&](const std::vector<int64_t>& batch) {
                const Digits some = train.some(batch);
                return at::cross_entropy_loss(model(some.pictures), some.labels);
              },
              {.epochs = training.epochs,
               .batch = training.batch,
               .learning_rate = training.learning_rate,
               .seed = run.seed,
               .between_epochs = [&run] { run.check_cancelled(); }});
}

double digit_accuracy(const DigitModel& model, const Digits& test) {
  constexpr int64_t kBatch = 200;
  const at::NoGradGuard no_gradients;
  const int64_t n = test.labels.size(0);
  int64_t right = 0;
  for (int64_t from = 0; from < n; from += kBatch) {
    const int64_t to = std::min(n, from + kBatch);
    const at::Tensor best = at::argmax(model(test.pictures.slice(0, from, to)), 1);
    right += best.eq(test.labels.slice(0, from, to)).sum().item<int64_t>();
  }
  return 100 * static_cast<double>(right) / static_cast<double>(n);
}

}  // namespace cenote
