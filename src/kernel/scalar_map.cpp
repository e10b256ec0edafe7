// SPDX-License-Identifier: Apache-2.0
#include "kernel/scalar_map.h"

#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <numbers>

#include "kernel/detail_dispatch.h"

namespace cenote {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Each has the value at x, and the slope there from x and the value y.
struct Exp {
  template <class T>
  static T value(T x) {
    return std::exp(x);
  }
  template <class T>
  static T slope(T, T y) {
    return y;
  }
};
struct Log {
  template <class T>
  static T value(T x) {
    return std::log(x);
  }
  template <class T>
  static T slope(T x, T) {
    return 1 / x;
  }
};
struct Log1p {
  template <class T>
  static T value(T x) {
    return std::log1p(x);
  }
  template <class T>
  static T slope(T x, T) {
    return 1 / (1 + x);
  }
};
struct Tanh {
  template <class T>
  static T value(T x) {
    return std::tanh(x);
  }
  template <class T>
  static T slope(T, T y) {
    return 1 - y * y;
  }
};
struct Sigmoid {
  template <class T>
  static T value(T x) {
    // The exponential of a positive number could overflow.
    if (x >= 0) return 1 / (1 + std::exp(-x));
    const T power = std::exp(x);
    return power / (1 + power);
  }
  template <class T>
  static T slope(T, T y) {
    return y * (1 - y);
  }
};
struct Gelu {
  template <class T>
  static T share(T x) {
    return T(0.5) * std::erfc(-x * T(std::numbers::sqrt2 / 2));
  }
  template <class T>
  static T value(T x) {
    return x * share(x);
  }
  template <class T>
  static T slope(T x, T) {
    const T density = std::exp(-x * x / 2) * T(std::numbers::inv_sqrtpi / std::numbers::sqrt2);
    return share(x) + x * density;
  }
};

template <class Map>
struct MapFunction : torch::autograd::Function<MapFunction<Map>> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x) {
    at::Tensor out = at::empty(x.sizes(), x.options());
    dispatch_floating("scalar map", x, [&](auto zero) {
      using Number = decltype(zero);
      const Number* from = x.const_data_ptr<Number>();
      Number* to = out.mutable_data_ptr<Number>();
      for (int64_t i = 0; i < x.numel(); ++i) to[i] = Map::template value<Number>(from[i]);
    });
    context->save_for_backward({x});
    context->saved_data["out"] = out.detach();
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const at::Tensor x = context->get_saved_variables()[0];
    const at::Tensor y = context->saved_data["out"].toTensor();
    const at::Tensor gradient = gradients[0].contiguous();
    at::Tensor out = at::empty(x.sizes(), x.options());
    dispatch_floating("scalar map", x, [&](auto zero) {
      using Number = decltype(zero);
      const Number* from = x.const_data_ptr<Number>();
      const Number* value = y.const_data_ptr<Number>();
      const Number* g = gradient.const_data_ptr<Number>();
      Number* to = out.mutable_data_ptr<Number>();
      for (int64_t i = 0; i < x.numel(); ++i)
        to[i] = g[i] * Map::template slope<Number>(from[i], value[i]);
    });
    return {out};
  }
};

template <class Map>
at::Tensor apply(const at::Tensor& x) {
  return MapFunction<Map>::apply(x.contiguous());
}

}  // namespace

at::Tensor map_exp(const at::Tensor& x) { return apply<Exp>(x); }
at::Tensor map_log(const at::Tensor& x) { return apply<Log>(x); }
at::Tensor map_log1p(const at::Tensor& x) { return apply<Log1p>(x); }
at::Tensor map_tanh(const at::Tensor& x) { return apply<Tanh>(x); }
at::Tensor map_sigmoid(const at::Tensor& x) { return apply<Sigmoid>(x); }
at::Tensor map_gelu(const at::Tensor& x) { return apply<Gelu>(x); }

}  // namespace cenote
