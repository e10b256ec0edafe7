// SPDX-License-Identifier: Apache-2.0
// Claim 15: a pool that leaves out rows makes better distances where most rows are clutter.
#include <ATen/core/grad_mode.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/hash.h"
#include "base/random.h"
#include "claim/claim.h"
#include "claim/small_training.h"
#include "claims/detail/pictures.h"

namespace cenote {
namespace {

constexpr int64_t kPatches = 9, kSide = Digits::kSide / 2, kWidth = 64, kClasses = 4;

struct Collages {
  at::Tensor patches;  // [n * 9, 1, 14, 14]
  std::vector<int64_t> labels;
};

/// Nine digits each: two to four of the class of the collage, the others of classes 0 and 1. Classes are `first` and the three
/// after it, each equally often.
Collages collages(const Digits& digits, int64_t n, int64_t first, uint64_t key) {
  std::array<std::vector<int64_t>, 10> of;
  for (int64_t i = 0; i < digits.labels.size(0); ++i)
    of[digits.labels.const_data_ptr<int64_t>()[i]].push_back(i);
  Random random(key);
  Collages out;
  std::vector<int64_t> chosen;
  for (int64_t i = 0; i < n; ++i) {
    out.labels.push_back(i % kClasses);
    const auto signal = static_cast<int64_t>(2 + random.below(3));
    for (const int64_t place : shuffled_numbers(kPatches, random.next64())) {
      const auto& some = of[place < signal ? first + i % kClasses : random.below(2)];
      chosen.push_back(some[random.below(some.size())]);
    }
  }
  out.patches = at::avg_pool2d(digits.pictures.index_select(0, index_tensor(chosen)), 2);
  return out;
}

/// A vector of length 1 of each collage.
class Embedding {
 public:
  Embedding(ParameterSet& parameters, const PoolChoice& pool)
      : first_(parameters, "first", 1, 16),
        second_(parameters, "second", 16, 32),
        map_(parameters, "map", {3 * 3 * 32, kWidth}),
        pool_(parameters, pool.pool, kWidth, pool.options) {}

  at::Tensor operator()(const at::Tensor& patches) const {
    const at::Tensor once = at::max_pool2d(at::relu(first_(patches)), 2);
    const at::Tensor twice = at::max_pool2d(at::relu(second_(once)), 2);
    const at::Tensor rows = map_(twice.reshape({patches.size(0), -1}));
    const at::Tensor y =
        pool_({.rows = rows, .join = join_of_runs(patches.size(0) / kPatches, kPatches)});
    return y.div(y.pow(2).sum(1, true).add(1e-12).sqrt());
  }

 private:
  Convolution first_, second_;
  Mlp map_;
  NamedPool pool_;
};

/// Pairs of a class near, others at least 1 apart. REQUIRES labels that repeat 0, 1, 2, 3.
at::Tensor contrastive_loss(const at::Tensor& y, const std::vector<int64_t>& labels) {
  const at::Tensor squared = at::matmul(y, y.t()).mul(-2).add(2).clamp_min(1e-8);
  const at::Tensor of = index_tensor(labels);
  const at::Tensor alike = of.view({-1, 1}).eq(of).to(at::kFloat);
  const at::Tensor other = alike.neg().add(1);
  return squared.mul(alike)
      .sum()
      .div(alike.sum())
      .add(squared.sqrt().neg().add(1).clamp_min(0).pow(2).mul(other).sum().div(other.sum()));
}

/// Mean average precision among the R nearest, R the others of the class, in hundredths. Source Musgrave et al. 2020.
double map_at_r(const at::Tensor& y, const std::vector<int64_t>& labels) {
  const at::Tensor near = at::matmul(y, y.t()).contiguous();
  const auto n = static_cast<int64_t>(labels.size());
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) {
    const float* row = near.const_data_ptr<float>() + i * n;
    std::vector<int64_t> order;
    for (int64_t j = 0; j < n; ++j)
      if (j != i) order.push_back(j);
    std::stable_sort(order.begin(), order.end(),
                     [&](int64_t a, int64_t b) { return row[a] > row[b]; });
    const auto relevant = std::count_if(order.begin(), order.end(),
                                        [&](int64_t j) { return labels[j] == labels[i]; });
    double hits = 0, precision = 0;
    for (int64_t k = 0; k < relevant; ++k)
      if (labels[order[k]] == labels[i]) precision += ++hits / static_cast<double>(k + 1);
    sum += precision / static_cast<double>(relevant);
  }
  return 100 * sum / static_cast<double>(n);
}

Figures run_claim_015(const ClaimRun& run) {
  const uint64_t key = hash_combine(run.seed, 15);
  const DigitSplit digits = split_digits(run.data, 7000, 3000, key);
  const Collages train = collages(digits.train, run.quick ? 400 : 4000, 2, mix64(key)),
                 test = collages(digits.test, run.quick ? 200 : 600, 6, mix64(key + 1));
  const at::Tensor by_collage = train.patches.view({-1, kPatches * kSide * kSide});
  Figures out;
  for (const PoolChoice& pool : {PoolChoice{"mean", "mean"}, PoolChoice{"max", "max"},
                                 PoolChoice{"attention", "attention"}, PoolChoice{"gsp", "gsp"}}) {
    ParameterSet parameters(run.seed);
    const Embedding embedding(parameters, pool);
    train_small(parameters, by_collage.size(0),
                [&](const std::vector<int64_t>& batch) {
                  std::vector<int64_t> labels;
                  for (const int64_t i : batch) labels.push_back(train.labels[i]);
                  const at::Tensor some = by_collage.index_select(0, index_tensor(batch));
                  return contrastive_loss(embedding(some.view({-1, 1, kSide, kSide})), labels);
                },
                {.epochs = run.quick ? 3 : 8,
                 .batch = 64,
                 .learning_rate = 1e-3,
                 .seed = run.seed,
                 .between_epochs = [&run] { run.check_cancelled(); }});
    const at::NoGradGuard no_gradients;
    out.add("MAP of " + pool.name, map_at_r(embedding(test.patches), test.labels));
  }
  out.add("gsp less mean", out.at("MAP of gsp") - out.at("MAP of mean"));
  out.add("gsp less max", out.at("MAP of gsp") - out.at("MAP of max"));
  return out;
}

}  // namespace

CENOTE_CLAIM(015_collages) {
  return {
      .info = {.summary = "A pool that takes the share of rows near to learned prototypes and "
                          "leaves the rest out makes better distances than the mean and the "
                          "maximum, for classes it has not seen.",
               .source = "Gürbüz, Şener, Alatan 2023, arXiv:2308.09228 (GSP)",
               .example = "cenote claim 15"},
      .setting =
          "Collages of nine of MNIST's test digits at half size: two to four of the collage's "
          "class, the others clutter of classes 0 and 1. 4,000 collages of classes 2 to 5 to train "
          "on, 600 of classes 6 to 9, of other digits, to test. Two convolutions for each digit, a "
          "map to 64 numbers, the pool; contrastive loss. Mean average precision among the R "
          "nearest, in hundredths.",
      .departs =
          "digits instead of birds, cars and products; prototypes begin at random; without "
          "the zero-shot regularisation",
      .data = kDigitFiles,
      .conditions = {{"gsp less mean", Bound::at_least, 2, 2},
                     {"gsp less max", Bound::at_least, 0, 0}},
      .seeds = 5,
      .quick_seeds = 0,
      .minutes = 5,
      .run = run_claim_015};
}

}  // namespace cenote
