// SPDX-License-Identifier: Apache-2.0
#include "pool/detail/folded_pool.h"

#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>

#include "kernel/detail_dispatch.h"

namespace cenote {

at::Tensor FoldedPool::state(const PoolInput& input) const {
  const Join& join = *input.join;
  check_join("pool state", input.rows, join);
  PoolInput exact = input;
  exact.rows = input.rows.detach().to(at::kDouble);
  if (input.query.defined()) exact.query = input.query.detach().to(at::kDouble);
  const at::Tensor rows = prepared_links(exact).detach().contiguous();
  at::Tensor out = at::zeros({join.groups(), state_size_}, at::kDouble);
  double* s = out.mutable_data_ptr<double>();
  for (int64_t g = 0; g < join.groups(); ++g, s += state_size_) {
    start(s);
    for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e) {
      const double weight = input.weights ? input.weights[e] : 1;
      if (weight > 0)
        add(s, rows.const_data_ptr<double>() + e * rows.size(1), weight,
            input.order ? input.order[e] : 0);
    }
  }
  return out;
}

at::Tensor FoldedPool::prepared_links(const PoolInput& input) const {
  return gather_rows(prepared(input.rows), RowsPtr(input.join, &input.join->rows));
}

at::Tensor FoldedPool::merge(const at::Tensor& one, const at::Tensor& other) const {
  CENOTE_CHECK(one.sizes() == other.sizes() && one.dim() == 2 && one.size(1) == state_size_,
               bad_shape, "states to merge must both be [G, {}]", state_size_);
  at::Tensor out = one.clone();
  const at::Tensor from = other.contiguous();
  for (int64_t g = 0; g < out.size(0); ++g)
    join_states(out.mutable_data_ptr<double>() + g * state_size_,
                from.const_data_ptr<double>() + g * state_size_);
  return out;
}

at::Tensor FoldedPool::finish(const at::Tensor& state) const {
  at::Tensor out = at::zeros({state.size(0), out_width_}, at::kDouble);
  const at::Tensor from = state.contiguous();
  for (int64_t g = 0; g < out.size(0); ++g)
    result(from.const_data_ptr<double>() + g * state_size_,
           out.mutable_data_ptr<double>() + g * out_width_);
  return out;
}

void FoldedPool::start(double* s) const { std::fill_n(s, state_size_, 0.0); }

void OnlineSoftmax::start(double* s) {
  s[0] = kNoLargest;
  s[1] = s[2] = 0;
}

void OnlineSoftmax::add(double* s, double logit, double value, double weight) {
  if (logit > s[0]) {
    const double scale = std::exp(s[0] - logit);
    s[1] *= scale;
    s[2] *= scale;
    s[0] = logit;
  }
  const double part = weight * std::exp(logit - s[0]);
  s[1] += part;
  s[2] += part * value;
}

void OnlineSoftmax::join(double* s, const double* other) {
  const double top = std::max(s[0], other[0]);
  const double mine = std::exp(s[0] - top), theirs = std::exp(other[0] - top);
  s[1] = s[1] * mine + other[1] * theirs;
  s[2] = s[2] * mine + other[2] * theirs;
  s[0] = top;
}

double OnlineSoftmax::mean(const double* s) { return s[1] > 0 ? s[2] / s[1] : 0; }
double OnlineSoftmax::log_sum(const double* s) { return s[1] > 0 ? s[0] + std::log(s[1]) : 0; }

}  // namespace cenote
