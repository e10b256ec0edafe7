// SPDX-License-Identifier: Apache-2.0
#include "kernel/segment_alike.h"

#include <ATen/ops/zeros.h>

#include <algorithm>
#include <vector>

#include "kernel/detail_dispatch.h"
#include "kernel/detail_held.h"
#include "kernel/detail_rows.h"
#include "kernel/exp.h"

namespace cenote {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

template <class Number>
Number sign_of(Number x) {
  return (x > 0 ? Number{1} : Number{0}) - (x < 0 ? Number{1} : Number{0});
}

/// 1 / (|x - m| + epsilon), and its slopes along x and m.
template <class Number>
struct Nearness {
  Number epsilon;
  Number value(Number x, Number m) const {
    const Number apart = x - m;
    return 1 / ((apart < 0 ? -apart : apart) + epsilon);
  }
  void slopes(Number x, Number m, Number f, Number& along_x, Number& along_m) const {
    along_m = sign_of(x - m) * f * f;
    along_x = -along_m;
  }
};

/// e^D with D = 2 |x m| / (x^2 + m^2).
template <class Number>
struct Dice {
  static constexpr Number kNothing = static_cast<Number>(1e-12);
  static Number some(Number squares) { return squares < kNothing ? Number{0} : Number{1}; }

  Number value(Number x, Number m) const {
    const Number squares = x * x + m * m, product = x * m, is_some = some(squares);
    const Number alike = 2 * (product < 0 ? -product : product) / (squares + (1 - is_some));
    return polynomial_exp(is_some * alike);
  }
  void slopes(Number x, Number m, Number f, Number& along_x, Number& along_m) const {
    const Number squares = x * x + m * m, is_some = some(squares);
    const Number whole = squares + (1 - is_some);
    // dD/dx = 2 sign(x m) m (m^2 - x^2) / (x^2 + m^2)^2, and likewise along m.
    const Number common = is_some * f * 2 * sign_of(x * m) * (m * m - x * x) / (whole * whole);
    along_x = common * m;
    along_m = -common * x;
  }
};

template <class Number, class Kind>
CENOTE_WIDE void add_row(Number* __restrict sum, Number* __restrict total, const Number* x,
                         const Number* m, Number weight, int64_t width, const Kind& kind) {
  for (int64_t c = 0; c < width; ++c) {
    const Number f = weight * kind.value(x[c], m[c]);
    total[c] += f;
    sum[c] += f * x[c];
  }
}

template <class Number>
CENOTE_WIDE void divide_row(Number* sum, const Number* total, int64_t width) {
  for (int64_t c = 0; c < width; ++c) sum[c] /= total[c] + (total[c] == 0 ? Number{1} : Number{0});
}

/// One row's part of both gradients; g is that of y over the group's total.
template <class Number, class Kind>
CENOTE_WIDE void add_slopes(Number* __restrict to_x, Number* __restrict to_m, const Number* g,
                            const Number* x, const Number* m, const Number* y, Number weight,
                            Number exact, int64_t width, const Kind& kind) {
  for (int64_t c = 0; c < width; ++c) {
    const Number f = kind.value(x[c], m[c]);
    Number along_x, along_m;
    kind.slopes(x[c], m[c], f, along_x, along_m);
    const Number each = g[c] * weight, apart = exact * (x[c] - y[c]);
    to_x[c] += each * (f + along_x * apart);
    to_m[c] += each * along_m * apart;
  }
}

/// Calls body with a value of the number type and what weighs: one loop for each kind.
template <class Body>
void dispatch_kind(const at::Tensor& x, Alikeness kind, double epsilon, const Body& body) {
  dispatch_floating("segment_alike_mean", x, [&](auto zero) {
    using Number = decltype(zero);
    if (kind == Alikeness::nearness)
      body(zero, Nearness<Number>{static_cast<Number>(epsilon)});
    else
      body(zero, Dice<Number>{});
  });
}

struct AlikeMeanFunction : torch::autograd::Function<AlikeMeanFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const at::Tensor& middles, const HeldJoinPtr& held, int64_t kind,
                            double epsilon, bool exact) {
    const Join& join = *held->join;
    const int64_t width = x.size(1);
    at::Tensor out = at::zeros(middles.sizes(), x.options());
    at::Tensor totals = at::zeros(middles.sizes(), x.options());
    dispatch_kind(x, static_cast<Alikeness>(kind), epsilon, [&](auto zero, const auto& weighs) {
      using Number = decltype(zero);
      const Number* from = x.const_data_ptr<Number>();
      const Number* middle = middles.const_data_ptr<Number>();
      Number* sum = out.mutable_data_ptr<Number>();
      Number* total = totals.mutable_data_ptr<Number>();
      for (int64_t group = 0; group < join.groups(); ++group) {
        const int64_t place = group * width;
        for (int64_t e = join.offsets[group]; e < join.offsets[group + 1]; ++e) {
          fetch_row(from + row_ahead(join.rows, e) * width, width);
          add_row(sum + place, total + place, from + join.rows[e] * width, middle + place,
                  weight_of<Number>(*held, e), width, weighs);
        }
        divide_row(sum + place, total + place, width);
      }
    });
    keep(context, held);
    context->save_for_backward({x, middles, out, totals});
    context->saved_data["kind"] = kind;
    context->saved_data["epsilon"] = epsilon;
    context->saved_data["exact"] = exact;
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const HeldJoin& held = kept(context);
    const Join& join = *held.join;
    const auto saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &middles = saved[1], &out = saved[2], &totals = saved[3];
    const at::Tensor gradient = gradients[0].contiguous();
    const int64_t width = x.size(1);
    const auto kind = static_cast<Alikeness>(context->saved_data["kind"].toInt());
    const bool exact = context->saved_data["exact"].toBool();
    at::Tensor to_x = at::zeros(x.sizes(), x.options());
    at::Tensor to_middles = at::zeros(middles.sizes(), x.options());
    dispatch_kind(
        x, kind, context->saved_data["epsilon"].toDouble(), [&](auto zero, const auto& weighs) {
          using Number = decltype(zero);
          const Number* from = x.const_data_ptr<Number>();
          const Number* middle = middles.const_data_ptr<Number>();
          const Number* y = out.const_data_ptr<Number>();
          const Number* total = totals.const_data_ptr<Number>();
          const Number* g = gradient.const_data_ptr<Number>();
          Number* to = to_x.mutable_data_ptr<Number>();
          Number* to_middle = to_middles.mutable_data_ptr<Number>();
          std::vector<Number> scaled(static_cast<size_t>(width));
          for (int64_t group = 0; group < join.groups(); ++group) {
            const int64_t place = group * width;
            std::copy_n(g + place, width, scaled.data());
            divide_row(scaled.data(), total + place, width);
            for (int64_t e = join.offsets[group]; e < join.offsets[group + 1]; ++e) {
              const int64_t row = join.rows[e] * width, ahead = row_ahead(join.rows, e) * width;
              fetch_row(from + ahead, width);
              fetch_row_to_add(to + ahead, width);
              add_slopes(to + row, to_middle + place, scaled.data(), from + row, middle + place,
                         y + place, weight_of<Number>(held, e), static_cast<Number>(exact), width,
                         weighs);
            }
          }
        });
    return {to_x, to_middles, {}, {}, {}, {}};
  }

 private:
  template <class Number>
  static Number weight_of(const HeldJoin& held, int64_t e) {
    return held.numbers.empty() ? Number{1} : static_cast<Number>(held.numbers[e]);
  }
};

}  // namespace

at::Tensor segment_alike_mean(const at::Tensor& x, const at::Tensor& middles, const JoinPtr& join,
                              const double* weights, Alikeness kind, double epsilon, bool exact) {
  check_join("segment_alike_mean", x, *join);
  CENOTE_CHECK(middles.dim() == 2 && middles.size(0) == join->groups() &&
                   middles.size(1) == x.size(1) && middles.scalar_type() == x.scalar_type(),
               bad_shape,
               "segment_alike_mean: middles must be [G, D] with G = {} groups, D = {} and the "
               "rows' type",
               join->groups(), x.size(1));
  std::vector<double> masses;
  if (weights != nullptr) masses.assign(weights, weights + join->links());
  return AlikeMeanFunction::apply(x.contiguous(), middles.contiguous(),
                                  hold_join(join, std::move(masses)), static_cast<int64_t>(kind),
                                  epsilon, exact);
}

}  // namespace cenote
