// SPDX-License-Identifier: Apache-2.0
// y = sum over a group of softmax(logits) times values, with one logit a row and head.
//
// Two passes over the logits and one over the values; exponentials are computed again in the backward pass, from the
// group's largest logit and its total, so nothing of the size of the join is kept.
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <limits>

#include "kernel/detail_dispatch.h"
#include "kernel/detail_held.h"
#include "kernel/detail_rows.h"
#include "kernel/detail_softmax.h"

namespace cenote {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

template <class Number>
constexpr Number kLowest = std::numeric_limits<Number>::lowest();

/// part[h] = e^(logit + shift - largest), and total gets it.
template <class Number>
CENOTE_WIDE void exponentials(Number* part, Number* total, const Number* logit, Number shift,
                              const Number* largest, int64_t heads) {
  for (int64_t h = 0; h < heads; ++h) {
    part[h] = polynomial_exp(logit[h] + shift - largest[h]);
    total[h] += part[h];
  }
}

/// out[c] += part[head of c] * in[c]
template <class Number>
CENOTE_WIDE void add_parts(Number* out, const Number* part, const Number* in, int64_t heads,
                           int64_t each) {
  if (each == 1) {
    for (int64_t c = 0; c < heads; ++c) out[c] += part[c] * in[c];
    return;
  }
  for (int64_t h = 0; h < heads; ++h, out += each, in += each) {
    const Number scale = part[h];
    for (int64_t c = 0; c < each; ++c) out[c] += scale * in[c];
  }
}

/// to[h] += share[h] * sum over the head of g (v - y), in sixteen partial sums on every machine.
template <class Number>
CENOTE_WIDE void add_logit_slopes(Number* to, const Number* share, const Number* g, const Number* v,
                                  const Number* y, int64_t heads, int64_t each) {
  constexpr int64_t kLanes = 16;
  for (int64_t h = 0; h < heads; ++h, g += each, v += each, y += each) {
    Number lanes[kLanes] = {};
    int64_t c = 0;
    for (; c + kLanes <= each; c += kLanes) {
      for (int64_t lane = 0; lane < kLanes; ++lane)
        lanes[lane] += g[c + lane] * (v[c + lane] - y[c + lane]);
    }
    for (int64_t lane = 0; c < each; ++c, ++lane) lanes[lane] += g[c] * (v[c] - y[c]);
    Number total = 0;
    for (int64_t lane = 0; lane < kLanes; ++lane) total += lanes[lane];
    to[h] += share[h] * total;
  }
}

/// Where every column has a logit of its own: exponentials and both sums in one loop.
template <class Number>
CENOTE_WIDE void add_exponentials(Number* __restrict y, Number* __restrict total,
                                  const Number* logit, const Number* value, Number shift,
                                  const Number* top, int64_t width) {
  for (int64_t c = 0; c < width; ++c) {
    const Number part = polynomial_exp(logit[c] + shift - top[c]);
    total[c] += part;
    y[c] += part * value[c];
  }
}

/// And both gradients.
template <class Number>
CENOTE_WIDE void add_column_slopes(Number* __restrict to_logit, Number* __restrict to_value,
                                   const Number* logit, const Number* value, Number shift,
                                   const Number* top, const Number* total, const Number* g,
                                   const Number* y, int64_t width) {
  for (int64_t c = 0; c < width; ++c) {
    const Number share = polynomial_exp(logit[c] + shift - top[c]) / total[c];
    to_value[c] += share * g[c];
    to_logit[c] += share * g[c] * (value[c] - y[c]);
  }
}

template <class Number>
CENOTE_WIDE void divide(Number* out, const Number* total, int64_t heads, int64_t each) {
  for (int64_t h = 0; h < heads; ++h, out += each) {
    for (int64_t c = 0; c < each; ++c) out[c] /= total[h];
  }
}

struct Sizes {
  int64_t heads, width, each;
};

struct SoftmaxSumFunction : torch::autograd::Function<SoftmaxSumFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& logits,
                            const at::Tensor& values, const HeldJoinPtr& held) {
    const Join& join = *held->join;
    const Sizes n{logits.size(1), values.size(1), values.size(1) / logits.size(1)};
    at::Tensor out = at::zeros({join.groups(), n.width}, values.options());
    at::Tensor tops = at::zeros({join.groups(), n.heads}, values.options());
    at::Tensor totals = at::zeros({join.groups(), n.heads}, values.options());
    dispatch_floating("segment_softmax_sum", values, [&](auto zero) {
      using Number = decltype(zero);
      const Number* logit = logits.const_data_ptr<Number>();
      const Number* value = values.const_data_ptr<Number>();
      Number* y = out.mutable_data_ptr<Number>();
      Number* top = tops.mutable_data_ptr<Number>();
      Number* total = totals.mutable_data_ptr<Number>();
      std::vector<Number> part(static_cast<size_t>(n.heads));
      for (int64_t g = 0; g < join.groups(); ++g, y += n.width, top += n.heads, total += n.heads) {
        std::fill_n(top, n.heads, kLowest<Number>);
        bool any = false;
        const auto each_link = [&](const auto& body) {
          for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e) {
            const double shift = held->numbers.empty() ? 0 : held->numbers[e];
            if (shift == -std::numeric_limits<double>::infinity()) continue;
            any = true;
            body(join.rows[e], row_ahead(join.rows, e), static_cast<Number>(shift));
          }
        };
        each_link([&](int64_t row, int64_t ahead, Number shift) {
          fetch_row(logit + ahead * n.heads, n.heads);
          take_largest(top, logit + row * n.heads, shift, n.heads);
        });
        if (!any) continue;
        each_link([&](int64_t row, int64_t ahead, Number shift) {
          fetch_row(value + ahead * n.width, n.width);
          if (n.each == 1) {
            add_exponentials(y, total, logit + row * n.heads, value + row * n.width, shift, top,
                             n.width);
            return;
          }
          exponentials(part.data(), total, logit + row * n.heads, shift, top, n.heads);
          add_parts(y, part.data(), value + row * n.width, n.heads, n.each);
        });
        divide(y, total, n.heads, n.each);
      }
    });
    keep(context, held);
    context->save_for_backward({logits, values});
    context->saved_data["out"] = out.detach();
    context->saved_data["tops"] = tops;
    context->saved_data["totals"] = totals;
    return out;
  }

  /// To the values share g, to the logits share sum of g (v - y).
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const HeldJoin& held = kept(context);
    const Join& join = *held.join;
    const at::Tensor logits = context->get_saved_variables()[0],
                     values = context->get_saved_variables()[1];
    const at::Tensor out = context->saved_data["out"].toTensor(),
                     tops = context->saved_data["tops"].toTensor(),
                     totals = context->saved_data["totals"].toTensor();
    const at::Tensor gradient = gradients[0].contiguous();
    const Sizes n{logits.size(1), values.size(1), values.size(1) / logits.size(1)};
    const bool slopes = context->needs_input_grad(0);
    at::Tensor to_logits = slopes ? at::zeros(logits.sizes(), logits.options()) : at::Tensor();
    at::Tensor to_values = at::zeros(values.sizes(), values.options());
    dispatch_floating("segment_softmax_sum", values, [&](auto zero) {
      using Number = decltype(zero);
      const Number* logit = logits.const_data_ptr<Number>();
      const Number* value = values.const_data_ptr<Number>();
      const Number* y = out.const_data_ptr<Number>();
      const Number* top = tops.const_data_ptr<Number>();
      const Number* total = totals.const_data_ptr<Number>();
      const Number* g = gradient.const_data_ptr<Number>();
      Number* dl = slopes ? to_logits.mutable_data_ptr<Number>() : nullptr;
      Number* dv = to_values.mutable_data_ptr<Number>();
      std::vector<Number> share(static_cast<size_t>(n.heads)), unused(share);
      for (int64_t group = 0; group < join.groups();
           ++group, y += n.width, g += n.width, top += n.heads, total += n.heads) {
        for (int64_t e = join.offsets[group]; e < join.offsets[group + 1]; ++e) {
          const double shift = held.numbers.empty() ? 0 : held.numbers[e];
          if (shift == -std::numeric_limits<double>::infinity()) continue;
          const int64_t row = join.rows[e], ahead = row_ahead(join.rows, e);
          fetch_row_to_add(dv + ahead * n.width, n.width);
          if (slopes) fetch_row(value + ahead * n.width, n.width);
          if (slopes && n.each == 1) {
            add_column_slopes(dl + row * n.heads, dv + row * n.width, logit + row * n.heads,
                              value + row * n.width, static_cast<Number>(shift), top, total, g, y,
                              n.width);
            continue;
          }
          exponentials(share.data(), unused.data(), logit + row * n.heads,
                       static_cast<Number>(shift), top, n.heads);
          divide(share.data(), total, n.heads, 1);
          add_parts(dv + row * n.width, share.data(), g, n.heads, n.each);
          if (slopes)
            add_logit_slopes(dl + row * n.heads, share.data(), g, value + row * n.width, y, n.heads,
                             n.each);
        }
      }
    });
    return {to_logits, to_values, {}};
  }
};

}  // namespace

at::Tensor segment_softmax_sum(const at::Tensor& logits, const at::Tensor& values,
                               const JoinPtr& join, std::vector<double> log_weights) {
  check_join("segment_softmax_sum", values, *join);
  CENOTE_CHECK(
      logits.dim() == 2 && logits.size(0) == values.size(0) && logits.size(1) > 0 &&
          values.size(1) % logits.size(1) == 0 && logits.scalar_type() == values.scalar_type(),
      bad_shape, "segment_softmax_sum: logits must be [N, H] with N = {} and H a part of {}",
      values.size(0), values.size(1));
  return SoftmaxSumFunction::apply(logits.contiguous(), values.contiguous(),
                                   hold_join(join, std::move(log_weights)));
}

}  // namespace cenote
