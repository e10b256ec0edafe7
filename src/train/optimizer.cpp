// SPDX-License-Identifier: Apache-2.0
#include "train/optimizer.h"

#include <ATen/ops/add.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>

#include "base/check.h"

namespace cenote {

Adam::Adam(std::vector<at::Tensor> parameters, AdamOptions options)
    : parameters_(std::move(parameters)), options_(options) {
  for (const at::Tensor& parameter : parameters_) {
    first_.push_back(at::zeros_like(parameter.detach()));
    second_.push_back(at::zeros_like(parameter.detach()));
  }
}

void Adam::step(const std::vector<at::Tensor>& gradients, double learning_rate,
                ThreadPool& threads) {
  CENOTE_ASSERT(gradients.size() == parameters_.size());
  ++steps;
  const double bias1 = 1 - std::pow(options_.beta1, static_cast<double>(steps));
  const double bias2 = 1 - std::pow(options_.beta2, static_cast<double>(steps));
  const auto beta1 = static_cast<float>(options_.beta1), beta2 = static_cast<float>(options_.beta2);
  const auto rate = static_cast<float>(learning_rate / bias1),
             root = static_cast<float>(1 / std::sqrt(bias2));
  const auto epsilon = static_cast<float>(options_.epsilon);
  const auto decay = static_cast<float>(learning_rate * options_.weight_decay);
  threads.parallel_for(static_cast<int64_t>(parameters_.size()), [&](int64_t p) {
    if (!gradients[p].defined()) return;
    const at::Tensor gradient = gradients[p].contiguous();
    const float* g = gradient.const_data_ptr<float>();
    float* w = static_cast<float*>(parameters_[p].data_ptr());
    float* m = first_[p].mutable_data_ptr<float>();
    float* v = second_[p].mutable_data_ptr<float>();
    for (int64_t i = 0; i < gradient.numel(); ++i) {
      m[i] = beta1 * m[i] + (1 - beta1) * g[i];
      v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
      w[i] -= rate * m[i] / (std::sqrt(v[i]) * root + epsilon) + decay * w[i];
    }
  });
}

at::Tensor tree_sum(std::vector<at::Tensor> terms) {
  for (size_t width = 1; width < terms.size(); width *= 2) {
    for (size_t i = 0; i + width < terms.size(); i += 2 * width) {
      if (!terms[i].defined()) {
        terms[i] = terms[i + width];
      } else if (terms[i + width].defined()) {
        // A gradient that comes out of autograd may share its storage with another one: the first
        // addition makes a new tensor, the later ones may write into it.
        if (width == 1) {
          terms[i] = at::add(terms[i], terms[i + width]);
        } else {
          terms[i].add_(terms[i + width]);
        }
      }
      terms[i + width] = at::Tensor();
    }
  }
  return terms.empty() ? at::Tensor() : terms[0];
}

}  // namespace cenote
