// SPDX-License-Identifier: Apache-2.0
// Claim 1: pools that are asked by a row of their own stay good however few of the rows matter.
#include <ATen/ops/cat.h>
#include <ATen/ops/mse_loss.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/hash.h"
#include "base/random.h"
#include "claim/claim.h"
#include "claim/small_training.h"
#include "claims/detail/small_nets.h"

namespace cenote {
namespace {

constexpr int64_t kRows = 32, kWidth = 8, kHidden = 32;

struct Samples {
  at::Tensor rows;     // [samples * kRows, kWidth]
  at::Tensor targets;  // [samples, kWidth]
};

/// The paper's generator: three features each of a normal, a uniform and a signed exponential distribution of the
/// sample's own, shuffled; eight of them are kept. The target is the mean of the k rows nearest to the first.
Samples draw(int64_t samples, int64_t k, uint64_t key) {
  std::vector<double> rows, targets;
  for (int64_t s = 0; s < samples; ++s) {
    Random random(hash_combine(key, static_cast<uint64_t>(s)));
    const auto between = [&](double low, double high) {
      return low + random.uniform() * (high - low);
    };
    std::vector<std::vector<double>> features;
    for (int kind = 0; kind < 9; ++kind) {
      std::vector<double> feature;
      const double a = between(-3, 3), b = kind < 3   ? between(1, 3)
                                           : kind < 6 ? between(0.2, 3)
                                                      : between(0.1, 2);
      const double sign = random.below(2) == 0 ? -1 : 1, shift = between(0, 3);
      for (int64_t i = 0; i < kRows; ++i) {
        const double value = kind < 3   ? a + b * random.normal()
                             : kind < 6 ? a + b * random.uniform()
                                        : sign * (-b * std::log(1 - random.uniform()) - shift);
        feature.push_back(value / std::sqrt(static_cast<double>(kWidth)));
      }
      features.push_back(std::move(feature));
    }
    for (size_t i = features.size(); i > 1; --i)
      std::swap(features[i - 1], features[random.below(i)]);
    const auto value = [&](int64_t row, int64_t c) { return features[c][row]; };
    std::vector<std::pair<double, int64_t>> away;
    for (int64_t i = 1; i < kRows; ++i) {
      double square = 0;
      for (int64_t c = 0; c < kWidth; ++c) square += std::pow(value(i, c) - value(0, c), 2);
      away.emplace_back(square, i);
    }
    std::sort(away.begin(), away.end());
    for (int64_t i = 0; i < kRows; ++i) {
      for (int64_t c = 0; c < kWidth; ++c) rows.push_back(value(i, c));
    }
    for (int64_t c = 0; c < kWidth; ++c) {
      double sum = 0;
      for (int64_t j = 0; j < k; ++j) sum += value(away[j].second, c);
      targets.push_back(sum / static_cast<double>(k));
    }
  }
  return {float_tensor(rows, {samples * kRows, kWidth}), float_tensor(targets, {samples, kWidth})};
}

/// Rows mapped, pooled and mapped again. The pool that asks is asked by the first row.
double test_error(const std::string& name, const Samples& train, const Samples& test,
                  const ClaimRun& run) {
  ParameterSet parameters(run.seed);
  const Mlp before(parameters, "before", {kWidth, kHidden, kHidden});
  const NamedPool pool(parameters, name, kHidden);
  const Mlp after(parameters, "after", {2 * kHidden, kHidden, kWidth});
  const auto predict = [&](const at::Tensor& rows) {
    const int64_t groups = rows.size(0) / kRows;
    const at::Tensor mapped = before(rows);
    PoolInput input{.rows = mapped, .join = join_of_runs(groups, kRows)};
    const at::Tensor first = mapped.view({groups, kRows, kHidden}).select(1, 0);
    if (pool.needs_query()) input.query = first;
    return after(at::cat({pool(input), first}, 1));
  };
  const at::Tensor by_sample = train.rows.view({-1, kRows, kWidth});
  train_small(parameters, train.targets.size(0),
              [&](const std::vector<int64_t>& batch) {
                const at::Tensor some = index_tensor(batch);
                return at::mse_loss(predict(by_sample.index_select(0, some).view({-1, kWidth})),
                                    train.targets.index_select(0, some));
              },
              {.epochs = run.quick ? 6 : 12,
               .batch = 100,
               .learning_rate = 2e-3,
               .seed = run.seed,
               .between_epochs = [&] { run.check_cancelled(); }});
  return mean_squared_error(predict(test.rows), test.targets);
}

Figures run_claim_001(const ClaimRun& run) {
  Figures out;
  std::vector<double> worst(3, 0);
  const std::vector<std::string> pools{"mean", "max", "xattn"};
  const std::vector<int64_t> ks =
      run.quick ? std::vector<int64_t>{1, 31} : std::vector<int64_t>{1, 4, 16, 31};
  for (const int64_t k : ks) {
    const uint64_t key = hash_combine(hash_combine(run.seed, 1), static_cast<uint64_t>(k));
    const Samples train = draw(run.quick ? 1500 : 30000, k, key), test = draw(1000, k, mix64(key));
    std::vector<double> errors;
    for (const std::string& pool : pools) errors.push_back(test_error(pool, train, test, run));
    const double best = *std::min_element(errors.begin(), errors.end());
    for (size_t p = 0; p < pools.size(); ++p) {
      out.add(figure_at(pools[p], static_cast<double>(k)), errors[p]);
      worst[p] = std::max(worst[p], errors[p] / best);
    }
  }
  for (size_t p = 0; p < pools.size(); ++p) out.add("worst ratio of " + pools[p], worst[p]);
  return out;
}

}  // namespace

CENOTE_CLAIM(001_noisy_rows) {
  return {.info = {.summary = "Attention whose query is a row of its own is best or nearly so "
                              "however few of the rows "
                              "matter; mean and max are each bad somewhere.",
                   .source = "Brothers, ICML 2025 (adaptive pooling of transformer outputs)",
                   .example = "cenote claim 1"},
          .setting =
              "The paper's generator of 32 rows with 8 features: the target is the mean of the k "
              "rows nearest to "
              "the first, k of 1, 4, 16, 31; 30,000 samples to train on, 1,000 to test. Rows are "
              "mapped by a "
              "small network, pooled, and mapped again beside the first row. Test error by pool "
              "and k, and "
              "of each pool the largest ratio to the best of its k.",
          .departs =
              "no transformer before the pool, 30,000 samples instead of a million; no CLS token, "
              "which needs one",
          .conditions = {{"worst ratio of xattn", Bound::at_most, 1.1, 1.25},
                         {"worst ratio of mean", Bound::at_least, 1.3, 1.1},
                         {"worst ratio of max", Bound::at_least, 1.3, 1.1}},
          .seeds = 4,
          .quick_seeds = 1,
          .minutes = 3,
          .chart = ClaimChart{"Test error by the number of rows that matter",
                              "rows that matter",
                              "squared error",
                              {"mean", "max", "xattn"},
                              {1, 4, 16, 31}},
          .run = run_claim_001};
}

}  // namespace cenote
