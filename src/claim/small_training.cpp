// SPDX-License-Identifier: Apache-2.0
#include "claim/small_training.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <numeric>

#include "base/hash.h"
#include "base/random.h"
#include "base/threads.h"
#include "train/optimizer.h"

namespace cenote {

std::vector<int64_t> shuffled_numbers(int64_t n, uint64_t key) {
  std::vector<int64_t> out(static_cast<size_t>(n));
  std::iota(out.begin(), out.end(), int64_t{0});
  Random random(key);
  for (size_t i = out.size(); i > 1; --i) std::swap(out[i - 1], out[random.below(i)]);
  return out;
}

at::Tensor index_tensor(const std::vector<int64_t>& numbers) {
  at::Tensor out = at::empty({static_cast<int64_t>(numbers.size())}, at::kLong);
  std::copy(numbers.begin(), numbers.end(), out.mutable_data_ptr<int64_t>());
  return out;
}

void train_small(ParameterSet& parameters, int64_t examples,
                 const std::function<at::Tensor(const std::vector<int64_t>&)>& loss,
                 const SmallTraining& options) {
  std::vector<at::Tensor> weights;
  for (size_t i = 0; i < parameters.names().size(); ++i)
    if (parameters.names()[i].starts_with(options.only)) weights.push_back(parameters.tensors()[i]);
  for (at::Tensor& weight : weights) weight.set_requires_grad(true);
  ThreadPool alone(1);
  Adam adam(weights,
            {.learning_rate = options.learning_rate, .weight_decay = options.weight_decay});
  for (int64_t epoch = 0; epoch < options.epochs; ++epoch) {
    const std::vector<int64_t> order =
        shuffled_numbers(examples, hash_combine(options.seed, static_cast<uint64_t>(epoch)));
    for (int64_t begin = 0; begin < examples; begin += options.batch) {
      const int64_t end = std::min(examples, begin + options.batch);
      const at::Tensor value = loss({order.begin() + begin, order.begin() + end});
      const auto gradients = torch::autograd::grad({value}, weights, {}, std::nullopt, false, true);
      const at::NoGradGuard no_gradients;
      const double done = (static_cast<double>(epoch) +
                           static_cast<double>(begin) / static_cast<double>(examples)) /
                          static_cast<double>(options.epochs);
      adam.step(gradients, options.learning_rate * (1 - done), alone);
    }
    if (options.between_epochs) options.between_epochs();
  }
}

}  // namespace cenote
