// SPDX-License-Identifier: Apache-2.0
// Pools that weigh rows by a softmax of logits which each row has by itself, as parts.
#pragma once

#include "pool/detail/folded_pool.h"

namespace cenote {

/// prepared() gives `heads` logits and then `values` numbers of each row; head h weighs part h of the values.
class AttentionFold : public FoldedPool {
 protected:
  AttentionFold(int64_t width, int64_t heads, int64_t values)
      : FoldedPool(width, OnlineSoftmax::kSize * values, values), heads_(heads), values_(values) {}
  void start(double* s) const final {
    for (int64_t c = 0; c < values_; ++c) OnlineSoftmax::start(s + c * OnlineSoftmax::kSize);
  }
  void add(double* s, const double* row, double weight, double) const final {
    for (int64_t c = 0; c < values_; ++c)
      OnlineSoftmax::add(s + c * OnlineSoftmax::kSize, row[c * heads_ / values_], row[heads_ + c],
                         weight);
  }
  void join_states(double* s, const double* other) const final {
    for (int64_t c = 0; c < values_; ++c)
      OnlineSoftmax::join(s + c * OnlineSoftmax::kSize, other + c * OnlineSoftmax::kSize);
  }
  void result(const double* s, double* out) const final {
    for (int64_t c = 0; c < values_; ++c)
      out[c] = OnlineSoftmax::mean(s + c * OnlineSoftmax::kSize);
  }

 private:
  int64_t heads_, values_;
};

}  // namespace cenote
