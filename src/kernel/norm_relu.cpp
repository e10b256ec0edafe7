// SPDX-License-Identifier: Apache-2.0
#include "kernel/norm_relu.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

#include "base/hash.h"
#include "base/random.h"
#include "kernel/detail_dispatch.h"
#include "kernel/detail_rows.h"

namespace cenote {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr double kEpsilon = 1e-5;

/// Numbers whose draws are made together: the 8 of one Philox block, and as many blocks as fill vectors.
constexpr int64_t kBlocks = 16, kDraws = 8 * kBlocks;

/// factor[d] = `scale` where number first + d of a row is kept, else 0: kept if 16 bits of philox(row_key, first + d
/// rounded down to 8) are at least `threshold`. The blocks are made in one loop, which the compiler makes one of vectors.
template <class Number>
CENOTE_WIDE void draw_factors(uint64_t row_key, int64_t first, uint32_t threshold, Number scale,
                              Number* __restrict factor) {
  uint32_t words[4][kBlocks];
  for (int64_t b = 0; b < kBlocks; ++b) {
    const auto block = philox(row_key, static_cast<uint64_t>(first + 8 * b));
    for (int i = 0; i < 4; ++i) words[i][b] = block[i];
  }
  for (int64_t b = 0; b < kBlocks; ++b) {
    for (int i = 0; i < 4; ++i) {
      factor[8 * b + 2 * i] = (words[i][b] & 0xffff) >= threshold ? scale : Number(0);
      factor[8 * b + 2 * i + 1] = (words[i][b] >> 16) >= threshold ? scale : Number(0);
    }
  }
}

/// Of one row: numbers a vector apart are added first, then the vector's lanes in halves, then what is left of the row.
template <class Number, class Term>
[[gnu::always_inline]] inline Number sum_of(int64_t width, const Term& term) {
  constexpr int64_t kLanes = Lanes<Number>::kCount;
  Number lanes[kLanes] = {};
  int64_t d = 0;
  for (; d + kLanes <= width; d += kLanes) {
    for (int64_t i = 0; i < kLanes; ++i) lanes[i] += term(d + i);
  }
  for (int64_t half = kLanes / 2; half > 0; half /= 2) {
    for (int64_t i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  Number total = lanes[0];
  for (; d < width; ++d) total += term(d);
  return total;
}

template <class Number>
struct NormRows {
  int64_t width;
  const Number *weight, *bias;
  Number scale;  // of what is kept
};

/// y of one row, its mean and the inverse of its deviation. With a residual, that is added to y, and kept[d] = 1 where
/// y was not zero.
template <class Number>
CENOTE_WIDE void forward_row(const NormRows<Number>& rows, const Number* __restrict x,
                             const Number* __restrict factor, const Number* __restrict residual,
                             Number* __restrict y, uint8_t* __restrict kept,
                             Number* __restrict moments) {
  const int64_t width = rows.width;
  const Number count = static_cast<Number>(width);
  const Number mean = sum_of<Number>(width, [&](int64_t d) { return x[d]; }) / count;
  const Number variance =
      sum_of<Number>(width, [&](int64_t d) { return (x[d] - mean) * (x[d] - mean); }) / count;
  const Number inverse = 1 / std::sqrt(variance + static_cast<Number>(kEpsilon));
  moments[0] = mean;
  moments[1] = inverse;
  for (int64_t d = 0; d < width; ++d) {
    const Number value = (x[d] - mean) * inverse * rows.weight[d] + rows.bias[d];
    y[d] = value < 0 ? Number(0) : value;  // in this order NaN stays
  }
  if (factor != nullptr) {
    for (int64_t d = 0; d < width; ++d) y[d] *= factor[d];
  }
  if (residual == nullptr) return;
  for (int64_t d = 0; d < width; ++d) kept[d] = y[d] != 0;
  for (int64_t d = 0; d < width; ++d) y[d] += residual[d];
}

/// With g = (gradient where `kept` is not zero: y, or whether it was) * scale and h = g * weight, z the normalised row:
///   to_weight += g z, to_bias += g, to_x = (h - mean(h) - z mean(h z)) / deviation.
template <class Number, class Kept>
CENOTE_WIDE void backward_row(const NormRows<Number>& rows, const Number* __restrict x,
                              const Kept* __restrict kept, const Number* __restrict moments,
                              const Number* __restrict gradient, Number* __restrict to_x,
                              Number* __restrict to_weight, Number* __restrict to_bias) {
  const int64_t width = rows.width;
  const Number mean = moments[0], inverse = moments[1], count = static_cast<Number>(width);
  for (int64_t d = 0; d < width; ++d) {
    const Number given = gradient[d] * rows.scale;
    const Number g = kept[d] == 0 ? Number(0) : given;
    to_weight[d] += g * ((x[d] - mean) * inverse);
    to_bias[d] += g;
    to_x[d] = g * rows.weight[d];
  }
  const Number mean_h = sum_of<Number>(width, [&](int64_t d) { return to_x[d]; }) / count;
  const Number mean_hz =
      sum_of<Number>(width, [&](int64_t d) { return to_x[d] * ((x[d] - mean) * inverse); }) / count;
  for (int64_t d = 0; d < width; ++d)
    to_x[d] = (to_x[d] - mean_h - (x[d] - mean) * inverse * mean_hz) * inverse;
}

template <class Number, class Kept>
void backward_rows(const NormRows<Number>& rows, const at::Tensor& x, const Kept* kept,
                   const at::Tensor& moments, const at::Tensor& gradient, at::Tensor& to_x,
                   at::Tensor& to_weight, at::Tensor& to_bias) {
  for (int64_t n = 0; n < x.size(0); ++n) {
    const int64_t at = n * rows.width;
    backward_row<Number, Kept>(
        rows, x.const_data_ptr<Number>() + at, kept + at, moments.const_data_ptr<Number>() + 2 * n,
        gradient.const_data_ptr<Number>() + at, to_x.mutable_data_ptr<Number>() + at,
        to_weight.mutable_data_ptr<Number>(), to_bias.mutable_data_ptr<Number>());
  }
}

struct NormReluFunction : torch::autograd::Function<NormReluFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& bias, const std::optional<at::Tensor>& residual,
                            const KeyedDropout& dropout) {
    const int64_t count = x.size(0), width = x.size(1);
    const bool drops = dropout.row_keys != nullptr && dropout.p > 0;
    const double scale = drops ? 1 / (1 - dropout.p) : 1.0;
    at::Tensor y = at::empty_like(x), moments = at::empty({count, 2}, x.options());
    at::Tensor kept;  // of a residual: y cannot tell
    if (residual) kept = at::empty({count, width}, x.options().dtype(at::kByte));
    dispatch_floating("norm_relu", x, [&](auto zero) {
      using Number = decltype(zero);
      const NormRows<Number> rows{width, weight.const_data_ptr<Number>(),
                                  bias.const_data_ptr<Number>(), static_cast<Number>(scale)};
      const auto threshold = static_cast<uint32_t>(dropout.p * 65536);
      std::vector<Number> factor(drops ? (width + kDraws - 1) / kDraws * kDraws : 0);
      for (int64_t n = 0; n < count; ++n) {
        for (int64_t d = 0; drops && d < width; d += kDraws)
          draw_factors(hash_combine(dropout.key, (*dropout.row_keys)[n]), d, threshold, rows.scale,
                       factor.data() + d);
        forward_row<Number>(rows, x.const_data_ptr<Number>() + n * width,
                            drops ? factor.data() : nullptr,
                            residual ? residual->const_data_ptr<Number>() + n * width : nullptr,
                            y.mutable_data_ptr<Number>() + n * width,
                            residual ? kept.mutable_data_ptr<uint8_t>() + n * width : nullptr,
                            moments.mutable_data_ptr<Number>() + 2 * n);
      }
    });
    context->save_for_backward({x, residual ? kept : y, moments, weight, bias});
    context->saved_data["scale"] = scale;
    context->saved_data["residual"] = residual.has_value();
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &kept = saved[1], &moments = saved[2];
    const at::Tensor gradient = gradients[0].contiguous();
    const bool residual = context->saved_data["residual"].toBool();
    at::Tensor to_x = at::empty_like(x), to_weight = at::zeros_like(saved[3]),
               to_bias = at::zeros_like(saved[4]);
    dispatch_floating("norm_relu", x, [&](auto zero) {
      using Number = decltype(zero);
      const NormRows<Number> rows{x.size(1), saved[3].const_data_ptr<Number>(),
                                  saved[4].const_data_ptr<Number>(),
                                  static_cast<Number>(context->saved_data["scale"].toDouble())};
      if (residual) {
        backward_rows(rows, x, kept.const_data_ptr<uint8_t>(), moments, gradient, to_x, to_weight,
                      to_bias);
      } else {
        backward_rows(rows, x, kept.const_data_ptr<Number>(), moments, gradient, to_x, to_weight,
                      to_bias);
      }
    });
    return {to_x, to_weight, to_bias, residual ? gradient : at::Tensor(), {}};
  }
};

}  // namespace

at::Tensor norm_relu(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                     const KeyedDropout& dropout, const std::optional<at::Tensor>& residual) {
  CENOTE_CHECK(x.dim() == 2 && weight.dim() == 1 && bias.dim() == 1 &&
                   weight.size(0) == x.size(1) && bias.size(0) == x.size(1),
               bad_shape, "norm_relu: rows have {} numbers, the weight {} and the bias {}",
               x.size(-1), weight.numel(), bias.numel());
  CENOTE_CHECK(!residual || residual->sizes() == x.sizes(), bad_shape,
               "norm_relu: {} rows of {} numbers, the residual has {} numbers", x.size(0),
               x.size(1), residual->numel());
  CENOTE_CHECK(dropout.row_keys == nullptr || std::ssize(*dropout.row_keys) == x.size(0), bad_shape,
               "norm_relu: {} rows, {} keys", x.size(0), dropout.row_keys->size());
  CENOTE_CHECK(dropout.p >= 0 && dropout.p < 1, bad_input, "dropout must be in [0, 1), got {}",
               dropout.p);
  return NormReluFunction::apply(x.contiguous(), weight, bias,
                                 residual ? std::optional(residual->contiguous()) : std::nullopt,
                                 dropout);
}

}  // namespace cenote
