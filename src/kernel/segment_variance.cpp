// SPDX-License-Identifier: Apache-2.0
// Variance per group and column: sum_e a_e (x_e - m)^2 with m = sum_e a_e x_e, a_e = w_e / sum w.
//
// Two passes over the group's rows, both added up in double: the difference of E[x^2] and E[x]^2
// would lose all digits of a group far from zero. m is found as an offset from the group's first
// row, so that equal rows have a variance of exactly zero. The gradient is 2 a_e (x_e - m) g; what
// flows through m cancels.
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "kernel/detail_dispatch.h"
#include "kernel/detail_held.h"
#include "kernel/detail_rows.h"

namespace cenote {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

template <class Number>
CENOTE_WIDE void add_offset(double* total, const Number* row, const Number* first, double share,
                            int64_t width) {
  for (int64_t d = 0; d < width; ++d) {
    total[d] += share * (static_cast<double>(row[d]) - static_cast<double>(first[d]));
  }
}

template <class Number>
CENOTE_WIDE void add_square(double* total, const Number* row, const double* mean, double share,
                            int64_t width) {
  for (int64_t d = 0; d < width; ++d) {
    const double apart = static_cast<double>(row[d]) - mean[d];
    total[d] += share * apart * apart;
  }
}

template <class Number>
CENOTE_WIDE void add_slope(Number* to, const Number* row, const Number* mean,
                           const Number* gradient, Number share, int64_t width) {
  for (int64_t d = 0; d < width; ++d) to[d] += share * (row[d] - mean[d]) * gradient[d];
}

struct VarianceFunction : torch::autograd::Function<VarianceFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const HeldJoinPtr& held) {
    const Join& join = *held->join;
    const int64_t width = x.size(1);
    at::Tensor out = at::zeros({join.groups(), width}, x.options());
    at::Tensor means = at::zeros({join.groups(), width}, x.options());
    std::vector<double> mean(static_cast<size_t>(width)), total(static_cast<size_t>(width));
    dispatch_floating("segment_variance", x, [&](auto zero) {
      using Number = decltype(zero);
      const Number* from = x.const_data_ptr<Number>();
      Number* to = out.mutable_data_ptr<Number>();
      Number* to_mean = means.mutable_data_ptr<Number>();
      for (int64_t group = 0; group < join.groups(); ++group, to += width, to_mean += width) {
        const int64_t begin = join.offsets[group], end = join.offsets[group + 1];
        if (begin == end) continue;
        const Number* first = from + join.rows[begin] * width;
        std::fill(mean.begin(), mean.end(), 0.0);
        std::fill(total.begin(), total.end(), 0.0);
        for (int64_t e = begin; e < end; ++e) {
          fetch_row(from + row_ahead(join.rows, e) * width, width);
          add_offset(mean.data(), from + join.rows[e] * width, first, held->numbers[e], width);
        }
        for (int64_t d = 0; d < width; ++d) mean[d] += static_cast<double>(first[d]);
        for (int64_t e = begin; e < end; ++e) {
          add_square(total.data(), from + join.rows[e] * width, mean.data(), held->numbers[e],
                     width);
        }
        for (int64_t d = 0; d < width; ++d) {
          to[d] = static_cast<Number>(total[d]);
          to_mean[d] = static_cast<Number>(mean[d]);
        }
      }
    });
    keep(context, held);
    context->save_for_backward({x});
    context->saved_data["means"] = means;
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const HeldJoin& held = kept(context);
    const Join& join = *held.join;
    const at::Tensor x = context->get_saved_variables()[0];
    const at::Tensor means = context->saved_data["means"].toTensor();
    const at::Tensor gradient = gradients[0].contiguous();
    const int64_t width = x.size(1);
    at::Tensor out = at::zeros(x.sizes(), x.options());
    dispatch_floating("segment_variance", x, [&](auto zero) {
      using Number = decltype(zero);
      const Number* from = x.const_data_ptr<Number>();
      const Number* mean = means.const_data_ptr<Number>();
      const Number* in = gradient.const_data_ptr<Number>();
      Number* to = out.mutable_data_ptr<Number>();
      for (int64_t group = 0; group < join.groups(); ++group, mean += width, in += width) {
        for (int64_t e = join.offsets[group]; e < join.offsets[group + 1]; ++e) {
          const int64_t place = join.rows[e] * width;
          const int64_t ahead = row_ahead(join.rows, e) * width;
          fetch_row(from + ahead, width);
          fetch_row_to_add(to + ahead, width);
          add_slope(to + place, from + place, mean, in, static_cast<Number>(2 * held.numbers[e]),
                    width);
        }
      }
    });
    return {out, {}};
  }
};

}  // namespace

std::vector<double> link_shares(const Join& join, const double* weights) {
  std::vector<double> shares(static_cast<size_t>(join.links()));
  for (int64_t group = 0; group < join.groups(); ++group) {
    const int64_t begin = join.offsets[group], end = join.offsets[group + 1];
    double total = 0;
    for (int64_t e = begin; e < end; ++e) total += weights ? weights[e] : 1;
    for (int64_t e = begin; e < end && total > 0; ++e)
      shares[e] = (weights ? weights[e] : 1) / total;
  }
  return shares;
}

at::Tensor segment_variance(const at::Tensor& x, const JoinPtr& join, const double* weights) {
  check_join("segment_variance", x, *join);
  return VarianceFunction::apply(x.contiguous(), hold_join(join, link_shares(*join, weights)));
}

}  // namespace cenote
