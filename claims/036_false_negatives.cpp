// SPDX-License-Identifier: Apache-2.0
// Claim 36: unjudged documents of a strong retriever mislead a ranker, less so if each is weighed by how likely it was judged.
#include <ATen/core/grad_mode.h>
#include <ATen/ops/softplus.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "base/hash.h"
#include "base/random.h"
#include "claim/claim.h"
#include "claim/small_training.h"
#include "claims/detail/cranfield.h"
#include "claims/detail/small_nets.h"

namespace cenote {
namespace {

constexpr int64_t kFeatures = 6, kJudged = 10, kHard = 50;

/// Cranfield with what a ranker sees of each query and document, and what three retrievers find.
struct Ranking {
  Cranfield data;
  at::Tensor features;  // [queries, documents, 6], of mean 0 and deviation 1
  std::vector<std::vector<int64_t>> weak, strong;
  std::vector<std::set<int64_t>> judged;
};

Ranking prepare(const std::filesystem::path& folder) {
  Ranking out;
  out.data = Cranfield::read(folder);
  const TextIndex text(out.data.texts), title(out.data.titles);
  const auto documents = static_cast<int64_t>(out.data.texts.size());
  std::vector<double> all;
  for (const auto& query : out.data.queries) {
    const auto of_text = text.bm25(query, 1.2, 0.75), of_title = title.bm25(query, 1.2, 0.75);
    const auto cosine = text.tf_idf(query), likely = text.likelihood(query, 1000);
    for (int64_t d = 0; d < documents; ++d) {
      const std::set<std::string> words(out.data.texts[d].begin(), out.data.texts[d].end());
      double shared = 0;
      for (const auto& word : query) shared += static_cast<double>(words.count(word));
      all.insert(all.end(), {of_text[d], of_title[d], cosine[d], likely[d],
                             shared / static_cast<double>(query.size()),
                             std::log(1.0 + static_cast<double>(out.data.texts[d].size()))});
    }
    out.weak.push_back(ranked(of_title, kHard));
    out.strong.push_back(ranked(of_text, kHard));
    out.judged.emplace_back(out.weak.back().begin(), out.weak.back().begin() + kJudged);
  }
  const auto queries = static_cast<int64_t>(out.data.queries.size());
  const at::Tensor flat = float_tensor(all, {queries * documents, kFeatures});
  out.features = flat.sub(flat.mean(0)).div(flat.std(0)).view({queries, documents, kFeatures});
  return out;
}

enum class Negatives { random, weak, strong, strong_without_false };

/// A ranker trained on judged positives against documents that are unlabelled, and its nDCG at 10 on the other queries.
/// `coupled`: a second network learns what was judged, and each weighs the negatives of the other.
double trained_ndcg(const Ranking& ranking, Negatives negatives, bool coupled,
                    const ClaimRun& run) {
  constexpr int64_t kTrain = 150;
  constexpr double kTemperature = 2, kLargest = 10;
  const auto queries = static_cast<int64_t>(ranking.data.queries.size());
  const std::vector<int64_t> order = shuffled_numbers(queries, hash_combine(run.seed, 36));
  std::vector<std::pair<int64_t, int64_t>> positives;
  for (int64_t i = 0; i < kTrain; ++i)
    for (const auto& [document, gain] : ranking.data.gains[order[i]])
      if (ranking.judged[order[i]].contains(document)) positives.emplace_back(order[i], document);
  Random random(hash_combine(run.seed, 361));
  const auto draw = [&](int64_t query) {
    const auto& gains = ranking.data.gains[query];
    for (;;) {
      const int64_t document = negatives == Negatives::random
                                   ? static_cast<int64_t>(random.below(ranking.data.texts.size()))
                               : negatives == Negatives::weak
                                   ? ranking.weak[query][random.below(kHard)]
                                   : ranking.strong[query][random.below(kHard)];
      const bool relevant = gains.contains(document);
      const bool known = relevant && ranking.judged[query].contains(document);
      if (!known && !(relevant && negatives == Negatives::strong_without_false)) return document;
    }
  };
  ParameterSet parameters(run.seed);
  const Mlp relevance(parameters, "relevance", {kFeatures, 16, 1}),
      selection(parameters, "selection", {kFeatures, 16, 1});
  const auto features_of = [&](const std::vector<std::pair<int64_t, int64_t>>& pairs) {
    std::vector<int64_t> rows;
    for (const auto& [query, document] : pairs)
      rows.push_back(query * ranking.features.size(1) + document);
    return ranking.features.view({-1, kFeatures}).index_select(0, index_tensor(rows));
  };
  train_small(parameters, static_cast<int64_t>(positives.size()),
              [&](const std::vector<int64_t>& batch) {
                std::vector<std::pair<int64_t, int64_t>> good, bad;
                for (const int64_t i : batch)
                  for (int repeat = 0; repeat < 4; ++repeat) {
                    good.push_back(positives[i]);
                    bad.emplace_back(positives[i].first, draw(positives[i].first));
                  }
                const at::Tensor x = features_of(good), y = features_of(bad);
                const at::Tensor of_bad = relevance(y);
                const at::Tensor loss = at::softplus(of_bad.sub(relevance(x)));
                if (!coupled) return loss.mean();
                const at::Tensor judged_bad = selection(y);
                const auto weight = [&](const at::Tensor& other) {
                  return other.detach()
                      .div(kTemperature)
                      .sigmoid()
                      .neg()
                      .add(1)
                      .reciprocal()
                      .clamp_max(kLargest);
                };
                return loss.mul(weight(judged_bad))
                    .add(at::softplus(judged_bad.sub(selection(x))).mul(weight(of_bad)))
                    .mean();
              },
              {.epochs = run.quick ? 15 : 60,
               .batch = 32,
               .learning_rate = 5e-3,
               .weight_decay = 1e-3,
               .seed = run.seed,
               .between_epochs = [&run] { run.check_cancelled(); }});
  const at::NoGradGuard no_gradients;
  double sum = 0;
  for (int64_t i = kTrain; i < queries; ++i) {
    const at::Tensor scores = relevance(ranking.features[order[i]]).contiguous();
    const float* score = scores.const_data_ptr<float>();
    sum += ndcg(ranked({score, score + scores.numel()}, 10), ranking.data.gains[order[i]], 10);
  }
  return sum / static_cast<double>(queries - kTrain);
}

Figures run_claim_036(const ClaimRun& run) {
  const Ranking ranking = prepare(run.data);
  Figures out;
  const auto add = [&](const std::string& name, Negatives negatives, bool coupled) {
    const double value = trained_ndcg(ranking, negatives, coupled, run);
    out.add("nDCG with " + name, value);
    return value;
  };
  add("random negatives", Negatives::random, false);
  const double weak = add("negatives of the weak retriever", Negatives::weak, false);
  const double strong = add("negatives of the strong retriever", Negatives::strong, false);
  const double coupled = add("coupled weights", Negatives::strong, true);
  const double oracle = add("no false negatives", Negatives::strong_without_false, false);
  out.add("lost by the strong retriever", weak - strong);
  out.add("gap to no false negatives", oracle - strong);
  out.add("gained by coupled weights, less 30 % of the gap",
          coupled - strong - 0.3 * (oracle - strong));
  return out;
}

}  // namespace

CENOTE_CLAIM(036_false_negatives) {
  return {
      .info = {.summary = "Hard negatives of a retriever that is stronger than the one whose "
                          "results were judged make a ranker worse, since relevant documents are "
                          "among them; weighing each by how likely it was judged recovers much.",
               .source = "Cai et al. 2022, arXiv:2209.05072 (CET)",
               .example = "cenote claim 36"},
      .setting =
          "Cranfield, where only the ten documents with the best titles are judged; small networks "
          "on six numbers of query and document, trained on 150 queries with four negatives for "
          "each positive. nDCG at 10 of the other 75 queries by all judgements, drawn anew for "
          "each seed.",
      .departs = "networks on six features instead of two language models",
      .data = kCranfieldFiles,
      .conditions = {{"lost by the strong retriever", Bound::at_least, 0.005, -0.1},
                     {"gained by coupled weights, less 30 % of the gap", Bound::at_least, 0, -0.1}},
      .seeds = 8,
      .quick_seeds = 1,
      .minutes = 2,
      .run = run_claim_036};
}

}  // namespace cenote
