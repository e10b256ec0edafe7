// SPDX-License-Identifier: Apache-2.0
#include "kernel/segment_gate.h"

#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>

#include "kernel/detail_dispatch.h"
#include "kernel/detail_held.h"

namespace cenote {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int kSteps = 100;

double sigmoid(double x) {
  if (x >= 0) return 1 / (1 + std::exp(-x));
  const double power = std::exp(x);
  return power / (1 + power);
}

/// The root of sum_e a_e sigmoid(s_e + tau) = mu: Newton's method within a bracket that holds it.
template <class Number>
double solve(const Number* s, const double* a, int64_t size, double mu) {
  double low = INFINITY, high = -INFINITY;
  for (int64_t e = 0; e < size; ++e) {
    if (a[e] == 0) continue;
    low = std::min(low, static_cast<double>(s[e]));
    high = std::max(high, static_cast<double>(s[e]));
  }
  const double logit = std::log(mu / (1 - mu));
  double left = logit - high, right = logit - low, tau = (left + right) / 2;
  for (int step = 0; step < kSteps; ++step) {
    double value = -mu, slope = 0;
    for (int64_t e = 0; e < size; ++e) {
      if (a[e] == 0) continue;
      const double p = sigmoid(s[e] + tau);
      value += a[e] * p;
      slope += a[e] * p * (1 - p);
    }
    (value > 0 ? right : left) = tau;
    double next = tau - value / slope;
    if (!(next > left && next < right)) next = (left + right) / 2;
    if (std::abs(next - tau) <= 1e-15 * (1 + std::abs(tau))) return next;
    tau = next;
  }
  return tau;
}

struct GateFunction : torch::autograd::Function<GateFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& s, const HeldJoinPtr& held,
                            double mu) {
    const Join& join = *held->join;
    at::Tensor out = at::zeros(s.sizes(), s.options());
    dispatch_floating("segment_gate", s, [&](auto zero) {
      using Number = decltype(zero);
      const Number* from = s.const_data_ptr<Number>();
      Number* to = out.mutable_data_ptr<Number>();
      for (int64_t g = 0; g < join.groups(); ++g) {
        const int64_t begin = join.offsets[g], size = join.size(g);
        const double* a = held->numbers.data() + begin;
        if (std::none_of(a, a + size, [](double share) { return share > 0; })) continue;
        const double tau = solve(from + begin, a, size, mu);
        for (int64_t e = 0; e < size; ++e)
          to[begin + e] = static_cast<Number>(a[e] * sigmoid(from[begin + e] + tau) / mu);
      }
    });
    keep(context, held);
    context->saved_data["mu"] = mu;
    context->saved_data["gates"] = out.detach();
    return out;
  }

  /// With p the gate before its share, d = p (1 - p) and h = a g / mu:
  /// d_e (h_e - a_e sum_k h_k d_k / sum_k a_k d_k).
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const HeldJoin& held = kept(context);
    const Join& join = *held.join;
    const double mu = context->saved_data["mu"].toDouble();
    const at::Tensor gates = context->saved_data["gates"].toTensor();
    const at::Tensor gradient = gradients[0].contiguous();
    at::Tensor out = at::zeros(gradient.sizes(), gradient.options());
    dispatch_floating("segment_gate", gradient, [&](auto zero) {
      using Number = decltype(zero);
      const Number* gate = gates.const_data_ptr<Number>();
      const Number* in = gradient.const_data_ptr<Number>();
      Number* to = out.mutable_data_ptr<Number>();
      for (int64_t g = 0; g < join.groups(); ++g) {
        double all = 0, mass = 0;
        const auto slope = [&](int64_t e) {
          const double a = held.numbers[e];
          const double p = a > 0 ? gate[e] * mu / a : 0;
          return p * (1 - p);
        };
        for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e) {
          all += held.numbers[e] * in[e] / mu * slope(e);
          mass += held.numbers[e] * slope(e);
        }
        for (int64_t e = join.offsets[g]; e < join.offsets[g + 1] && mass > 0; ++e)
          to[e] = static_cast<Number>(slope(e) * held.numbers[e] * (in[e] / mu - all / mass));
      }
    });
    return {out, {}, {}};
  }
};

}  // namespace

at::Tensor segment_gate(const at::Tensor& s, const JoinPtr& join, double mu,
                        const double* weights) {
  CENOTE_CHECK(s.dim() == 2 && s.size(0) == join->links() && s.size(1) == 1, bad_shape,
               "segment_gate: s must be [E, 1] with E = {} links", join->links());
  CENOTE_CHECK(mu > 0 && mu < 1, bad_input, "segment_gate: mu is {}, not between 0 and 1", mu);
  return GateFunction::apply(s.contiguous(), hold_join(join, link_shares(*join, weights)), mu);
}

}  // namespace cenote
