// SPDX-License-Identifier: Apache-2.0
// Claim 20: attention asked by the mean of the rows is as good as a token of its own, and looks at the thing.
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/hash.h"
#include "base/random.h"
#include "claim/claim.h"
#include "claim/small_training.h"
#include "claims/detail/pictures.h"
#include "claims/detail/transformer.h"

namespace cenote {
namespace {

constexpr int64_t kCanvas = 56, kPatch = 7, kAcross = kCanvas / kPatch, kTokens = kAcross * kAcross,
                  kWidth = 48;

struct Canvases {
  Digits all;        // [n, 1, 56, 56]
  at::Tensor boxes;  // [n, tokens] bool: patches of which at least half is in the digit's square
};

/// Each digit at a random place among sixteen scraps of 6 x 6 pixels of other digits.
Canvases canvases(const Digits& digits, uint64_t key) {
  constexpr int64_t kScrap = 6, kScraps = 16, kSide = Digits::kSide;
  Random random(key);
  const int64_t n = digits.labels.size(0);
  Canvases out{{at::zeros({n, 1, kCanvas, kCanvas}), digits.labels},
               at::zeros({n, kTokens}, at::kBool)};
  const float* from = digits.pictures.const_data_ptr<float>();
  float* to = out.all.pictures.mutable_data_ptr<float>();
  bool* box = out.boxes.mutable_data_ptr<bool>();
  const auto below = [&](int64_t bound) { return static_cast<int64_t>(random.below(bound)); };
  for (int64_t i = 0; i < n; ++i) {
    float* canvas = to + i * kCanvas * kCanvas;
    const auto paste = [&](int64_t digit, int64_t top, int64_t left, int64_t side, int64_t y0,
                           int64_t x0) {
      for (int64_t y = 0; y < side; ++y)
        for (int64_t x = 0; x < side; ++x) {
          float& pixel = canvas[(top + y) * kCanvas + left + x];
          pixel = std::max(pixel, from[(digit * kSide + y0 + y) * kSide + x0 + x]);
        }
    };
    for (int64_t s = 0; s < kScraps; ++s)
      paste(below(n), below(kCanvas - kScrap), below(kCanvas - kScrap), kScrap,
            8 + below(kSide - 16 - kScrap), 8 + below(kSide - 16 - kScrap));
    const int64_t top = below(kCanvas - kSide + 1), left = below(kCanvas - kSide + 1);
    paste(i, top, left, kSide, 0, 0);
    const auto overlap = [](int64_t begin, int64_t at) {
      return std::min(begin + kSide, at + kPatch) - std::max(begin, at);
    };
    for (int64_t t = 0; t < kTokens; ++t) {
      const int64_t down = std::max<int64_t>(0, overlap(top, t / kAcross * kPatch));
      const int64_t across = std::max<int64_t>(0, overlap(left, t % kAcross * kPatch));
      box[i * kTokens + t] = 2 * down * across >= kPatch * kPatch;
    }
  }
  return out;
}

enum class Summary { token, mean, simpool };

/// Patches of 7 x 7 pixels, three blocks, and one vector of all tokens.
class VisionTransformer {
 public:
  VisionTransformer(ParameterSet& parameters, Summary summary, const WindowPool::Options& options)
      : parameters_(parameters),
        summary_(summary),
        patches_(parameters, "patches", {kPatch * kPatch, kWidth}),
        places_(parameters.declare("places", {kTokens, kWidth}, Init::normal, 0.02)),
        token_(parameters.declare("token", {1, 1, kWidth}, Init::normal, 0.02)),
        blocks_(parameters, "blocks", {.width = kWidth, .heads = 4, .layers = 3}),
        pool_(parameters, summary == Summary::simpool ? "simpool" : "mean", kWidth,
              summary == Summary::simpool ? options : WindowPool::Options{}),
        head_(parameters, "head", {kWidth, 10}) {}

  at::Tensor operator()(const at::Tensor& pictures) const { return looked(pictures, nullptr); }

  /// How far the tokens that weigh more than the average are the digit's: both over either, in hundredths.
  double overlap(const Canvases& test) const {
    const at::NoGradGuard no_gradients;
    double sum = 0;
    const int64_t n = test.boxes.size(0), some = 100;
    for (int64_t from = 0; from < n; from += some) {
      const int64_t to = std::min(n, from + some);
      at::Tensor weights;
      looked(test.all.pictures.slice(0, from, to), &weights);
      const at::Tensor heavy = weights.gt(weights.mean(1, true)),
                       box = test.boxes.slice(0, from, to);
      sum += heavy.logical_and(box).sum(1).div(heavy.logical_or(box).sum(1)).sum().item<double>();
    }
    return 100 * sum / static_cast<double>(n);
  }

