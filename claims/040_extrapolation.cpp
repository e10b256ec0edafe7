// SPDX-License-Identifier: Apache-2.0
// Claim 40: a learned norm extrapolates to larger sets and numbers where fixed pools each fail on some tasks.
#include <ATen/ops/cat.h>
#include <ATen/ops/l1_loss.h>

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

constexpr int64_t kChannels = 8;
const std::vector<std::string> kTasks{"sum", "mean", "max", "min", "count", "range", "norm"};
const std::vector<std::string> kFixed{"sum", "mean", "max"};
/// Errors below this are as good as none: a learned power is never exactly infinite.
constexpr double kGoodEnough = 0.05;

struct Sets {
  std::vector<int64_t> sizes, offsets{0};
  at::Tensor rows;                           // [all, 2]: the number, and one
  std::vector<std::vector<double>> targets;  // by task
};

Sets draw(int64_t sets, int64_t least, int64_t most, double largest, uint64_t key) {
  Random random(key);
  Sets out;
  out.targets.resize(kTasks.size());
  std::vector<double> rows;
  for (int64_t s = 0; s < sets; ++s) {
    const int64_t n =
        least + static_cast<int64_t>(random.below(static_cast<uint64_t>(most - least + 1)));
    double sum = 0, squares = 0, high = 0, low = INFINITY;
    for (int64_t i = 0; i < n; ++i) {
      const double x = largest * random.uniform();
      rows.insert(rows.end(), {x, 1});
      sum += x;
      squares += x * x;
      high = std::max(high, x);
      low = std::min(low, x);
    }
    const double count = static_cast<double>(n);
    const double values[] = {sum, sum / count, high, low, count, high - low, std::sqrt(squares)};
    for (size_t t = 0; t < kTasks.size(); ++t) out.targets[t].push_back(values[t]);
    out.sizes.push_back(n);
    out.offsets.push_back(out.offsets.back() + n);
  }
  out.rows = float_tensor(rows, {out.offsets.back(), 2});
  return out;
}

/// Mean absolute error over mean size, on sets from beyond what was trained on.
double relative_error(const std::vector<std::string>& pools, size_t task, const Sets& train,
                      const Sets& test, const ClaimRun& run) {
  ParameterSet parameters(run.seed);
  const Mlp before(parameters, "before", {2, kChannels});
  std::vector<NamedPool> made;
  for (const std::string& pool : pools) {
    // Both signs of the power, as the paper has it: towards the largest, and towards the smallest.
    const bool norm = pool.starts_with("gnp");
    const auto options =
        norm ? std::vector<std::pair<std::string, std::string>>{{"p", pool.substr(3)}}
             : std::vector<std::pair<std::string, std::string>>{};
    made.emplace_back(parameters, norm ? "gnp" : pool, kChannels, options, pool);
  }
  const Mlp after(parameters, "after", {kChannels * std::ssize(pools), 1});
  const double scale =
      std::accumulate(train.targets[task].begin(), train.targets[task].end(), 0.0) /
      static_cast<double>(train.targets[task].size());
  const auto predict = [&](const at::Tensor& rows, const JoinPtr& join) {
    const at::Tensor mapped = before(rows);
    std::vector<at::Tensor> values;
    for (const NamedPool& pool : made) values.push_back(pool({.rows = mapped, .join = join}));
    return after(at::cat(values, 1)).view({-1});
  };
  train_small(parameters, std::ssize(train.sizes),
              [&](const std::vector<int64_t>& batch) {
                std::vector<int64_t> rows, sizes;
                std::vector<double> wanted;
                for (const int64_t s : batch) {
                  for (int64_t i = train.offsets[s]; i < train.offsets[s + 1]; ++i)
                    rows.push_back(i);
                  sizes.push_back(train.sizes[s]);
                  wanted.push_back(train.targets[task][s] / scale);
                }
                return at::l1_loss(
                    predict(train.rows.index_select(0, index_tensor(rows)), join_of_sizes(sizes)),
                    float_tensor(wanted, {std::ssize(wanted)}));
              },
              {.epochs = run.quick ? 15 : 60,
               .batch = 64,
               .learning_rate = 0.01,
               .seed = run.seed,
               .between_epochs = [&] { run.check_cancelled(); }});
  const at::Tensor got = predict(test.rows, join_of_sizes(test.sizes)).detach();
  double error = 0, size = 0;
  for (size_t s = 0; s < test.sizes.size(); ++s) {
    error += std::abs(got.const_data_ptr<float>()[s] * scale - test.targets[task][s]);
    size += std::abs(test.targets[task][s]);
  }
  return error / size;
}

Figures run_claim_040(const ClaimRun& run) {
  const uint64_t key = hash_combine(run.seed, 40);
  const Sets train = draw(run.quick ? 1000 : 4000, 5, 15, 5, key);
  const Sets test = draw(500, 50, 100, 10, mix64(key));
  Figures out;
  double worst = 0, least_failed = INFINITY;
  std::vector<std::vector<double>> errors(kTasks.size());
  for (size_t t = 0; t < kTasks.size(); ++t) {
    for (const std::string& pool : kFixed) {
      errors[t].push_back(relative_error({pool}, t, train, test, run));
      out.add(kTasks[t] + " by " + pool, errors[t].back());
    }
    const double best = *std::min_element(errors[t].begin(), errors[t].end());
    const double gnp = relative_error({"gnp1", "gnp-1"}, t, train, test, run);
    out.add(kTasks[t] + " by gnp", gnp);
    worst = std::max(worst, gnp / std::max(kGoodEnough / 1.5, best));
  }
  for (size_t p = 0; p < kFixed.size(); ++p) {
    double failed = 0;
    for (size_t t = 0; t < kTasks.size(); ++t) {
      const double best = *std::min_element(errors[t].begin(), errors[t].end());
      failed += errors[t][p] > 5 * std::max(kGoodEnough / 1.5, best);
    }
    least_failed = std::min(least_failed, failed);
  }
  out.add("worst ratio of gnp to the best fixed pool", worst);
  out.add("tasks that every fixed pool fails", least_failed);
  return out;
}

}  // namespace

CENOTE_CLAIM(040_extrapolation) {
  return {
      .info = {.summary = "A pool with a learned power and a learned power of the count "
                          "extrapolates as well as the "
                          "best fixed pool of each task, while each fixed pool fails on several.",
               .source = "Ko, Kwon, Shin, Lee 2021, arXiv:2106.06210 (GNP)",
               .example = "cenote claim 40"},
      .setting =
          "Sets of 5 to 15 numbers up to 5 to train on, of 50 to 100 numbers up to 10 to test; "
          "sum, mean, max, "
          "min, count, range and length are wanted. A linear map, a pool, a linear map; gnp with a "
          "positive "
          "and a negative power side by side. Error over mean size.",
      .departs =
          "sets only, no graphs; an error below 5 % counts as good as none (the paper's best fixed "
          "pools are "
          "exact, and 1.5 times nothing is nothing)",
      .conditions = {{"worst ratio of gnp to the best fixed pool", Bound::at_most, 1.5, 30},
                     {"tasks that every fixed pool fails", Bound::at_least, 2, 1}},
      .seeds = 4,
      .quick_seeds = 1,
      .minutes = 4,
      .run = run_claim_040};
}

}  // namespace cenote
