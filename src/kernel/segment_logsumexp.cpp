// SPDX-License-Identifier: Apache-2.0
// ln of the sum over a group of e^(z + ln w), column by column. The gradient is softmax times that of the result.
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernel/detail_dispatch.h"
#include "kernel/detail_held.h"
#include "kernel/detail_softmax.h"

namespace cenote {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

template <class Number>
CENOTE_WIDE void add_exponentials(Number* total, const Number* z, Number shift, const Number* top,
                                  int64_t width) {
  for (int64_t d = 0; d < width; ++d) total[d] += polynomial_exp(z[d] + shift - top[d]);
}

template <class Number>
CENOTE_WIDE void add_slopes(Number* to, const Number* z, Number shift, const Number* y,
                            const Number* g, int64_t width) {
  for (int64_t d = 0; d < width; ++d) to[d] += polynomial_exp(z[d] + shift - y[d]) * g[d];
}

struct LogSumExpFunction : torch::autograd::Function<LogSumExpFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& z,
                            const HeldJoinPtr& held) {
    const Join& join = *held->join;
    const int64_t width = z.size(1);
    at::Tensor out = at::zeros({join.groups(), width}, z.options());
    dispatch_floating("segment_logsumexp", z, [&](auto zero) {
      using Number = decltype(zero);
      const Number* from = z.const_data_ptr<Number>();
      Number* y = out.mutable_data_ptr<Number>();
      std::vector<Number> top(static_cast<size_t>(width)), total(top);
      for (int64_t g = 0; g < join.groups(); ++g, y += width) {
        std::fill(top.begin(), top.end(), std::numeric_limits<Number>::lowest());
        std::fill(total.begin(), total.end(), Number(0));
        bool any = false;
        for (const bool adding : {false, true}) {
          for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e) {
            const double shift = held->numbers.empty() ? 0 : held->numbers[e];
            if (shift == -std::numeric_limits<double>::infinity()) continue;
            any = true;
            const Number* row = from + join.rows[e] * width;
            if (adding)
              add_exponentials(total.data(), row, static_cast<Number>(shift), top.data(), width);
            else
              take_largest(top.data(), row, static_cast<Number>(shift), width);
          }
        }
        for (int64_t d = 0; any && d < width; ++d) y[d] = top[d] + std::log(total[d]);
      }
    });
    keep(context, held);
    context->save_for_backward({z});
    context->saved_data["out"] = out.detach();
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const HeldJoin& held = kept(context);
    const Join& join = *held.join;
    const at::Tensor z = context->get_saved_variables()[0];
    const at::Tensor out = context->saved_data["out"].toTensor();
    const at::Tensor gradient = gradients[0].contiguous();
    const int64_t width = z.size(1);
    at::Tensor slopes = at::zeros(z.sizes(), z.options());
    dispatch_floating("segment_logsumexp", z, [&](auto zero) {
      using Number = decltype(zero);
      const Number* from = z.const_data_ptr<Number>();
      const Number* y = out.const_data_ptr<Number>();
      const Number* g = gradient.const_data_ptr<Number>();
      Number* to = slopes.mutable_data_ptr<Number>();
      for (int64_t group = 0; group < join.groups(); ++group, y += width, g += width) {
        for (int64_t e = join.offsets[group]; e < join.offsets[group + 1]; ++e) {
          const double shift = held.numbers.empty() ? 0 : held.numbers[e];
          if (shift == -std::numeric_limits<double>::infinity()) continue;
          const int64_t place = join.rows[e] * width;
          add_slopes(to + place, from + place, static_cast<Number>(shift), y, g, width);
        }
      }
    });
    return {slopes, {}};
  }
};

}  // namespace

at::Tensor segment_logsumexp(const at::Tensor& z, const JoinPtr& join,
                             std::vector<double> log_weights) {
  check_join("segment_logsumexp", z, *join);
  return LogSumExpFunction::apply(z.contiguous(), hold_join(join, std::move(log_weights)));
}

}  // namespace cenote
