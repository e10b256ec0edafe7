// SPDX-License-Identifier: Apache-2.0
// Gather, sum and mean. (Maximum, variance and softmax have files of their own.)
#include "kernel/segment.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cstring>

#include "kernel/detail_dispatch.h"
#include "kernel/detail_rows.h"

namespace cenote {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// out[d] += in[d]
template <class Number>
CENOTE_WIDE void add(Number* out, const Number* in, int64_t width) {
  for (int64_t d = 0; d < width; ++d) out[d] += in[d];
}

/// What a link's row, or a group's sum, is multiplied by.
struct Factors {
  const double* of_link = nullptr;  // [E] or null
  bool mean = false;                // the sum is divided by the number of links

  template <class Number>
  Number of_group(int64_t links) const {
    return mean && links > 0 ? static_cast<Number>(1.0 / static_cast<double>(links)) : Number{1};
  }
};

/// Columns [c, c + kVectors lanes) of a group: sums stay in registers from the first link to the last.
template <int kVectors, class Number>
__attribute__((always_inline)) inline void sum_block(Number* out, const Number* x,
                                                     const std::vector<int64_t>& rows,
                                                     int64_t begin, int64_t end, int64_t width,
                                                     const Factors& factors) {
  using Vector = typename Lanes<Number>::Vector;
  constexpr int64_t kLane = Lanes<Number>::kCount;
  Vector sum[kVectors] = {};
  for (int64_t e = begin; e < end; ++e) {
    fetch_row(x + row_ahead(rows, e) * width, kVectors * kLane);
    const Number* row = x + rows[e] * width;
    Vector in[kVectors];
    for (int v = 0; v < kVectors; ++v) load(in[v], row + v * kLane);
    if (factors.of_link) {
      const auto factor = static_cast<Number>(factors.of_link[e]);
      for (int v = 0; v < kVectors; ++v) sum[v] += in[v] * factor;
    } else {
      for (int v = 0; v < kVectors; ++v) sum[v] += in[v];
    }
  }
  const Number scale = factors.of_group<Number>(end - begin);
  for (int v = 0; v < kVectors; ++v) store(out + v * kLane, sum[v] * scale);
}

template <class Number>
CENOTE_WIDE void sum_groups(Number* out, const Number* x, const Join& join, int64_t width,
                            const Factors& factors) {
  constexpr int64_t kLane = Lanes<Number>::kCount;
  const std::vector<int64_t>& rows = join.rows;
  for (int64_t group = 0; group < join.groups(); ++group, out += width) {
    const int64_t begin = join.offsets[group], end = join.offsets[group + 1];
    int64_t c = 0;
    for (; c + 4 * kLane <= width; c += 4 * kLane)
      sum_block<4>(out + c, x + c, rows, begin, end, width, factors);
    for (; c + kLane <= width; c += kLane)
      sum_block<1>(out + c, x + c, rows, begin, end, width, factors);
    if (c == width) continue;
    std::fill(out + c, out + width, Number{0});
    for (int64_t e = begin; e < end; ++e) {
      const auto factor = static_cast<Number>(factors.of_link ? factors.of_link[e] : 1);
      const Number* row = x + rows[e] * width;
      for (int64_t d = c; d < width; ++d) out[d] += factor * row[d];
    }
    const Number scale = factors.of_group<Number>(end - begin);
    for (int64_t d = c; d < width; ++d) out[d] *= scale;
  }
}

/// The transpose: each link adds its group's numbers to its row.
template <class Number>
CENOTE_WIDE void spread_groups(Number* out, const Number* in, const Join& join, int64_t width,
                               const Factors& factors) {
  using Vector = typename Lanes<Number>::Vector;
  constexpr int64_t kLane = Lanes<Number>::kCount;
  const std::vector<int64_t>& rows = join.rows;
  for (int64_t group = 0; group < join.groups(); ++group, in += width) {
    const int64_t begin = join.offsets[group], end = join.offsets[group + 1];
    const Number scale = factors.of_group<Number>(end - begin);
    for (int64_t e = begin; e < end; ++e) {
      fetch_row_to_add(out + row_ahead(rows, e) * width, width);
      const auto factor = factors.of_link ? static_cast<Number>(factors.of_link[e]) : scale;
      Number* row = out + rows[e] * width;
      int64_t c = 0;
      for (; c + kLane <= width; c += kLane) {
        Vector to, from;
        load(to, row + c);
        load(from, in + c);
        store(row + c, to + from * factor);
      }
      for (; c < width; ++c) row[c] += factor * in[c];
    }
  }
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
    for (int64_t e = 0; e < links; ++e, to += bytes) {
      fetch_row(from + static_cast<size_t>(row_ahead(*rows, e)) * bytes,
                static_cast<int64_t>(bytes));
      std::memcpy(to, from + static_cast<size_t>((*rows)[e]) * bytes, bytes);
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

struct SumFunction : torch::autograd::Function<SumFunction> {
  struct Holder : torch::CustomClassHolder {
    JoinPtr join;
    std::vector<double> numbers;  // [E], empty: all one
    bool mean = false;
    Factors factors() const { return {numbers.empty() ? nullptr : numbers.data(), mean}; }
  };
  using HolderPtr = c10::intrusive_ptr<Holder>;

  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const HolderPtr& holder) {
    context->saved_data["holder"] = c10::IValue::make_capsule(holder);
    context->saved_data["rows"] = x.size(0);
    at::Tensor out = at::empty({holder->join->groups(), x.size(1)}, x.options());
    dispatch_floating("segment_sum", x, [&](auto zero) {
      using Number = decltype(zero);
      sum_groups(out.mutable_data_ptr<Number>(), x.const_data_ptr<Number>(), *holder->join,
                 x.size(1), holder->factors());
    });
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto* holder = static_cast<Holder*>(context->saved_data["holder"].toCapsule().get());
    const at::Tensor gradient = gradients[0].contiguous();
    const int64_t width = gradient.size(1);
    at::Tensor out = at::zeros({context->saved_data["rows"].toInt(), width}, gradient.options());
    dispatch_floating("segment_sum", gradient, [&](auto zero) {
      using Number = decltype(zero);
      spread_groups(out.mutable_data_ptr<Number>(), gradient.const_data_ptr<Number>(),
                    *holder->join, width, holder->factors());
    });
    return {out, {}};
  }
};

at::Tensor sum_with(const at::Tensor& x, const JoinPtr& join, std::vector<double> factors,
                    bool mean = false) {
  auto holder = c10::make_intrusive<SumFunction::Holder>();
  holder->join = join;
  holder->numbers = std::move(factors);
  holder->mean = mean;
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
  if (weights == nullptr) return sum_with(x, join, {}, true);
  return sum_with(x, join, link_shares(*join, weights));
}

}  // namespace cenote
