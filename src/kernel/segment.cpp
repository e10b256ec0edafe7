// SPDX-License-Identifier: Apache-2.0
// Gather, sum and mean. (Maximum, variance and softmax have files of their own.)
#include "kernel/segment.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cstring>

#include "kernel/detail_dispatch.h"

namespace cenote {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// out[d] += scale * in[d]
CENOTE_WIDE void add_scaled(float* out, const float* in, float scale, int64_t width) {
  for (int64_t d = 0; d < width; ++d) out[d] += scale * in[d];
}
CENOTE_WIDE void add_scaled(double* out, const double* in, double scale, int64_t width) {
  for (int64_t d = 0; d < width; ++d) out[d] += scale * in[d];
}
CENOTE_WIDE void add(float* out, const float* in, int64_t width) {
  for (int64_t d = 0; d < width; ++d) out[d] += in[d];
}
CENOTE_WIDE void add(double* out, const double* in, int64_t width) {
  for (int64_t d = 0; d < width; ++d) out[d] += in[d];
}

struct GatherFunction : torch::autograd::Function<GatherFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const RowsPtr& rows) {
    const int64_t width = x.size(1), links = static_cast<int64_t>(rows->size());
    context->saved_data["rows"] = x.size(0);
    state(context) = rows;
    at::Tensor out = at::empty({links, width}, x.options());
    const auto bytes = static_cast<size_t>(width) * x.element_size();
    const char* from = static_cast<const char*>(x.const_data_ptr());
    char* to = static_cast<char*>(out.mutable_data_ptr());
    for (const int64_t row : *rows) {
      std::memcpy(to, from + static_cast<size_t>(row) * bytes, bytes);
      to += bytes;
    }
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const at::Tensor gradient = gradients[0].contiguous();
    const RowsPtr& rows = state(context);
    const int64_t width = gradient.size(1);
    at::Tensor out = at::zeros({context->saved_data["rows"].toInt(), width}, gradient.options());
    dispatch_floating("gather_rows", gradient, [&](auto zero) {
      using Number = decltype(zero);
      const Number* from = gradient.const_data_ptr<Number>();
      Number* to = out.mutable_data_ptr<Number>();
      for (const int64_t row : *rows) {
        add(to + row * width, from, width);
        from += width;
      }
    });
    return {out, {}};
  }

  /// The rows ride in a capsule of the context, so that the backward pass holds them.
  struct Holder : torch::CustomClassHolder {
    RowsPtr rows;
  };
  static RowsPtr& state(AutogradContext* context) {
    auto& slot = context->saved_data["holder"];
    if (slot.isNone()) slot = c10::IValue::make_capsule(c10::make_intrusive<Holder>());
    return static_cast<Holder*>(slot.toCapsule().get())->rows;
  }
};

/// Sum with one factor a link; the factor is already divided by the group's weight for means.
struct SumFunction : torch::autograd::Function<SumFunction> {
  struct Holder : torch::CustomClassHolder {
    JoinPtr join;
    std::vector<double> factors;  // [E], empty: all one
  };
  using HolderPtr = c10::intrusive_ptr<Holder>;

  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const HolderPtr& holder) {
    context->saved_data["holder"] = c10::IValue::make_capsule(holder);
    context->saved_data["rows"] = x.size(0);
    const Join& join = *holder->join;
    const int64_t width = x.size(1);
    at::Tensor out = at::zeros({join.groups(), width}, x.options());
    dispatch_floating("segment_sum", x, [&](auto zero) {
      using Number = decltype(zero);
      const Number* from = x.const_data_ptr<Number>();
      Number* to = out.mutable_data_ptr<Number>();
      const double* factors = holder->factors.empty() ? nullptr : holder->factors.data();
      for (int64_t group = 0; group < join.groups(); ++group, to += width) {
        for (int64_t e = join.offsets[group]; e < join.offsets[group + 1]; ++e) {
          const Number* row = from + join.rows[e] * width;
          if (factors) {
            add_scaled(to, row, static_cast<Number>(factors[e]), width);
          } else {
            add(to, row, width);
          }
        }
      }
    });
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto* holder = static_cast<Holder*>(context->saved_data["holder"].toCapsule().get());
    const Join& join = *holder->join;
    const at::Tensor gradient = gradients[0].contiguous();
    const int64_t width = gradient.size(1);
    at::Tensor out = at::zeros({context->saved_data["rows"].toInt(), width}, gradient.options());
    dispatch_floating("segment_sum", gradient, [&](auto zero) {
      using Number = decltype(zero);
      const Number* from = gradient.const_data_ptr<Number>();
      Number* to = out.mutable_data_ptr<Number>();
      const double* factors = holder->factors.empty() ? nullptr : holder->factors.data();
      for (int64_t group = 0; group < join.groups(); ++group, from += width) {
        for (int64_t e = join.offsets[group]; e < join.offsets[group + 1]; ++e) {
          Number* row = to + join.rows[e] * width;
          if (factors) {
            add_scaled(row, from, static_cast<Number>(factors[e]), width);
          } else {
            add(row, from, width);
          }
        }
      }
    });
    return {out, {}};
  }
};

at::Tensor sum_with(const at::Tensor& x, const JoinPtr& join, std::vector<double> factors) {
  auto holder = c10::make_intrusive<SumFunction::Holder>();
  holder->join = join;
  holder->factors = std::move(factors);
  return SumFunction::apply(x.contiguous(), holder);
}

}  // namespace

at::Tensor gather_rows(const at::Tensor& x, const RowsPtr& rows) {
  CENOTE_CHECK(x.dim() == 2, bad_shape, "gather_rows: rows must be [N, D], got {} sizes", x.dim());
  for (const int64_t row : *rows) {
    CENOTE_CHECK(row >= 0 && row < x.size(0), bad_shape, "gather_rows: row {} of {}", row,
                 x.size(0));
  }
  return GatherFunction::apply(x.contiguous(), rows);
}

at::Tensor segment_sum(const at::Tensor& x, const JoinPtr& join, const double* weights) {
  check_join("segment_sum", x, *join);
  std::vector<double> factors;
  if (weights) factors.assign(weights, weights + join->links());
  return sum_with(x, join, std::move(factors));
}

at::Tensor segment_mean(const at::Tensor& x, const JoinPtr& join, const double* weights) {
  check_join("segment_mean", x, *join);
  std::vector<double> factors(static_cast<size_t>(join->links()));
  for (int64_t group = 0; group < join->groups(); ++group) {
    double total = 0;
    for (int64_t e = join->offsets[group]; e < join->offsets[group + 1]; ++e)
      total += weights ? weights[e] : 1;
    for (int64_t e = join->offsets[group]; e < join->offsets[group + 1]; ++e) {
      factors[e] = total > 0 ? (weights ? weights[e] : 1) / total : 0;
    }
  }
  return sum_with(x, join, std::move(factors));
}

}  // namespace cenote
