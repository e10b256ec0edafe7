// SPDX-License-Identifier: Apache-2.0
// A quantile per group and column: rows sorted by value, then the value at place q (W - 1) of the list in which each row
// stands as often as its weight says, by a straight line between the two rows there.
//
// Weights need not be whole: a row takes the places from the weight before it to that and its own. The gradient goes to
// the two rows. Of equal values the first in the join's order stands first.
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

/// Two rows and the part of the way from the one to the other.
struct Place {
  int64_t low = -1, high = -1;  // rows of x; -1: the group is empty
  double part = 0;
};

/// `links`: of the group, sorted by value; weights may be null.
Place place_of(const std::vector<int64_t>& links, const Join& join, const double* weights,
               double q) {
  if (links.empty()) return {};
  double total = 0;
  for (const int64_t e : links) total += weights ? weights[e] : 1;
  const double wanted = std::max(0.0, q * (total - 1));
  const double below = std::floor(wanted);
  const auto row_at = [&](double at) {
    double passed = 0;
    for (const int64_t e : links) {
      passed += weights ? weights[e] : 1;
      if (at < passed) return join.rows[e];
    }
    return join.rows[links.back()];
  };
  return {row_at(below), row_at(below + 1), wanted - below};
}

struct QuantileFunction : torch::autograd::Function<QuantileFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const HeldJoinPtr& held,
                            double q) {
    const Join& join = *held->join;
    const int64_t width = x.size(1);
    const double* weights = held->numbers.empty() ? nullptr : held->numbers.data();
    at::Tensor out = at::zeros({join.groups(), width}, x.options());
    at::Tensor rows = at::empty({join.groups(), width, 2}, x.options().dtype(at::kLong));
    at::Tensor parts = at::zeros({join.groups(), width}, x.options());
    dispatch_floating("segment_quantile", x, [&](auto zero) {
      using Number = decltype(zero);
      const Number* from = x.const_data_ptr<Number>();
      Number* to = out.mutable_data_ptr<Number>();
      Number* part = parts.mutable_data_ptr<Number>();
      int64_t* row = rows.mutable_data_ptr<int64_t>();
      std::vector<int64_t> links;
      for (int64_t g = 0; g < join.groups(); ++g) {
        links.clear();
        for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e) {
          if (weights == nullptr || weights[e] > 0) links.push_back(e);
        }
        const std::vector<int64_t> in_order = links;
        for (int64_t d = 0; d < width; ++d, ++to, ++part, row += 2) {
          const auto value = [&](int64_t e) { return from[join.rows[e] * width + d]; };
          links = in_order;
          // A NaN has no place among numbers: the group's quantile is NaN.
          const bool comparable = std::none_of(links.begin(), links.end(),
                                               [&](int64_t e) { return value(e) != value(e); });
          if (comparable)
            std::stable_sort(links.begin(), links.end(),
                             [&](int64_t a, int64_t b) { return value(a) < value(b); });
          const Place place = place_of(links, join, weights, q);
          row[0] = place.low, row[1] = place.high;
          *part = static_cast<Number>(place.part);
          if (place.low < 0) continue;
          const Number low = from[place.low * width + d], high = from[place.high * width + d];
          *to = comparable ? low + *part * (high - low) : std::numeric_limits<Number>::quiet_NaN();
        }
      }
    });
    context->saved_data["rows_of_x"] = x.size(0);
    context->saved_data["rows"] = rows;
    context->saved_data["parts"] = parts;
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const at::Tensor rows = context->saved_data["rows"].toTensor();
    const at::Tensor parts = context->saved_data["parts"].toTensor();
    const at::Tensor gradient = gradients[0].contiguous();
    const int64_t width = gradient.size(1);
    at::Tensor out =
        at::zeros({context->saved_data["rows_of_x"].toInt(), width}, gradient.options());
    dispatch_floating("segment_quantile", gradient, [&](auto zero) {
      using Number = decltype(zero);
      const Number* g = gradient.const_data_ptr<Number>();
      const Number* part = parts.const_data_ptr<Number>();
      const int64_t* row = rows.const_data_ptr<int64_t>();
      Number* to = out.mutable_data_ptr<Number>();
      for (int64_t i = 0; i < gradient.numel(); ++i, row += 2) {
        if (row[0] < 0) continue;
        to[row[0] * width + i % width] += (1 - part[i]) * g[i];
        to[row[1] * width + i % width] += part[i] * g[i];
      }
    });
    return {out, {}, {}};
  }
};

}  // namespace

at::Tensor segment_quantile(const at::Tensor& x, const JoinPtr& join, double q,
                            const double* weights) {
  check_join("segment_quantile", x, *join);
  CENOTE_CHECK(q >= 0 && q <= 1, bad_input, "segment_quantile: q is {}, not in [0, 1]", q);
  std::vector<double> kept;
  if (weights != nullptr) kept.assign(weights, weights + join->links());
  return QuantileFunction::apply(x.contiguous(), hold_join(join, std::move(kept)), q);
}

}  // namespace cenote
