// SPDX-License-Identifier: Apache-2.0
// Claim 92: a vision transformer whose tokens are clustered between its layers loses less than one whose tokens are pruned.
#include <ATen/core/grad_mode.h>
#include <ATen/ops/matmul.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/check.h"
#include "base/hash.h"
#include "base/random.h"
#include "claim/claim.h"
#include "claim/small_training.h"
#include "claims/detail/pictures.h"
#include "claims/detail/transformer.h"

namespace cenote {
namespace {

constexpr int64_t kPatch = 4, kAcross = Digits::kSide / kPatch, kTokens = kAcross * kAcross,
                  kWidth = 64;

enum class Fewer { none, random, top, stride, kmeans, weighted_kmeans, kmedoids };

/// Tokens of patches of 4 x 4 pixels, four blocks, the mean of all tokens and a map. After the second block the tokens become
/// fewer.
class VisionTransformer {
 public:
  VisionTransformer(ParameterSet& parameters, Fewer fewer, int64_t left)
      : fewer_(fewer),
        left_(left),
        patches_(parameters, "patches", {kPatch * kPatch, kWidth}),
        places_(parameters.declare("places", {kTokens, kWidth}, Init::normal, 0.02)),
        blocks_(parameters, "blocks", {.width = kWidth, .heads = 4, .layers = 4}),
        head_(parameters, "head", {kWidth, 10}) {}

  at::Tensor operator()(const at::Tensor& pictures) const {
    at::Tensor attention;
    at::Tensor x = two_blocks(pictures, attention);
    if (fewer_ != Fewer::none) x = kept(x, attention);
    for (int64_t layer = 2; layer < blocks_.layers(); ++layer) x = blocks_.block(layer, x);
    return head_(blocks_.normed(x).mean(1));
  }

  /// Mean squared distance of each token of the second block from the nearest of those kept.
  double reconstruction_error(const at::Tensor& pictures) const {
    const at::NoGradGuard no_gradients;
    at::Tensor attention;
    const at::Tensor x = two_blocks(pictures, attention), few = kept(x, attention);
    const at::Tensor apart = x.pow(2)
                                 .sum(2, true)
                                 .add(few.pow(2).sum(2).unsqueeze(1))
                                 .sub(at::matmul(x, few.transpose(1, 2)).mul(2));
    return apart.amin(2).clamp_min(0).mean().item<double>();
  }

 private:
  at::Tensor two_blocks(const at::Tensor& pictures, at::Tensor& attention) const {
    const int64_t n = pictures.size(0);
    const at::Tensor patches = pictures.view({n, kAcross, kPatch, kAcross, kPatch})
                                   .permute({0, 1, 3, 2, 4})
                                   .reshape({n * kTokens, kPatch * kPatch});
    const at::Tensor x = patches_(patches).view({n, kTokens, kWidth}).add(places_);
    return blocks_.block(1, blocks_.block(0, x), {}, &attention);
  }

  /// [n, tokens, width] -> [n, left, width]
  at::Tensor kept(const at::Tensor& x, const at::Tensor& attention) const {
    const int64_t n = x.size(0);
    const at::Tensor received = attention.detach().sum(1).sum(1).contiguous();  // [n, tokens]
    const at::Tensor rows = x.reshape({n * kTokens, kWidth});
    if (fewer_ == Fewer::kmeans || fewer_ == Fewer::weighted_kmeans || fewer_ == Fewer::kmedoids)
      return clustered(rows, received);
    std::vector<int64_t> chosen;
    std::vector<int64_t> order(kTokens);
    for (int64_t i = 0; i < n; ++i) {
      const float* mass = received.const_data_ptr<float>() + i * kTokens;
      if (fewer_ == Fewer::random) {
        const auto key = static_cast<uint64_t>(mass[0] * 1e6);  // by content, not by place
        order = shuffled_numbers(kTokens, key);
      } else if (fewer_ == Fewer::top) {
        for (int64_t t = 0; t < kTokens; ++t) order[t] = t;
        std::stable_sort(order.begin(), order.end(),
                         [mass](int64_t a, int64_t b) { return mass[a] > mass[b]; });
      } else {
        for (int64_t k = 0; k < left_; ++k) order[k] = k * kTokens / left_;
      }
      for (int64_t k = 0; k < left_; ++k) chosen.push_back(i * kTokens + order[k]);
    }
    return rows.index_select(0, index_tensor(chosen)).view({n, left_, kWidth});
  }

