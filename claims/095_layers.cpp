// SPDX-License-Identifier: Apache-2.0
// Claim 95: a vector made of several layers of a network finds more than that of the last layer.
#include <ATen/core/grad_mode.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/stack.h>

#include <algorithm>
#include <string>

#include "base/hash.h"
#include "claim/claim.h"
#include "claim/small_training.h"
#include "claims/detail/text_encoder.h"

namespace cenote {
namespace {

constexpr int64_t kLength = 64, kLayers = 4;

enum class Made { last, mean_of_last, mean_of_all, learned, each };

/// A text's vector: the start's row of one layer or of several, pooled over layers.
class Embedder {
 public:
  Embedder(ParameterSet& parameters, const Retrieval& retrieval, Made made)
      : encoder(parameters, retrieval.words.size(), kLength,
                {.width = 64, .heads = 4, .layers = kLayers}),
        made_(made),
        pool_(parameters, "layer_pool", encoder.width(),
              {{"layers", std::to_string(kLayers)},
               {"learn", made == Made::learned ? "true" : "false"}}) {}

  /// By layer taken: [n, width].
  std::vector<at::Tensor> vectors(const at::Tensor& texts, bool is_query) const {
    std::vector<at::Tensor> starts;
    for (const at::Tensor& layer : encoder.layers(texts)) starts.push_back(layer.select(1, 0));
    if (is_query || made_ == Made::last) return {unit_rows(starts.back())};
    if (made_ == Made::mean_of_last) starts.erase(starts.begin(), starts.end() - 2);
    if (made_ == Made::each) {
      for (at::Tensor& start : starts) start = unit_rows(start);
      return starts;
    }
    const int64_t n = texts.size(0), taken = static_cast<int64_t>(starts.size());
    std::vector<double> order;
    for (int64_t i = 0; i < n * taken; ++i) order.push_back(static_cast<double>(i % taken));
    return {unit_rows(pool_({.rows = at::stack(starts, 1).reshape({n * taken, encoder.width()}),
                             .join = join_of_runs(n, taken),
                             .order = order.data()}))};
  }

  at::Tensor scores(const at::Tensor& queries, const at::Tensor& documents) const {
    const at::Tensor asked = vectors(queries, true)[0];
    std::vector<at::Tensor> all;
    for (const at::Tensor& found : vectors(documents, false))
      all.push_back(at::matmul(asked, found.t()));
    return at::amax(at::stack(all, 0), 0);
  }

  TextEncoder encoder;

 private:
  Made made_;
  NamedPool pool_;
};

Figures run_claim_095(const ClaimRun& run) {
  const Retrieval retrieval = Retrieval::read(run.data, kLength);
  ParameterSet first(run.seed);
  const Embedder language(first, retrieval, Made::last);
  pretrain(first, language.encoder, retrieval.documents, run.quick ? 1 : 20, run);
  Figures out;
  const std::pair<Made, const char*> ways[] = {{Made::last, "the last layer"},
                                               {Made::mean_of_last, "mean of the last two"},
                                               {Made::mean_of_all, "mean of all"},
                                               {Made::learned, "learned mean"},
                                               {Made::each, "the best of all layers"}};
  for (const auto& [made, name] : ways) {
    ParameterSet parameters(run.seed);
    const Embedder embedder(parameters, retrieval, made);
    copy_parameters(first, parameters);
    train_small(parameters, retrieval.titles.size(0),
                [&](const std::vector<int64_t>& batch) {
                  const at::Tensor some = index_tensor(batch);
                  const at::Tensor scores = embedder.scores(retrieval.titles.index_select(0, some),
                                                            retrieval.bodies.index_select(0, some));
                  return own_among_all(scores.mul(20));
                },
                {.epochs = run.quick ? 1 : 12,
                 .batch = 32,
                 .learning_rate = 1e-3,
                 .seed = run.seed,
                 .between_epochs = [&run] { run.check_cancelled(); }});
    const at::NoGradGuard no_gradients;
    out.add(std::string("nDCG of ") + name,
            retrieval.ndcg_at_10(embedder.scores(retrieval.queries, retrieval.documents)));
  }
  const double last = out.at("nDCG of the last layer");
  const double best = std::max({out.at("nDCG of mean of the last two"),
                                out.at("nDCG of mean of all"), out.at("nDCG of learned mean")});
  out.add("gained by one vector of several layers", best - last);
  out.add("behind the best of all layers", out.at("nDCG of the best of all layers") - best);
  return out;
}

}  // namespace

CENOTE_CLAIM(095_layers) {
  return {
      .info = {.summary = "A document's vector that is pooled over layers of a network finds more "
                          "than that of the last layer, nearly as much as one vector a layer.",
               .source = "Xie, Lukasiewicz 2025 (MLR), EMNLP",
               .example = "cenote claim 95"},
      .setting =
          "Cranfield: a transformer of four blocks of width 64, trained to fill in hidden words of "
          "the 1,400 texts for 20 epochs, then to find the abstract below a title among 32 for 12. "
          "nDCG at 10 of the 225 queries, which training does not see, by the start's row of one "
          "layer, its mean over two or four, a learned mean, or the best match of four vectors.",
      .departs =
          "no pretrained model, 1,400 documents instead of 21 million; not the paper's own "
          "self-contrastive loss, which it does not give in full",
      .data = kCranfieldFiles,
      .conditions = {{"gained by one vector of several layers", Bound::at_least, 0.01, 0.01},
                     {"behind the best of all layers", Bound::at_most, 0.02, 0.02}},
      .seeds = 4,
      .quick_seeds = 0,
      .minutes = 8,
      .run = run_claim_095};
}

}  // namespace cenote
