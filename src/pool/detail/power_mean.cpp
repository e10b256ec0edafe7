// SPDX-License-Identifier: Apache-2.0
#include "pool/detail/power_mean.h"

#include <ATen/ops/softplus.h>
#include <ATen/ops/zeros.h>

#include <cmath>

#include "base/check.h"
#include "kernel/scalar_map.h"
#include "pool/detail/group_mass.h"
#include "pool/detail/weights.h"

namespace cenote {
namespace {

constexpr double kEpsilon = 1e-6, kLeastPower = 0.05;

}  // namespace

std::vector<Option> power_options(double p, bool learn, const std::string& usual_sign) {
  return {{.name = "p",
           .default_value = p,
           .help = "the power, at least 0.05 away from 0",
           .min = -1000,
           .max = 1000},
          {.name = "learn", .default_value = learn, .help = "learn it"},
          {.name = "signed",
           .default_value = usual_sign,
           .help = "what makes numbers positive: small ones become 1e-6, their size, or the "
                   "distance from the smallest of the group",
           .choices = {"clamp", "abs", "shift"}}};
}

PowerPool::PowerPool(const std::string& name, const PoolTraits& traits, const Options& options,
                     const PoolPlace& place, int64_t groups, double q)
    : FoldedPool(place.width, 1 + OnlineSoftmax::kSize * place.width, place.width),
      name_(name),
      traits_(traits),
      groups_(groups),
      p_(options.get_double("p")),
      q_(q),
      signed_(options.get_text("signed")) {
  CENOTE_CHECK(std::abs(p_) >= kLeastPower, bad_input,
               "pool '{}': p is {}; it must be at least {} away from 0", name, p_, kLeastPower);
  CENOTE_CHECK(place.width % groups == 0, bad_input,
               "pool '{}': {} groups do not divide {} columns", name, groups, place.width);
  if (!options.get_bool("learn")) return;
  change_ = place.parameters.declare(place.name + ".p", {groups}, Init::zeros);
  if (!std::isnan(q)) change_q_ = place.parameters.declare(place.name + ".q", {1}, Init::zeros);
}

at::Tensor PowerPool::powers(const at::Tensor& like) const {
  if (!change_.defined()) return like.new_full({width_}, p_);
  const double size = std::max(std::abs(p_) - kLeastPower, 1e-3);
  const double begin = size > 30 ? size : std::log(std::expm1(size));
  const at::Tensor p =
      at::softplus(change_.to(like.scalar_type()).add(begin)).add(kLeastPower).mul(p_ > 0 ? 1 : -1);
  return p.view({groups_, 1}).expand({groups_, width_ / groups_}).reshape({width_});
}

at::Tensor PowerPool::mass_powers(const at::Tensor& p) const {
  if (std::isnan(q_)) return p.reciprocal();
  const at::Tensor q = p.new_full({1}, q_);
  return change_q_.defined() ? q.add(change_q_.to(p.scalar_type())) : q;
}

at::Tensor PowerPool::positive(const at::Tensor& rows) const {
  return signed_ == "abs" ? rows.abs().add(kEpsilon) : rows.clamp_min(kEpsilon);
}

PoolResult PowerPool::forward(const PoolInput& input) const {
  check_pool_input(name_, traits_, input);
  const at::Tensor p = powers(input.rows);
  const auto logs = pool_detail::log_weights(input.join, input.weights);
  at::Tensor sums;
  if (signed_ == "shift") {
    // The smallest of the group is a constant, as in the source.
    const JoinPtr join = pool_detail::without_weightless(input.join, input.weights);
    const at::Tensor smallest = segment_min(input.rows, join).detach();
    const at::Tensor apart = gather_rows(input.rows, RowsPtr(input.join, &input.join->rows))
                                 .sub(gather_rows(smallest, groups_of_links(*input.join)));
    // A link without weight may lie below.
    const at::Tensor u = apart.clamp_min(0).add(kEpsilon);
    sums = segment_logsumexp(map_log(u).mul(p), join_of_links(*input.join), logs);
  } else {
    sums = segment_logsumexp(map_log(positive(input.rows)).mul(p), input.join, logs);
  }
  const at::Tensor log_mass = log_group_mass(*input.join, input.weights, sums);
  const at::Tensor value = map_exp(sums.div(p).sub(log_mass.mul(mass_powers(p))));
  return {zero_if_empty(value, group_mass(*input.join, input.weights, sums)), input.join};
}

at::Tensor PowerPool::prepared(const at::Tensor& rows) const {
  CENOTE_CHECK(signed_ != "shift", unsupported,
               "pool '{}' does not work in parts with signed=shift: the smallest of the group is "
               "not known before",
               name_);
  return positive(rows).log().mul(powers(rows));
}

void PowerPool::start(double* s) const {
  s[0] = 0;
  for (int64_t c = 0; c < width_; ++c) OnlineSoftmax::start(s + 1 + c * OnlineSoftmax::kSize);
}

void PowerPool::add(double* s, const double* row, double weight, double) const {
  s[0] += weight;
  for (int64_t c = 0; c < width_; ++c)
    OnlineSoftmax::add(s + 1 + c * OnlineSoftmax::kSize, row[c], 0, weight);
}

void PowerPool::join_states(double* s, const double* other) const {
  s[0] += other[0];
  for (int64_t c = 0; c < width_; ++c)
    OnlineSoftmax::join(s + 1 + c * OnlineSoftmax::kSize, other + 1 + c * OnlineSoftmax::kSize);
}

void PowerPool::result(const double* s, double* out) const {
  if (s[0] == 0) return;
  const at::Tensor p = powers(at::zeros({1}, at::kDouble)).detach().contiguous();
  const at::Tensor k = mass_powers(p).detach().expand({width_}).contiguous();
  for (int64_t c = 0; c < width_; ++c)
    out[c] = std::exp(OnlineSoftmax::log_sum(s + 1 + c * OnlineSoftmax::kSize) /
                          p.const_data_ptr<double>()[c] -
                      k.const_data_ptr<double>()[c] * std::log(s[0]));
}

}  // namespace cenote