  at::Tensor clustered(const at::Tensor& rows, const at::Tensor& received) const {
    const int64_t n = received.size(0);
    std::vector<double> weights;
    if (fewer_ != Fewer::kmeans) {
      const float* mass = received.const_data_ptr<float>();
      weights.assign(mass, mass + received.numel());
    }
    ParameterSet none;
    const NamedPool pool(none, fewer_ == Fewer::kmedoids ? "token_kmedoids" : "token_kmeans",
                         kWidth, {{"clusters", std::to_string(left_)}});
    const at::Tensor out = pool({.rows = rows,
                                 .join = join_of_runs(n, kTokens),
                                 .weights = weights.empty() ? nullptr : weights.data()});
    CENOTE_ASSERT(out.size(0) == n * left_);  // no two tokens are equal
    return out.view({n, left_, kWidth});
  }

  Fewer fewer_;
  int64_t left_;
  Mlp patches_;
  at::Tensor places_;
  Transformer blocks_;
  Mlp head_;
};

Figures run_claim_092(const ClaimRun& run) {
  const DigitSplit digits = split_digits(run.data, run.quick ? 500 : 6000, run.quick ? 300 : 2000,
                                         hash_combine(run.seed, 92));
  ParameterSet base(run.seed);
  const VisionTransformer whole(base, Fewer::none, kTokens);
  const DigitTraining at_first{.epochs = run.quick ? 1 : 8, .batch = 64, .learning_rate = 1e-3};
  train_digits(base, std::cref(whole), digits.train, at_first, run);
  Figures out;
  out.add("accuracy of all 49 tokens", digit_accuracy(std::cref(whole), digits.test));
  const std::pair<Fewer, const char*> ways[] = {{Fewer::random, "random"},
                                                {Fewer::top, "top"},
                                                {Fewer::stride, "stride"},
                                                {Fewer::kmeans, "kmeans"},
                                                {Fewer::weighted_kmeans, "weighted kmeans"},
                                                {Fewer::kmedoids, "kmedoids"}};
  for (const int64_t left : {12, 6}) {
    const std::string of = " of " + std::to_string(left);
    for (const auto& [fewer, name] : ways) {
      if (run.quick && (left == 12 || fewer == Fewer::random || fewer == Fewer::stride)) continue;
      ParameterSet parameters(run.seed);
      const VisionTransformer some(parameters, fewer, left);
      copy_parameters(base, parameters);
      if (left == 6)
        out.add(std::string("distance to ") + name + of,
                some.reconstruction_error(digits.test.pictures.slice(0, 0, 200)));
      train_digits(parameters, std::cref(some), digits.train,
                   {.epochs = run.quick ? 1 : 2, .learning_rate = 5e-4}, run);
      out.add(std::string("accuracy of ") + name + of,
              digit_accuracy(std::cref(some), digits.test));
    }
  }
  const auto accuracy = [&](const char* name) {
    return out.at(std::string("accuracy of ") + name + " of 6");
  };
  const double clusters = std::max(accuracy("weighted kmeans"), accuracy("kmedoids"));
  out.add("clusters less pruning, 6 tokens", clusters - accuracy("top"));
  out.add("distance to kmeans over that to top, 6 tokens",
          out.at("distance to kmeans of 6") / out.at("distance to top of 6"));
  if (!run.quick)
    out.add("lost by clusters, 12 tokens", out.at("accuracy of all 49 tokens") -
                                               std::max(out.at("accuracy of weighted kmeans of 12"),
                                                        out.at("accuracy of kmedoids of 12")));
  return out;
}

}  // namespace

CENOTE_CLAIM(092_token_clusters) {
  return {
      .info = {.summary = "A vision transformer that clusters its tokens half-way loses hardly any "
                          "accuracy, and less than one that keeps the tokens most attended to.",
               .source = "Marin et al. 2021, arXiv:2110.03860 (Token Pooling)",
               .example = "cenote claim 92"},
      .setting =
          "MNIST's 10,000 test digits, 6,000 to train on and 2,000 to test, drawn anew for each "
          "seed; a transformer of four blocks over 49 patches, trained for 8 epochs, then with 12 "
          "or 6 tokens after the second block for 2 more. Tokens kept: random, those that receive "
          "most attention, every so many, means or medoids of clusters. Accuracy in hundredths; "
          "squared distance of tokens from the nearest kept.",
      .departs = "digits and four blocks instead of ImageNet and DeiT; tokens become fewer once",
      .data = kDigitFiles,
      .conditions = {{"clusters less pruning, 6 tokens", Bound::at_least, 0, -20},
                     {"distance to kmeans over that to top, 6 tokens", Bound::at_most, 1, 1},
                     {"lost by clusters, 12 tokens", Bound::at_most, 0.5, 0.5}},
      .seeds = 4,
      .quick_seeds = 0,
      .minutes = 8,
      .run = run_claim_092};
}

}  // namespace cenote
