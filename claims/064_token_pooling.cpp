// SPDX-License-Identifier: Apache-2.0
// Claim 64: of a document's token vectors half can be pooled away without much loss, and Ward's clusters lose least.
#include <ATen/ops/cat.h>
#include <ATen/ops/mm.h>

#include <algorithm>
#include <cmath>

#include "base/hash.h"
#include "base/random.h"
#include "claim/claim.h"
#include "claims/detail/cranfield.h"
#include "claims/detail/small_nets.h"
#include "kernel/join_builders.h"

namespace cenote {
namespace {

constexpr int64_t kWidth = 48, kMostTokens = 96, kDepth = 10;

/// Tokens as unit vectors: a random direction of the word, times how rare it is, with some of the words beside it, so that a
/// word has different vectors at different places.
at::Tensor token_vectors(const Cranfield::Words& words, const TextIndex& index, uint64_t seed) {
  const auto n = std::min<int64_t>(kMostTokens, std::ssize(words));
  std::vector<std::vector<double>> own;
  for (int64_t i = 0; i < n; ++i) {
    Random random(hash_bytes(words[i], seed));
    own.emplace_back();
    for (int64_t c = 0; c < kWidth; ++c)
      own.back().push_back(random.normal() * index.inverse_frequency(words[i]));
  }
  std::vector<double> out;
  for (int64_t i = 0; i < n; ++i) {
    std::vector<double> vector = own[i];
    for (const int64_t beside : {i - 1, i + 1}) {
      if (beside < 0 || beside >= n) continue;
      for (int64_t c = 0; c < kWidth; ++c) vector[c] += 0.35 * own[beside][c];
    }
    double square = 0;
    for (const double x : vector) square += x * x;
    for (const double x : vector) out.push_back(x / std::sqrt(std::max(square, 1e-12)));
  }
  return float_tensor(out, {n, kWidth});
}

/// A document with about n / factor vectors.
at::Tensor pooled(const std::string& how, const at::Tensor& tokens, int64_t factor, uint64_t key) {
  const int64_t n = tokens.size(0), kept = std::max<int64_t>(1, n / factor);
  if (factor == 1 || n == 0) return tokens;
  ParameterSet none;
  const JoinPtr whole = join_of_runs(1, n);
  if (how == "ward")
    return NamedPool(none, "token_ward", kWidth,
                     {{"factor", std::to_string(factor)}})({.rows = tokens, .join = whole});
  if (how == "kmeans")
    return NamedPool(none, "token_kmeans", kWidth,
                     {{"clusters", std::to_string(kept)}})({.rows = tokens, .join = whole});
  if (how == "sequential") return segment_mean(tokens, sequence_windows(n, factor, factor));
  // Random groups of the same size.
  auto groups = std::make_shared<Join>();
  std::vector<std::vector<int64_t>> of(static_cast<size_t>(kept));
  Random random(key);
  for (int64_t i = 0; i < n; ++i) of[random.below(static_cast<uint64_t>(kept))].push_back(i);
  for (const auto& rows : of) {
    if (rows.empty()) continue;
    groups->rows.insert(groups->rows.end(), rows.begin(), rows.end());
    groups->offsets.push_back(groups->links());
  }
  return segment_mean(tokens, groups);
}

/// Mean nDCG@10 of late interaction: each query token takes its best document vector, and these are added.
double late_interaction(const Cranfield& data, const std::vector<at::Tensor>& documents,
                        const std::vector<at::Tensor>& queries, const ClaimRun& run) {
  const at::Tensor asked = at::cat(queries, 0);
  std::vector<std::vector<double>> scores(queries.size(), std::vector<double>(documents.size(), 0));
  for (size_t d = 0; d < documents.size(); ++d) {
    if (d % 100 == 0) run.check_cancelled();
    if (documents[d].size(0) == 0) continue;
    const at::Tensor best = std::get<0>(at::mm(asked, documents[d].t()).max(1)).contiguous();
    const float* value = best.const_data_ptr<float>();
    for (size_t q = 0; q < queries.size(); ++q) {
      for (int64_t i = 0; i < queries[q].size(0); ++i) scores[q][d] += *value++;
    }
  }
  double sum = 0;
  for (size_t q = 0; q < queries.size(); ++q)
    sum += ndcg(ranked(scores[q], kDepth), data.gains[q], kDepth);
  return sum / static_cast<double>(queries.size());
}

Figures run_claim_064(const ClaimRun& run) {
  const Cranfield data = Cranfield::read(run.data);
  const TextIndex index(data.texts);
  const uint64_t seed = hash_combine(run.seed, 64);
  std::vector<at::Tensor> queries, documents;
  for (const auto& words : data.queries) queries.push_back(token_vectors(words, index, seed));
  for (const auto& words : data.texts) documents.push_back(token_vectors(words, index, seed));
  const double all = late_interaction(data, documents, queries, run);
  Figures out;
  out.add("nDCG@10 with all vectors", all);
  const std::vector<std::string> ways{"ward", "kmeans", "sequential", "random"};
  for (const int64_t factor :
       run.quick ? std::vector<int64_t>{2, 4} : std::vector<int64_t>{2, 3, 4, 6}) {
    for (const std::string& how : ways) {
      std::vector<at::Tensor> fewer;
      for (size_t d = 0; d < documents.size(); ++d)
        fewer.push_back(pooled(how, documents[d], factor, hash_combine(seed, d)));
      out.add(figure_at(how, static_cast<double>(factor)),
              late_interaction(data, fewer, queries, run) / all);
    }
  }
  out.add("ward less kmeans at 4", out.at("ward at 4") - out.at("kmeans at 4"));
  out.add("kmeans less sequential at 4", out.at("kmeans at 4") - out.at("sequential at 4"));
  out.add("sequential less random at 4", out.at("sequential at 4") - out.at("random at 4"));
  return out;
}

}  // namespace

CENOTE_CLAIM(064_token_pooling) {
  return {.info = {.summary = "Clustering a document's token vectors by Ward's method halves them "
                              "at hardly any loss, and loses "
                              "less than k-means, which loses less than runs of neighbours.",
                   .source = "Clavié, Chaffin, Adams 2024, arXiv:2409.14683",
                   .example = "cenote claim 64"},
          .setting =
              "Cranfield, 225 queries. Words are random directions weighted by rarity and mixed "
              "with their neighbours, 96 "
              "tokens a document at most; scores are sums of best cosines (late interaction). "
              "nDCG@10 with "
              "n / factor vectors a document, over that with all, by factor and way to pool.",
          .departs = "untrained vectors of 48 numbers instead of ColBERTv2's; one collection",
          .data = kCranfieldFiles,
          .conditions = {{"ward at 2", Bound::at_least, 0.98, 0.95},
                         {"ward less kmeans at 4", Bound::at_least, 0, -0.05},
                         {"kmeans less sequential at 4", Bound::at_least, 0, -0.05},
                         {"sequential less random at 4", Bound::at_least, 0, -0.05}},
          .seeds = 5,
          .quick_seeds = 1,
          .minutes = 3,
          .chart = ClaimChart{"nDCG@10 kept, by how many vectors become one",
                              "vectors that become one",
                              "of all vectors'",
                              {"ward", "kmeans", "sequential"},
                              {2, 3, 4, 6}},
          .run = run_claim_064};
}

}  // namespace cenote
