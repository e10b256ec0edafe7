// SPDX-License-Identifier: Apache-2.0
#include "train/join_search.h"

#include <cmath>
#include <deque>
#include <optional>

#include "base/check.h"

namespace cenote {
namespace {

constexpr size_t kPopulation = 10;
/// A small space is exhausted at some time: draws that bring nothing new end the search.
constexpr int kIdleDraws = 200;

class Searcher {
 public:
  Searcher(const JoinSpace& space, const JoinJudge& judge, const JoinSearchOptions& options)
      : space_(space), judge_(judge), options_(options), random_(options.seed) {
    const auto all = space.canonical(space.all());
    result_.best = all ? *all : space.all();
    result_.value = judged(result_.best);
  }

  void greedy() {
    climb(result_.best);
    const auto first = best_of(space_.single());
    if (first) climb(*first);
  }

  void evolutionary() {
    std::deque<JoinPlan> population{result_.best};
    for (int idle = 0; population.size() < kPopulation && !spent() && idle < kIdleDraws; ++idle) {
      population.push_back(space_.draw(random_));
      judged(population.back());
    }
    for (int idle = 0; !spent() && idle < kIdleDraws; ++idle) {
      const size_t before = result_.tried.size();
      std::vector<JoinPlan> mutants;
      for (const JoinPlan& one : population) {
        const auto near = space_.neighbours(one);
        if (!near.empty()) mutants.push_back(near[random_.below(near.size())]);
      }
      const auto best = best_of(mutants);
      if (!best) return;
      population.pop_front();
      population.push_back(*best);
      if (result_.tried.size() > before) idle = 0;
    }
  }

  void random() {
    for (int idle = 0; !spent() && idle < kIdleDraws; ++idle) {
      const size_t before = result_.tried.size();
      judged(space_.draw(random_));
      if (result_.tried.size() > before) idle = 0;
    }
  }

  JoinSearchResult take() { return std::move(result_); }

 private:
  bool spent() const { return static_cast<int64_t>(result_.tried.size()) >= options_.tries; }
  bool better(double value, double than) const {
    return !std::isnan(value) &&
           (std::isnan(than) || (options_.higher_is_better ? value > than : value < than));
  }

  double judged(const JoinPlan& plan) {
    const auto known = result_.tried.find(plan);
    if (known != result_.tried.end()) return known->second;
    const double value = judge_(plan);
    result_.tried.emplace(plan, value);
    if (better(value, result_.value)) {
      result_.best = plan;
      result_.value = value;
    }
    return value;
  }

  /// Of those that there are still tries for.
  std::optional<JoinPlan> best_of(const std::vector<JoinPlan>& plans) {
    std::optional<JoinPlan> best;
    double best_value = std::nan("");
    for (const JoinPlan& plan : plans) {
      if (spent() && result_.tried.find(plan) == result_.tried.end()) continue;
      const double value = judged(plan);
      if (!best || better(value, best_value)) {
        best = plan;
        best_value = value;
      }
    }
    return best;
  }

  void climb(JoinPlan here) {
    while (!spent()) {
      const auto next = best_of(space_.neighbours(here));
      if (!next || !better(judged(*next), judged(here))) return;
      here = *next;
    }
  }

  const JoinSpace& space_;
  const JoinJudge& judge_;
  const JoinSearchOptions& options_;
  Random random_;
  JoinSearchResult result_;
};

}  // namespace

JoinSearchResult search_joins(const JoinSpace& space, const JoinJudge& judge,
                              const JoinSearchOptions& options) {
  CENOTE_CHECK(options.tries >= 1, bad_input, "a search for joins needs at least one try, got {}",
               options.tries);
  Searcher searcher(space, judge, options);
  if (options.searcher == "greedy") {
    searcher.greedy();
  } else if (options.searcher == "evolutionary") {
    searcher.evolutionary();
  } else {
    CENOTE_CHECK(options.searcher == "random", bad_input,
                 "searcher '{}' is not known; have: greedy, evolutionary, random",
                 options.searcher);
    searcher.random();
  }
  return searcher.take();
}

}  // namespace cenote
