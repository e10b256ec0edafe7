// SPDX-License-Identifier: Apache-2.0
// Candidate pool: the top rows of several ranked lists, each row once, merged and cut to a budget.
//
// Shapes    rows [N, D] float32 or float64, join with G groups; order [E]: the rank in its list, smaller is better;
//           coordinates [E, C >= 1] float64, the first column the number of the list; weights [E] or none, which only
//           say whether a link takes part. Result [M, D] and a join of G groups over them, best first.
// Empty     a group without rows has none.
// Units     those of the rows.
// Options   top in [1, 100000], default 10: rows of each list. budget in [0, 100000], default 0: rows in all, 0 for any
//           number. merge is round_robin (default: the lists in turn) or rrf: by the sum of 1 / (60 + rank).
// Errors    as `sum`; bad_input without order keys or coordinates, or if one is not finite.
// Gradient  with respect to rows that are chosen; which are is a constant. A row is known by its number; ties go to the
//           lower one.
// Merge     none.
// Cost      O(E log E).
// Threads   safe to call concurrently; holds no state.
// Source    Li et al. 2024, LeCaRDv2, arXiv:2310.17609; reciprocal ranks: Cormack, Clarke, Büttcher 2009.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/check.h"
#include "pool/detail/make_pool.h"
#include "pool/detail/sub_join.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{
    .output = PoolOutput::rows, .ordered = true, .needs_coordinates = true, .blind_to_count = true};
constexpr double kRankOffset = 60;

class CandidatePool : public Pool {
 public:
  CandidatePool(const Options& options, const PoolPlace&)
      : top_(options.get_int("top")),
        budget_(options.get_int("budget")),
        by_rank_(options.get_text("merge") == "rrf") {}

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("candidate_pool", kTraits, input);
    auto picked = std::make_shared<std::vector<int64_t>>();
    auto join = std::make_shared<Join>();
    for (int64_t g = 0; g < input.join->groups(); ++g) {
      std::vector<int64_t> merged = merge_lists(lists_of(input, g));
      if (budget_ > 0 && std::ssize(merged) > budget_) merged.resize(static_cast<size_t>(budget_));
      for (const int64_t row : merged) {
        join->rows.push_back(std::ssize(*picked));
        picked->push_back(row);
      }
      join->offsets.push_back(join->links());
    }
    return {gather_rows(input.rows, picked), join};
  }

 private:
  /// The rows of each list, best first and at most `top_`, by the list's number.
  std::map<double, std::vector<int64_t>> lists_of(const PoolInput& input, int64_t group) const {
    std::map<double, std::vector<std::pair<double, int64_t>>> ranked;
    for (int64_t e = input.join->offsets[group]; e < input.join->offsets[group + 1]; ++e) {
      if (input.weights && input.weights[e] == 0) continue;
      const double rank = input.order[e], list = pool_detail::coordinate(input, e, 0);
      CENOTE_CHECK(std::isfinite(rank) && std::isfinite(list), bad_input,
                   "pool 'candidate_pool': link {} has rank {} in list {}", e, rank, list);
      ranked[list].emplace_back(rank, input.join->rows[e]);
    }
    std::map<double, std::vector<int64_t>> out;
    for (auto& [list, entries] : ranked) {
      std::sort(entries.begin(), entries.end());
      std::set<int64_t> known;
      for (const auto& [rank, row] : entries) {
        std::vector<int64_t>& rows = out[list];
        if (std::ssize(rows) < top_ && known.insert(row).second) rows.push_back(row);
      }
    }
    return out;
  }

  std::vector<int64_t> merge_lists(const std::map<double, std::vector<int64_t>>& lists) const {
    std::vector<int64_t> out;
    std::set<int64_t> known;
    const auto add = [&](int64_t row) {
      if (known.insert(row).second) out.push_back(row);
    };
    size_t longest = 0;
    for (const auto& [list, rows] : lists) longest = std::max(longest, rows.size());
    if (!by_rank_) {
      for (size_t place = 0; place < longest; ++place) {
        for (const auto& [list, rows] : lists) {
          if (place < rows.size()) add(rows[place]);
        }
      }
      return out;
    }
    std::map<int64_t, double> score;
    for (const auto& [list, rows] : lists) {
      for (size_t place = 0; place < rows.size(); ++place)
        score[rows[place]] += 1 / (kRankOffset + static_cast<double>(place) + 1);
    }
    std::vector<std::pair<double, int64_t>> sorted;
    for (const auto& [row, value] : score) sorted.emplace_back(-value, row);
    std::sort(sorted.begin(), sorted.end());
    for (const auto& [value, row] : sorted) out.push_back(row);
    return out;
  }

  int64_t top_, budget_;
  bool by_rank_;
};

}  // namespace

CENOTE_POOL(candidate_pool) {
  return {.info = {.summary = "the top rows of several ranked lists, merged and cut to a budget",
                   .source = "Li et al. 2024, arXiv:2310.17609 (LeCaRDv2); Cormack et al. 2009",
                   .example = "the ten best of three searches, each document once",
                   .options = {{.name = "top",
                                .default_value = int64_t{10},
                                .help = "rows of each list",
                                .min = 1,
                                .max = 100000},
                               {.name = "budget",
                                .default_value = int64_t{0},
                                .help = "rows in all; 0: any number",
                                .min = 0,
                                .max = 100000},
                               {.name = "merge",
                                .default_value = std::string("round_robin"),
                                .help = "the lists in turn, or by reciprocal ranks",
                                .choices = {"round_robin", "rrf"}}}},
          .traits = kTraits,
          .make = make_pool<CandidatePool>,
          .out_width = same_width};
}

}  // namespace cenote
