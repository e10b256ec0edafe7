// SPDX-License-Identifier: Apache-2.0
// Power means of positive numbers, in logarithms, and the choice of what makes numbers positive.
#pragma once

#include <string>

#include "pool/detail/folded_pool.h"

namespace cenote {

/// Option `p`, which may be learned from there, `learn`, and `signed`: numbers below 1e-6 become that (clamp: GeM), their
/// size (abs: GNP), or their distance from the smallest of the group (shift: SimPool; the result is one too).
std::vector<Option> power_options(double p, bool learn, const std::string& usual_sign);

/// y = exp(ln(sum_j w_j u_j^p) / p - k ln W), W = sum w; k = 1 / p makes it a mean, k = q is GNP's n^-q.
///
/// p is one number for each of `groups` equal parts of the columns: sign (0.05 + softplus(<name>.p + c)), where c makes it
/// begin at the option; it cannot cross zero.
class PowerPool : public FoldedPool {
 public:
  PoolResult forward(const PoolInput& input) const final;

 protected:
  /// `q`: NaN for the mean. Errors bad_input for a p within 0.05 of zero.
  PowerPool(const std::string& name, const PoolTraits& traits, const Options& options,
            const PoolPlace& place, int64_t groups, double q);

 private:
  at::Tensor powers(const at::Tensor& like) const;    // [D]
  at::Tensor mass_powers(const at::Tensor& p) const;  // [D]: k
  at::Tensor positive(const at::Tensor& rows) const;
  at::Tensor prepared(const at::Tensor& rows) const override;
  void start(double* s) const override;
  void add(double* s, const double* row, double weight, double key) const override;
  void join_states(double* s, const double* other) const override;
  void result(const double* s, double* out) const override;

  std::string name_;
  PoolTraits traits_;
  int64_t groups_;
  double p_, q_;
  std::string signed_;
  at::Tensor change_;    // [groups]; undefined: p is fixed
  at::Tensor change_q_;  // [1]; undefined: q is fixed, or there is none
};

}  // namespace cenote
