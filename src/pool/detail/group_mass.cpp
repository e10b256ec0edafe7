// SPDX-License-Identifier: Apache-2.0
#include "pool/detail/group_mass.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <numeric>

#include "kernel/detail_dispatch.h"

namespace cenote {
namespace {

template <class Of>
at::Tensor column_of_masses(const Join& join, const double* weights, const at::Tensor& like,
                            const Of& of) {
  at::Tensor out = at::empty({join.groups(), 1}, like.options().requires_grad(false));
  dispatch_floating("group_mass", out, [&](auto zero) {
    using Number = decltype(zero);
    for (int64_t g = 0; g < join.groups(); ++g) {
      double total = 0;
      for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e)
        total += weights ? weights[e] : 1;
      out.mutable_data_ptr<Number>()[g] = static_cast<Number>(of(total));
    }
  });
  return out;
}

}  // namespace

at::Tensor group_mass(const Join& join, const double* weights, const at::Tensor& like) {
  return column_of_masses(join, weights, like, [](double mass) { return mass; });
}

at::Tensor log_group_mass(const Join& join, const double* weights, const at::Tensor& like) {
  return column_of_masses(join, weights, like,
                          [](double mass) { return mass > 0 ? std::log(mass) : 0; });
}

at::Tensor zero_if_empty(const at::Tensor& value, const at::Tensor& mass) {
  return at::where(mass.gt(0), value, at::zeros({}, value.options().requires_grad(false)));
}

JoinPtr join_of_links(const Join& join) {
  auto out = std::make_shared<Join>();
  out->offsets = join.offsets;
  out->rows.resize(join.rows.size());
  std::iota(out->rows.begin(), out->rows.end(), int64_t{0});
  return out;
}

RowsPtr groups_of_links(const Join& join) {
  auto out = std::make_shared<std::vector<int64_t>>();
  for (int64_t g = 0; g < join.groups(); ++g) out->insert(out->end(), join.size(g), g);
  return out;
}

}  // namespace cenote
