// SPDX-License-Identifier: Apache-2.0
#include "kernel/dropout.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include "base/hash.h"
#include "base/random.h"
#include "kernel/detail_dispatch.h"

namespace cenote {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// mask[n, d] = 1 where the number is kept.
at::Tensor draw_mask(int64_t rows, int64_t width, const std::vector<uint64_t>& row_keys,
                     uint64_t key, double p) {
  at::Tensor mask = at::empty({rows, width}, at::TensorOptions().dtype(at::kByte));
  uint8_t* out = mask.mutable_data_ptr<uint8_t>();
  const auto threshold = static_cast<uint32_t>(p * 65536);
  for (int64_t n = 0; n < rows; ++n) {
    const uint64_t row_key = hash_combine(key, row_keys[n]);
    for (int64_t d = 0; d < width; d += 8) {
      const auto block = philox(row_key, static_cast<uint64_t>(d));
      for (int64_t i = 0; i < std::min<int64_t>(8, width - d); ++i) {
        *out++ = ((block[i / 2] >> (16 * (i % 2))) & 0xffff) >= threshold;
      }
    }
  }
  return mask;
}

template <class Number>
CENOTE_WIDE void apply_mask(const Number* x, const uint8_t* mask, Number scale, Number* out,
                            int64_t count) {
  for (int64_t i = 0; i < count; ++i) out[i] = mask[i] ? x[i] * scale : Number(0);
}

at::Tensor masked(const at::Tensor& x, const at::Tensor& mask, double p) {
  at::Tensor out = at::empty_like(x);
  dispatch_floating("keyed_dropout", x, [&](auto zero) {
    using Number = decltype(zero);
    apply_mask<Number>(x.const_data_ptr<Number>(), mask.const_data_ptr<uint8_t>(),
                       static_cast<Number>(1 / (1 - p)), out.mutable_data_ptr<Number>(), x.numel());
  });
  return out;
}

struct DropoutFunction : torch::autograd::Function<DropoutFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& mask,
                            double p) {
    context->save_for_backward({mask});
    context->saved_data["p"] = p;
    return masked(x, mask, p);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    return {masked(gradients[0].contiguous(), context->get_saved_variables()[0],
                   context->saved_data["p"].toDouble()),
            {},
            {}};
  }
};

}  // namespace

at::Tensor keyed_dropout(const at::Tensor& x, const std::vector<uint64_t>& row_keys, uint64_t key,
                         double p) {
  CENOTE_CHECK(x.dim() == 2 && x.size(0) == static_cast<int64_t>(row_keys.size()), bad_shape,
               "keyed_dropout: {} rows, {} keys", x.size(0), row_keys.size());
  CENOTE_CHECK(p >= 0 && p < 1, bad_input, "dropout must be in [0, 1), got {}", p);
  if (p == 0) return x;
  return DropoutFunction::apply(x.contiguous(), draw_mask(x.size(0), x.size(1), row_keys, key, p),
                                p);
}

}  // namespace cenote
