// SPDX-License-Identifier: Apache-2.0
// Largest and smallest value per group and column.
//
// The winner's place in its group is kept, four bytes a result, so the backward pass touches G x D
// numbers and never reads x again. Ties: the first in the join's order has all of the gradient.
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <limits>

#include "kernel/detail_dispatch.h"
#include "kernel/detail_held.h"
#include "kernel/detail_rows.h"

namespace cenote {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Where row[d] is better, it becomes best[d] and `place` from[d].
template <bool kLargest, class Number>
CENOTE_WIDE void take_better(Number* best, int32_t* from, const Number* row, int32_t place,
                             int64_t width) {
  for (int64_t d = 0; d < width; ++d) {
    // A NaN wins and stays: the group's result is to show it.
    const bool better = (kLargest ? row[d] > best[d] : row[d] < best[d]) || row[d] != row[d];
    best[d] = better ? row[d] : best[d];
    from[d] = better ? place : from[d];
  }
}

template <bool kLargest, class Number>
void forward_groups(const Number* x, const Join& join, int64_t width, Number* best, int32_t* from) {
  for (int64_t group = 0; group < join.groups(); ++group, best += width, from += width) {
    const int64_t begin = join.offsets[group], size = join.size(group);
    if (size == 0) continue;
    std::copy_n(x + join.rows[begin] * width, width, best);
    for (int64_t place = 1; place < size; ++place) {
      fetch_row(x + row_ahead(join.rows, begin + place) * width, width);
      take_better<kLargest>(best, from, x + join.rows[begin + place] * width,
                            static_cast<int32_t>(place), width);
    }
  }
}

struct ExtremeFunction : torch::autograd::Function<ExtremeFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const HeldJoinPtr& held,
                            bool largest) {
    const Join& join = *held->join;
    const int64_t width = x.size(1);
    at::Tensor best = at::zeros({join.groups(), width}, x.options());
    at::Tensor from = at::zeros({join.groups(), width}, x.options().dtype(at::kInt));
    dispatch_floating("segment_max", x, [&](auto zero) {
      using Number = decltype(zero);
      const auto run = largest ? forward_groups<true, Number> : forward_groups<false, Number>;
      run(x.const_data_ptr<Number>(), join, width, best.mutable_data_ptr<Number>(),
          from.mutable_data_ptr<int32_t>());
    });
    keep(context, held);
    context->saved_data["rows"] = x.size(0);
    context->saved_data["from"] = from;
    return best;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const Join& join = *kept(context).join;
    const at::Tensor gradient = gradients[0].contiguous();
    const at::Tensor from = context->saved_data["from"].toTensor();
    const int64_t width = gradient.size(1);
    at::Tensor out = at::zeros({context->saved_data["rows"].toInt(), width}, gradient.options());
    dispatch_floating("segment_max", gradient, [&](auto zero) {
      using Number = decltype(zero);
      const Number* in = gradient.const_data_ptr<Number>();
      const int32_t* place = from.const_data_ptr<int32_t>();
      Number* to = out.mutable_data_ptr<Number>();
      for (int64_t group = 0; group < join.groups(); ++group, in += width, place += width) {
        if (join.size(group) == 0) continue;
        const int64_t* rows = join.rows.data() + join.offsets[group];
        for (int64_t d = 0; d < width; ++d) to[rows[place[d]] * width + d] += in[d];
      }
    });
    return {out, {}, {}};
  }
};

at::Tensor extreme(std::string_view name, const at::Tensor& x, const JoinPtr& join, bool largest) {
  check_join(name, x, *join);
  for (int64_t group = 0; group < join->groups(); ++group) {
    CENOTE_CHECK(join->size(group) <= std::numeric_limits<int32_t>::max(), unsupported,
                 "{}: group {} has {} rows; at most 2^31 - 1", name, group, join->size(group));
  }
  return ExtremeFunction::apply(x.contiguous(), hold_join(join), largest);
}

}  // namespace

at::Tensor segment_max(const at::Tensor& x, const JoinPtr& join) {
  return extreme("segment_max", x, join, true);
}

at::Tensor segment_min(const at::Tensor& x, const JoinPtr& join) {
  return extreme("segment_min", x, join, false);
}

}  // namespace cenote
