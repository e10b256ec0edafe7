// SPDX-License-Identifier: Apache-2.0
// Softmax within each group and head of logits that are laid out as the join's links.
//
// Each exponential is one call of std::exp, never a vector routine: those compute the last few
// numbers of a tensor by another path, and a group's bytes would depend on where in the tensor it
// lies.
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernel/detail_dispatch.h"
#include "kernel/detail_held.h"

namespace cenote {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// One group: `logits` and `out` are its links' heads, [size, heads].
template <class Number>
void softmax_group(const Number* logits, const double* log_weights, int64_t size, int64_t heads,
                   std::vector<Number>& largest, std::vector<Number>& total, Number* out) {
  constexpr Number kMasked = -std::numeric_limits<Number>::infinity();
  largest.assign(static_cast<size_t>(heads), kMasked);
  total.assign(static_cast<size_t>(heads), 0);
  for (int64_t link = 0; link < size; ++link) {
    const Number shift = log_weights ? static_cast<Number>(log_weights[link]) : Number(0);
    for (int64_t h = 0; h < heads; ++h) {
      const Number logit = logits[link * heads + h] + shift;
      out[link * heads + h] = logit;
      largest[h] = std::max(largest[h], logit);
    }
  }
  for (int64_t link = 0; link < size; ++link) {
    for (int64_t h = 0; h < heads; ++h) {
      Number& share = out[link * heads + h];
      // Where all links are masked the largest is -inf, and nothing may be subtracted from it.
      share = largest[h] == kMasked ? Number(0) : std::exp(share - largest[h]);
      total[h] += share;
    }
  }
  for (int64_t link = 0; link < size; ++link) {
    for (int64_t h = 0; h < heads; ++h) {
      if (total[h] > 0) out[link * heads + h] /= total[h];
    }
  }
}

struct SoftmaxFunction : torch::autograd::Function<SoftmaxFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& logits,
                            const HeldJoinPtr& held, const double* log_weights) {
    const Join& join = *held->join;
    const int64_t heads = logits.size(1);
    at::Tensor out = at::empty(logits.sizes(), logits.options());
    dispatch_floating("segment_softmax", logits, [&](auto zero) {
      using Number = decltype(zero);
      std::vector<Number> largest, total;
      for (int64_t group = 0; group < join.groups(); ++group) {
        const int64_t begin = join.offsets[group];
        softmax_group(logits.const_data_ptr<Number>() + begin * heads,
                      log_weights ? log_weights + begin : nullptr, join.size(group), heads, largest,
                      total, out.mutable_data_ptr<Number>() + begin * heads);
      }
    });
    keep(context, held);
    context->saved_data["shares"] = out.detach();
    return out;
  }

  /// share_e (g_e - sum over the group of share g).
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const Join& join = *kept(context).join;
    const at::Tensor gradient = gradients[0].contiguous();
    const at::Tensor shares = context->saved_data["shares"].toTensor();
    const int64_t heads = gradient.size(1);
    at::Tensor out = at::empty(gradient.sizes(), gradient.options());
    dispatch_floating("segment_softmax", gradient, [&](auto zero) {
      using Number = decltype(zero);
      const Number* in = gradient.const_data_ptr<Number>();
      const Number* share = shares.const_data_ptr<Number>();
      Number* to = out.mutable_data_ptr<Number>();
      for (int64_t group = 0; group < join.groups(); ++group) {
        for (int64_t h = 0; h < heads; ++h) {
          const int64_t begin = join.offsets[group] * heads + h;
          const int64_t end = join.offsets[group + 1] * heads;
          Number mean = 0;
          for (int64_t i = begin; i < end; i += heads) mean += share[i] * in[i];
          for (int64_t i = begin; i < end; i += heads) to[i] = share[i] * (in[i] - mean);
        }
      }
    });
    return {out, {}, {}};
  }
};

}  // namespace

at::Tensor segment_softmax(const at::Tensor& logits, const JoinPtr& join,
                           const double* log_weights) {
  CENOTE_CHECK(logits.dim() == 2 && logits.size(0) == join->links(), bad_shape,
               "segment_softmax: logits must be [E, H] with E = {} links, got {} sizes and {} rows",
               join->links(), logits.dim(), logits.size(0));
  return SoftmaxFunction::apply(logits.contiguous(), hold_join(join), log_weights);
}

}  // namespace cenote
