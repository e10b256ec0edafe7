// SPDX-License-Identifier: Apache-2.0
// Claim 62: generalised means with a power for each group of columns do more than one power for all.
#include <ATen/ops/mse_loss.h>

#include <algorithm>
#include <cmath>

#include "base/hash.h"
#include "base/random.h"
#include "claim/claim.h"
#include "claim/small_training.h"
#include "claims/detail/small_nets.h"

namespace cenote {
namespace {

constexpr int64_t kRows = 12, kColumns = 3;

struct Sets {
  at::Tensor rows, targets;
};

/// Positive rows of three columns; the target is the maximum of the first, the mean of the second and the geometric mean of
/// the third.
Sets draw(int64_t sets, uint64_t key) {
  Random random(key);
  std::vector<double> rows, targets;
  for (int64_t s = 0; s < sets; ++s) {
    double largest = 0, sum = 0, logs = 0;
    for (int64_t i = 0; i < kRows; ++i) {
      const double x[] = {0.1 + 2 * random.uniform(), 0.1 + 2 * random.uniform(),
                          0.1 + 2 * random.uniform()};
      rows.insert(rows.end(), x, x + kColumns);
      largest = std::max(largest, x[0]);
      sum += x[1];
      logs += std::log(x[2]);
    }
    targets.insert(targets.end(), {largest, sum / kRows, std::exp(logs / kRows)});
  }
  return {float_tensor(rows, {sets * kRows, kColumns}), float_tensor(targets, {sets, kColumns})};
}

double test_error(const std::string& name,
                  const std::vector<std::pair<std::string, std::string>>& options,
                  const Sets& train, const Sets& test, const ClaimRun& run) {
  ParameterSet parameters(run.seed);
  const NamedPool pool(parameters, name, kColumns, options);
  const Mlp head(parameters, "head", {pool.out_width(), kColumns});
  const auto predict = [&](const at::Tensor& rows) {
    return head(pool({.rows = rows, .join = join_of_runs(rows.size(0) / kRows, kRows)}));
  };
  const at::Tensor by_set = train.rows.view({-1, kRows, kColumns});
  train_small(parameters, train.targets.size(0),
              [&](const std::vector<int64_t>& batch) {
                const at::Tensor some = index_tensor(batch);
                return at::mse_loss(predict(by_set.index_select(0, some).view({-1, kColumns})),
                                    train.targets.index_select(0, some));
              },
              {.epochs = run.quick ? 20 : 60,
               .batch = 64,
               .learning_rate = 0.02,
               .seed = run.seed,
               .between_epochs = [&] { run.check_cancelled(); }});
  return mean_squared_error(predict(test.rows), test.targets);
}

Figures run_claim_062(const ClaimRun& run) {
  const uint64_t key = hash_combine(run.seed, 62);
  const Sets train = draw(4000, key), test = draw(2000, mix64(key));
  const double mean = test_error("mean", {}, train, test, run);
  const double max = test_error("max", {}, train, test, run);
  const double gem = test_error("gem", {{"learn", "true"}}, train, test, run);
  const double ggem = test_error("ggem", {{"groups", "3"}}, train, test, run);
  Figures out;
  out.add("error of mean", mean);
  out.add("error of max", max);
  out.add("error of gem", gem);
  out.add("error of ggem", ggem);
  out.add("ggem over gem", ggem / gem);
  out.add("gem over mean", gem / mean);
  return out;
}

}  // namespace

CENOTE_CLAIM(062_group_powers) {
  return {
      .info = {.summary = "A generalised mean with a learned power for each group of columns is "
                          "better than one with "
                          "a single power, and that is no worse than the mean.",
               .source = "Ko et al. 2022, arXiv:2212.04114 (GGeM)",
               .example = "cenote claim 62"},
      .setting =
          "4,000 generated sets of 12 positive rows with three columns, of which the maximum, the "
          "mean and "
          "the geometric mean are wanted; a pool and a linear map. Squared error on 2,000 other "
          "sets.",
      .departs =
          "sets whose columns need different powers, instead of a vision transformer on ImageNet",
      .conditions = {{"ggem over gem", Bound::at_most, 0.8, 0.9},
                     {"gem over mean", Bound::at_most, 1.02, 1.1}},
      .seeds = 5,
      .quick_seeds = 1,
      .minutes = 2,
      .run = run_claim_062};
}

}  // namespace cenote
