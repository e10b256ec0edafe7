// SPDX-License-Identifier: Apache-2.0
// Claim 13: a learned mixture of two softmax-weighted means keeps more of a picture than any fixed pool.
#include <ATen/core/grad_mode.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/upsample_bilinear2d.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/hash.h"
#include "claim/claim.h"
#include "claim/small_training.h"
#include "claims/detail/pictures.h"

namespace cenote {
namespace {

/// Structural similarity with windows of 7 x 7, the mean over all windows and pictures of values in [0, 1].
/// Source    Wang, Bovik, Sheikh, Simoncelli 2004.
double similarity(const at::Tensor& a, const at::Tensor& b) {
  constexpr double kMeans = 0.01 * 0.01, kSpreads = 0.03 * 0.03;
  const auto mean = [](const at::Tensor& x) { return at::avg_pool2d(x, 7, 1); };
  const at::Tensor of_a = mean(a), of_b = mean(b);
  const at::Tensor var_a = mean(a.mul(a)).sub(of_a.mul(of_a));
  const at::Tensor var_b = mean(b.mul(b)).sub(of_b.mul(of_b));
  const at::Tensor both = mean(a.mul(b)).sub(of_a.mul(of_b));
  return of_a.mul(of_b)
      .mul(2)
      .add(kMeans)
      .mul(both.mul(2).add(kSpreads))
      .div(of_a.pow(2).add(of_b.pow(2)).add(kMeans).mul(var_a.add(var_b).add(kSpreads)))
      .mean()
      .item<double>();
}

/// Test pictures, halved by the pool and doubled again between pixels, beside themselves. What the pool has to learn it
/// learns from the training pictures.
double kept(const PoolChoice& choice, const DigitSplit& digits, const ClaimRun& run) {
  ParameterSet parameters(run.seed);
  const WindowPool pool(parameters, "pool", choice.pool, choice.options, 1, 2, 2);
  const auto again = [&](const at::Tensor& pictures) {
    return at::upsample_bilinear2d(pool(pictures), {Digits::kSide, Digits::kSide}, false);
  };
  if (parameters.count() > 0)
    train_small(parameters, digits.train.labels.size(0),
                [&](const std::vector<int64_t>& batch) {
                  const at::Tensor some = digits.train.some(batch).pictures;
                  return at::mse_loss(again(some), some);
                },
                {.epochs = 5,
                 .batch = 100,
                 .learning_rate = 0.05,
                 .seed = run.seed,
                 .between_epochs = [&run] { run.check_cancelled(); }});
  const at::NoGradGuard no_gradients;
  return similarity(again(digits.test.pictures), digits.test.pictures);
}

Figures run_claim_013(const ClaimRun& run) {
  const DigitSplit digits = split_digits(run.data, run.quick ? 1000 : 8000, run.quick ? 1000 : 2000,
                                         hash_combine(run.seed, 13));
  const PoolChoice fixed[] = {{"mean", "mean"},
                              {"max", "max"},
                              {"softpool", "softpool"},
                              {"idw", "idw"},
                              {"edscw", "edscw"}};
  const PoolChoice adaptive{"ada_exp", "ada_exp"};
  Figures out;
  double best = 0, best_accuracy = 0;
  for (const PoolChoice& choice : fixed) {
    out.add("similarity of " + choice.name, kept(choice, digits, run));
    best = std::max(best, out.all().back().second);
  }
  out.add("similarity of ada_exp", kept(adaptive, digits, run));
  out.add("similarity gained over the best", out.all().back().second - best);
  const auto accuracy = [&](const PoolChoice& choice) {
    ParameterSet parameters(run.seed);
    const DigitNet net(parameters, choice, choice);
    train_digits(parameters, std::cref(net), digits.train, {.epochs = run.quick ? 1 : 6}, run);
    out.add("accuracy of " + choice.name, digit_accuracy(std::cref(net), digits.test));
    return out.all().back().second;
  };
  for (const PoolChoice& choice : fixed)
    if (!run.quick && choice.name != "idw")
      best_accuracy = std::max(best_accuracy, accuracy(choice));
  if (run.quick) best_accuracy = accuracy(fixed[0]);
  out.add("accuracy gained over the best", accuracy(adaptive) - best_accuracy);
  return out;
}

}  // namespace

CENOTE_CLAIM(013_adaptive_pool) {
  return {
      .info = {.summary =
                   "A learned mixture of rows weighed by likeness to their mean and by their "
                   "own size keeps more of a picture than any fixed pool, and classifies at "
                   "least as well.",
               .source = "Stergiou, Poppe 2022, arXiv:2111.00772 (AdaPool)",
               .example = "cenote claim 13"},
      .setting =
          "MNIST's 10,000 test digits, 8,000 to train on and 2,000 to test, drawn anew for each "
          "seed. Pictures are halved by a pool of 2 x 2 windows and doubled again between pixels: "
          "structural similarity with themselves. And two convolutions with a pool of 3 x 3 "
          "windows after each, 6 epochs: accuracy in hundredths.",
      .departs =
          "digits instead of photographs; one mixing weight for each channel, not for each "
          "place; doubled between pixels, not by the saved weights",
      .data = kDigitFiles,
      .conditions = {{"similarity gained over the best", Bound::at_least, 0, -0.05},
                     {"accuracy gained over the best", Bound::at_least, -0.1, -10}},
      .seeds = 4,
      .quick_seeds = 1,
      .minutes = 8,
      .run = run_claim_013};
}

}  // namespace cenote