 private:
  at::Tensor looked(const at::Tensor& pictures, at::Tensor* weights) const {
    const int64_t n = pictures.size(0);
    const at::Tensor patches = pictures.reshape({n, kAcross, kPatch, kAcross, kPatch})
                                   .permute({0, 1, 3, 2, 4})
                                   .reshape({n * kTokens, kPatch * kPatch});
    at::Tensor x = patches_(patches).view({n, kTokens, kWidth}).add(places_);
    if (summary_ == Summary::token) x = at::cat({token_.expand({n, 1, kWidth}), x}, 1);
    at::Tensor attention;
    for (int64_t layer = 0; layer < blocks_.layers(); ++layer)
      x = blocks_.block(layer, x, {}, weights ? &attention : nullptr);
    if (summary_ == Summary::token) {
      if (weights) *weights = attention.mean(1).select(1, 0).slice(1, 1);
      return head_(blocks_.normed(x.select(1, 0)));
    }
    if (summary_ == Summary::mean) x = blocks_.normed(x);
    if (weights) *weights = shares(x);
    return head_(
        pool_({.rows = x.reshape({n * kTokens, kWidth}), .join = join_of_runs(n, kTokens)}));
  }

  /// The shares of `simpool`, by its formula.
  at::Tensor shares(const at::Tensor& x) const {
    const at::Tensor normed = at::layer_norm(x, {kWidth}, parameters_.at("pool.norm.weight"),
                                             parameters_.at("pool.norm.bias"), 1e-6);
    const at::Tensor query = at::matmul(x.mean(1), parameters_.at("pool.query").t());
    const at::Tensor keys = at::matmul(normed, parameters_.at("pool.key").t());
    return at::matmul(keys, query.unsqueeze(2))
        .squeeze(2)
        .div(std::sqrt(static_cast<double>(kWidth)))
        .softmax(1);
  }

  const ParameterSet& parameters_;
  Summary summary_;
  Mlp patches_;
  at::Tensor places_, token_;
  Transformer blocks_;
  NamedPool pool_;
  Mlp head_;
};

Figures run_claim_020(const ClaimRun& run) {
  const uint64_t key = hash_combine(run.seed, 20);
  const DigitSplit digits = split_digits(run.data, 8000, 2000, key);
  const Canvases train = canvases(digits.train, mix64(key)),
                 test = canvases(digits.test, mix64(key + 1));
  Figures out;
  const auto add = [&](const std::string& name, Summary summary,
                       const WindowPool::Options& options) {
    ParameterSet parameters(run.seed);
    const VisionTransformer model(parameters, summary, options);
    train_digits(parameters, std::cref(model), train.all,
                 {.epochs = 12, .batch = 64, .learning_rate = 1e-3}, run);
    out.add("accuracy of " + name, digit_accuracy(std::cref(model), test.all));
    if (summary != Summary::mean) out.add("overlap of " + name, model.overlap(test));
  };
  add("a token", Summary::token, {});
  add("the mean", Summary::mean, {});
  add("simpool", Summary::simpool, {});
  add("simpool with a power", Summary::simpool, {{"gamma", "1.25"}});
  const double best =
      std::max(out.at("accuracy of simpool"), out.at("accuracy of simpool with a power"));
  out.add("simpool less the best other",
          best - std::max(out.at("accuracy of a token"), out.at("accuracy of the mean")));
  out.add("overlap of simpool less that of a token",
          out.at("overlap of simpool") - out.at("overlap of a token"));
  return out;
}

}  // namespace

CENOTE_CLAIM(020_simpool) {
  return {
      .info = {.summary = "Attention asked by the mean of a picture's own patches classifies at "
                          "least as well as a token of its own or the mean, and its weights lie "
                          "on the thing more than those of the token.",
               .source = "Psomas et al. 2023, arXiv:2309.06891 (SimPool)",
               .example = "cenote claim 20"},
      .setting =
          "MNIST's 10,000 test digits, each at a random place of a canvas of 56 x 56 pixels among "
          "scraps of others, 8,000 to train on and 2,000 to test, drawn anew for each seed; a "
          "transformer of three blocks over 64 patches, 12 epochs. Accuracy, and overlap of the "
          "patches that weigh more than the average with the digit's square, in hundredths.",
      .departs =
          "digits instead of ImageNet, three blocks of width 48; the better of SimPool with "
          "and without a power",
      .data = kDigitFiles,
      .conditions = {{"simpool less the best other", Bound::at_least, 0, 0},
                     {"overlap of simpool less that of a token", Bound::at_least, 0, 0}},
      .seeds = 3,
      .quick_seeds = 0,
      .minutes = 10,
      .run = run_claim_020};
}

}  // namespace cenote
