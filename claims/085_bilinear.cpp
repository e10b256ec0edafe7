// SPDX-License-Identifier: Apache-2.0
// Claim 85: bilinear fusion helps where two things act on each other, and only there.
#include <ATen/ops/cat.h>
#include <ATen/ops/mse_loss.h>

#include <cmath>

#include "base/hash.h"
#include "base/random.h"
#include "claim/claim.h"
#include "claim/small_training.h"
#include "claims/detail/small_nets.h"

namespace cenote {
namespace {

constexpr int64_t kWidth = 12, kRank = 4;

struct Pairs {
  at::Tensor x, y, target;
};

/// Pairs of vectors. `kind`: "added", a function of x plus one of y; "multiplied", x T y with T of rank 4; "either", whether
/// exactly one of two signs is positive.
Pairs draw(const std::string& kind, int64_t pairs, uint64_t task, uint64_t key) {
  Random of_task(task), random(key);
  std::vector<double> a, b, left, right;
  for (int64_t i = 0; i < kRank * kWidth; ++i) {
    left.push_back(of_task.normal());
    right.push_back(of_task.normal());
  }
  std::vector<double> target;
  for (int64_t i = 0; i < pairs; ++i) {
    std::vector<double> x, y;
    for (int64_t c = 0; c < kWidth; ++c) x.push_back(random.normal()), y.push_back(random.normal());
    double value = 0;
    for (int64_t k = 0; k < kRank; ++k) {
      double u = 0, v = 0;
      for (int64_t c = 0; c < kWidth; ++c) {
        u += left[k * kWidth + c] * x[c];
        v += right[k * kWidth + c] * y[c];
      }
      const double each = std::sqrt(static_cast<double>(kWidth));
      value += kind == "multiplied" ? u * v / kWidth : (std::sin(u / each) + std::sin(v / each));
    }
    if (kind == "either") value = (x[0] > 0) != (y[0] > 0) ? 1 : -1;
    target.push_back(value / std::sqrt(static_cast<double>(kRank)));
    a.insert(a.end(), x.begin(), x.end());
    b.insert(b.end(), y.begin(), y.end());
  }
  return {float_tensor(a, {pairs, kWidth}), float_tensor(b, {pairs, kWidth}),
          float_tensor(target, {pairs, 1})};
}

/// `fused`: both vectors are mapped, multiplied with rank 16 and mapped; else mapped side by side, with about as many parameters.
double test_error(bool fused, const Pairs& train, const Pairs& test, const ClaimRun& run) {
  ParameterSet parameters(run.seed);
  const int64_t hidden = fused ? 16 : 28;
  const Mlp of_x(parameters, "x", {kWidth, 16}), of_y(parameters, "y", {kWidth, 16});
  const NamedPool bilinear(parameters, "bilinear", 16);
  const Mlp side(parameters, "side", {32, hidden}),
      head(parameters, "head", {fused ? 16 : hidden, 16, 1});
  const auto predict = [&](const at::Tensor& x, const at::Tensor& y) {
    const at::Tensor a = of_x(x).relu(), b = of_y(y).relu();
    return head(fused ? bilinear({.rows = b, .join = join_of_runs(b.size(0), 1), .query = a})
                      : side(at::cat({a, b}, 1)).relu());
  };
  train_small(parameters, train.x.size(0),
              [&](const std::vector<int64_t>& batch) {
                const at::Tensor some = index_tensor(batch);
                return at::mse_loss(
                    predict(train.x.index_select(0, some), train.y.index_select(0, some)),
                    train.target.index_select(0, some));
              },
              {.epochs = run.quick ? 12 : 40,
               .batch = 64,
               .learning_rate = 3e-3,
               .seed = run.seed,
               .between_epochs = [&] { run.check_cancelled(); }});
  return mean_squared_error(predict(test.x, test.y), test.target);
}

Figures run_claim_085(const ClaimRun& run) {
  Figures out;
  for (const char* kind : {"added", "multiplied", "either"}) {
    const uint64_t task = hash_combine(run.seed, hash_bytes(kind));
    const Pairs train = draw(kind, run.quick ? 2000 : 6000, task, mix64(task));
    const Pairs test = draw(kind, 2000, task, mix64(task + 1));
    const double fused = test_error(true, train, test, run);
    const double side = test_error(false, train, test, run);
    out.add(std::string(kind) + ": error of bilinear", fused);
    out.add(std::string(kind) + ": error side by side", side);
    out.add(std::string(kind) + ": ratio", fused / side);
  }
  return out;
}

}  // namespace

CENOTE_CLAIM(085_bilinear) {
  return {.info = {.summary = "Bilinear pooling of two inputs helps where they truly act on each "
                              "other, and is no better "
                              "than putting them side by side where they do not.",
                   .source = "Winterbottom et al. 2020, arXiv:2012.10285",
                   .example = "cenote claim 85"},
          .setting =
              "6,000 generated pairs of vectors of 12 numbers; the target is a sum of functions of "
              "each, a "
              "bilinear form of rank 4, or whether exactly one of two signs is positive. A small "
              "network on "
              "the MLB product of both, or on both side by side, with about as many parameters. "
              "Ratio of squared "
              "errors on 2,000 other pairs.",
          .departs =
              "generated pairs instead of video and question; one bilinear form of the several "
              "compared",
          .conditions = {{"multiplied: ratio", Bound::at_most, 0.8, 0.95},
                         {"either: ratio", Bound::at_most, 0.95, 1.1},
                         {"added: ratio", Bound::at_least, 0.95, 0.9}},
          .seeds = 4,
          .quick_seeds = 1,
          .minutes = 2,
          .run = run_claim_085};
}

}  // namespace cenote
