// SPDX-License-Identifier: Apache-2.0
// Which models a database and a task deserve, found within a time budget.
//
//   1. the models that need no training; `boost`, on as many rows as the budget allows
//   2. some settings of the networks, each for a fifth of the epochs; the better half of them for all
//   3. if asked for: joins for the best of those to follow, and pools for its relations, each tried for a fifth of the
//      epochs
//   4. more seeds of the best of those, while there is time
//   5. a stack of all that was trained to the end, weighed on validation; the simplest that is at most one standard
//      error behind the best is kept
//
// Only the choice of what to do next looks at the clock. What was done is a list of work items without any time
// in it: done again, it gives the same bytes.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cenote/fit.h"
#include "engine/trained.h"
#include "train/join_search.h"
#include "train/pool_search.h"
#include "train/stack.h"

namespace cenote {

/// One training: everything that decides its bytes, besides the data.
struct WorkItem {
  std::string model;
  TextPairs set;  // options of model and training
  uint64_t seed = 0;
  bool trial = false;  // short, to choose by: no part of the result
};

nlohmann::json schedule_to_json(const std::vector<WorkItem>& schedule);
/// Errors    bad_input for a text that is no schedule; `name`: of the file that it comes from.
std::vector<WorkItem> schedule_from_json(const std::string& name, const std::string& text);

/// The seconds that a fit may take. Errors bad_input: not a time, or for a model that has no use for a budget.
double fit_budget(const FitOptions& options);

struct SearchResult {
  struct Tried {
    WorkItem item;
    std::string name;  // "sage pool=max, seed 1"
    double metric = 0, seconds = 0, weight = 0;
  };
  struct Member {
    ModelPart part;
    std::unique_ptr<Trained> model;
    double weight;
  };
  std::vector<Tried> tried;
  std::vector<Contender> contenders;  // from simple to complex
  std::string kept;                   // one of the contenders
  std::string why;                    // a sentence
  double metric = 0;                  // of what is kept, on validation
  Predictions predictions;            // likewise
  std::vector<Member> members;        // of what is kept
  std::vector<WorkItem> schedule;     // what was done
};

class Search {
 public:
  Search(const Prepared& prepared, const ModelPart& part, const OutputScale& scale,
         ThreadPool& threads, const FitRequest& request);
  /// What was finished stays in the request's folder of parts, until the caller has the result in safety.
  /// Errors    cancelled: a resumed fit takes up what was finished.
  SearchResult run();

 private:
  /// A model trained to the end of its item.
  struct Done {
    WorkItem item;
    ModelPart part;
    std::unique_ptr<Trained> model;
    Predictions val;
    double metric, seconds;
  };
  /// A network to try, and what an update of it costs in those of the first.
  struct Candidate {
    WorkItem item;
    double cost;
  };
  /// What a network costs.
  struct Pace {
    double step = 0, validation = 0;  // seconds
  };

  double left() const;  // seconds
  bool is_tried(const std::string& model) const;
  WorkItem item(const std::string& model, TextPairs set, uint64_t seed = 0) const;
  ModelPart part_of(const WorkItem& item) const;
  void run_schedule();
  void run_within_budget();
  void run_boost();
  void run_rankers();
  std::vector<Candidate> network_candidates() const;
  void run_networks();
  int64_t tries() const;
  double try_setting(const WorkItem& trial, const std::string& option, const std::string& value,
                     double reserve);
  TextPairs search_setting(WorkItem trial, double reserve);
  std::string search_plan(const WorkItem& trial, double reserve);
  std::string search_pool(const WorkItem& trial, double reserve);
  void run_more_seeds(size_t first);
  Pace measure_pace(const std::string& model) const;
  bool take_up(Done& done, const std::filesystem::path& finished) const;
  /// Null if there was no time to finish it, or it cannot be trained.
  const Done* run_item(const WorkItem& item);
  Hooks hooks_of(const std::string& name) const;
  std::filesystem::path file_of(const WorkItem& item, const char* what) const;
  SearchResult choose();

  const Prepared& prepared_;
  const ModelPart& part_;
  const OutputScale scale_;
  ThreadPool& threads_;
  const FitRequest& request_;
  const Judge judge_;
  std::vector<std::string> models_;
  bool keeps_best_ = false, searches_joins_ = false, searches_pools_ = false;
  JoinSearchOptions join_search_;
  PoolSearchOptions pool_search_;
  std::map<std::string, TextPairs> fixed_;  // by member: options that the user has set
  std::vector<std::unique_ptr<Done>> done_;
};

}  // namespace cenote
