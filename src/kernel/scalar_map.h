// SPDX-License-Identifier: Apache-2.0
// Functions of single numbers, one call of the standard library a number: unlike a whole tensor's exp() or tanh(), whose
// last few numbers take another path, the bytes do not depend on where in the tensor a number lies.
//
// In all of them
//   Shapes    x of any shape, float32 or float64; the result has the same.
//   Gradient  with respect to x.
//   Threads   safe to call concurrently.
#pragma once

#include <ATen/core/Tensor.h>

namespace cenote {

at::Tensor map_exp(const at::Tensor& x);
at::Tensor map_log(const at::Tensor& x);
at::Tensor map_log1p(const at::Tensor& x);
at::Tensor map_tanh(const at::Tensor& x);
at::Tensor map_sigmoid(const at::Tensor& x);
/// x times the normal distribution's share below x.
at::Tensor map_gelu(const at::Tensor& x);

}  // namespace cenote
