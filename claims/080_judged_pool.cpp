// SPDX-License-Identifier: Apache-2.0
// Claim 80: candidates for judgement that come from several retrievers are fairer to a system that had no part in them.
#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/hash.h"
#include "base/random.h"
#include "claim/claim.h"
#include "claims/detail/cranfield.h"
#include "claims/detail/small_nets.h"

namespace cenote {
namespace {

constexpr int64_t kTop = 100, kDepth = 10;

/// Rankings of every query by each system; the first four may be asked for candidates, the last had no part.
using Rankings = std::vector<std::vector<std::vector<int64_t>>>;  // system, query

Rankings rank_all(const Cranfield& data) {
  const TextIndex text(data.texts), title(data.titles);
  const std::vector<std::function<std::vector<double>(const Cranfield::Words&)>> systems{
      [&](const auto& q) { return text.bm25(q, 1.2, 0.75); },
      [&](const auto& q) { return text.tf_idf(q); },
      [&](const auto& q) { return text.likelihood(q, 100); },
      [&](const auto& q) { return title.bm25(q, 1.2, 0.75); },
      [&](const auto& q) { return text.bm25(q, 0.4, 0.2); },
      [&](const auto& q) { return text.bm25(q, 3, 0.9); },
      [&](const auto& q) { return text.likelihood(q, 3000); },
      [&](const auto& q) { return title.tf_idf(q); }};
  Rankings out;
  for (const auto& system : systems) {
    out.emplace_back();
    for (const auto& query : data.queries) out.back().push_back(ranked(system(query), kTop));
  }
  return out;
}

/// The documents to judge: the pool `candidate_pool` over the lists of some systems.
std::vector<int64_t> candidates(const Rankings& rankings, int64_t systems, size_t query,
                                int64_t budget) {
  auto join = std::make_shared<Join>();
  std::vector<double> rank, list;
  for (int64_t s = 0; s < systems; ++s) {
    for (int64_t place = 0; place < budget; ++place) {
      join->rows.push_back(rankings[s][query][place]);
      rank.push_back(static_cast<double>(place));
      list.push_back(static_cast<double>(s));
    }
  }
  join->offsets.push_back(join->links());
  ParameterSet none;
  const NamedPool pool(none, "candidate_pool", 1,
                       {{"top", std::to_string(budget)}, {"budget", std::to_string(budget)}});
  const at::Tensor chosen = pool({.rows = at::arange(1400, at::kFloat).view({-1, 1}),
                                  .join = join,
                                  .order = rank.data(),
                                  .coordinates = at::tensor(list, at::kDouble).view({-1, 1})});
  std::vector<int64_t> out;
  for (int64_t i = 0; i < chosen.size(0); ++i)
    out.push_back(static_cast<int64_t>(chosen.const_data_ptr<float>()[i]));
  return out;
}

/// Mean nDCG of each system over the queries.
std::vector<double> scores(const Rankings& rankings,
                           const std::vector<std::map<int64_t, double>>& gains,
                           const std::vector<size_t>& queries) {
  std::vector<double> out;
  for (const auto& system : rankings) {
    double sum = 0;
    for (const size_t q : queries) sum += ndcg(system[q], gains[q], kDepth);
    out.push_back(sum / static_cast<double>(queries.size()));
  }
  return out;
}

double kendall(const std::vector<double>& a, const std::vector<double>& b) {
  double agreed = 0, pairs = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      const double product = (a[i] - a[j]) * (b[i] - b[j]);
      agreed += product > 0 ? 1 : product < 0 ? -1 : 0;
      ++pairs;
    }
  }
  return agreed / pairs;
}

Figures run_claim_080(const ClaimRun& run) {
  const Cranfield data = Cranfield::read(run.data);
  const Rankings rankings = rank_all(data);
  // Seeds draw the queries anew: they are the sample that the claim is about.
  Random random(hash_combine(run.seed, 80));
  std::vector<size_t> queries;
  for (size_t i = 0; i < data.queries.size(); ++i)
    queries.push_back(random.below(data.queries.size()));
  const std::vector<double> full = scores(rankings, data.gains, queries);
  Figures out;
  double tau[2] = {0, 0}, lost[2] = {0, 0};
  const std::vector<int64_t> budgets{10, 20, 30};
  for (const int64_t budget : budgets) {
    run.check_cancelled();
    for (const int64_t systems : {1, 4}) {
      auto reduced = data.gains;
      for (size_t q = 0; q < reduced.size(); ++q) {
        const auto judged = candidates(rankings, systems, q, budget);
        std::erase_if(reduced[q], [&](const auto& pair) {
          return std::find(judged.begin(), judged.end(), pair.first) == judged.end();
        });
      }
      const std::vector<double> seen = scores(rankings, reduced, queries);
      const bool many = systems > 1;
      const double agreement = kendall(seen, full);
      // How much better the pooled system seems, beside the one that had no part, than it is.
      const double unfair = seen[0] / seen.back() / (full[0] / full.back()) - 1;
      const std::string name = many ? "four retrievers" : "one retriever";
      out.add(figure_at("rank agreement, " + name, static_cast<double>(budget)), agreement);
      out.add(figure_at("unfairness, " + name, static_cast<double>(budget)), unfair);
      tau[many] += agreement / 3;
      lost[many] += std::abs(unfair) / 3;
    }
  }
  out.add("rank agreement gained by four", tau[1] - tau[0]);
  out.add("unfairness of four over that of one", lost[1] / lost[0]);
  return out;
}

}  // namespace

CENOTE_CLAIM(080_judged_pool) {
  return {.info = {.summary = "Documents to judge that are pooled from several retrievers rank "
                              "systems more as full "
                              "judgements do, and are fairer to a system that had no part, than "
                              "those of one retriever.",
                   .source = "Li et al. 2024, arXiv:2310.17609 (LeCaRDv2)",
                   .example = "cenote claim 80"},
          .setting =
              "Cranfield. Only 10, 20 or 30 documents a query are judged: the top of BM25, or a "
              "round robin of BM25, "
              "TF-IDF, query likelihood and BM25 of titles. Eight systems are ranked by nDCG@10; "
              "Kendall's tau "
              "to the ranking by all judgements, and how much BM25 seems better than it is beside "
              "a system "
              "that had no part. Each seed draws the queries anew.",
          .departs =
              "Cranfield instead of Chinese law, whose texts are not at hand; judged documents are "
              "a subset of those "
              "that were judged in full",
          .data = kCranfieldFiles,
          .conditions = {{"rank agreement gained by four", Bound::at_least, 0, -0.2},
                         {"unfairness of four over that of one", Bound::at_most, 0.8, 1}},
          .seeds = 10,
          .quick_seeds = 1,
          .minutes = 0.5,
          .chart = ClaimChart{"Kendall's tau to the ranking by all judgements",
                              "documents judged a query",
                              "tau",
                              {"rank agreement, one retriever", "rank agreement, four retrievers"},
                              {10, 20, 30}},
          .run = run_claim_080};
}

}  // namespace cenote
