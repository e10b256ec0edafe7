// SPDX-License-Identifier: Apache-2.0
// What the search does next, by the clock: the only part whose choices depend on the machine.
#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/time.h"
#include "engine/search.h"
#include "train/options.h"

namespace cenote {
namespace {

constexpr double kDefaultBudget = 300;  // seconds
/// Of the time that is left, what is planned with: the rest is for choosing and for writing.
constexpr double kPlanned = 0.93;
/// The most rows of boosting: as many as it takes by itself.
constexpr int64_t kMostRows = 400'000;
/// Rows of its first try on a large database, and how much dearer a row is in the whole.
constexpr int64_t kFirstRows = 20000;
constexpr double kSearchFactor = 2.5;
/// Of the time that is left, what boosting may take.
constexpr double kBoostShare = 0.45;
/// Updates below which a network has learned nothing that is worth the time.
constexpr int64_t kLeastSteps = 60;
constexpr int64_t kPaceSteps = 8;
constexpr int64_t kLeastTries = 6;
constexpr uint64_t kSeeds = 3;
/// Of networks that recommend: with the usual rate they are far from done after the usual epochs.
constexpr const char* kRecommendingRate = "0.01";

/// A setting of a network, and what its update costs in those of the first.
struct Setting {
  const char* model;
  TextPairs set;
  double cost;
};

const std::vector<Setting>& network_settings() {
  static const std::vector<Setting> settings = {
      {"sage", {}, 1},
      {"relgnn", {}, 1},
      {"sage", {{"pool", "sum"}}, 1},
      {"sage", {{"pool", "attention"}}, 1.3},
      {"relgnn", {{"layers", "2"}}, 1.6},
      {"sage", {{"channels", "128"}, {"fanout", "64,32"}}, 3.5},
  };
  return settings;
}

std::string text(int64_t number) { return std::to_string(number); }

}  // namespace

double fit_budget(const FitOptions& options) {
  const bool given = !options.budget.empty() || !options.schedule.empty();
  CENOTE_CHECK(!given || model_registry().at(options.model).has_members(), bad_input,
               "--budget and --schedule are for model auto, which chooses what to train; '{}' "
               "trains until it is done",
               options.model);
  CENOTE_CHECK(options.budget.empty() || options.schedule.empty(), bad_input,
               "a schedule says what is trained, so --schedule does not go with --budget");
  if (options.budget.empty()) return kDefaultBudget;
  int64_t micros = 0;
  try {
    micros = parse_duration(options.budget);
  } catch (const Error& error) {
    fail(error.code(), "--budget: {}", error.what());
  }
  CENOTE_CHECK(micros >= kMicrosPerSecond && micros <= 1000 * kMicrosPerDay, bad_input,
               "--budget {}: must be between 1 second and 1000 days", options.budget);
  return static_cast<double>(micros) / kMicrosPerSecond;
}

double Search::left() const {
  const std::chrono::duration<double> used = std::chrono::steady_clock::now() - request_.started;
  return request_.budget_seconds - used.count();
}

void Search::run_within_budget() {
  if (prepared_.item_table >= 0) return run_rankers();
  for (const char* model : {"constant", "entity_mean"}) {
    if (is_tried(model)) run_item(item(model, {}));
  }
  if (is_tried("boost")) run_boost();
  run_networks();
}

void Search::run_rankers() {
  for (const std::string& model : models_) {
    const bool network = model_registry().at(model).recommends;
    const TextPairs set = network ? TextPairs{{"lr", kRecommendingRate}} : TextPairs{};
    if (run_item(item(model, set)) != nullptr || left() > 0) continue;
    request_.hooks.warn(
        "networks_not_tried",
        fmt::format("there was no time to finish {}; a larger --budget tries it", model));
  }
}

void Search::run_boost() {
  const int64_t rows = prepared_.train.size();
  TextPairs size;
  int64_t used = rows;
  if (rows > 2 * kFirstRows) {
    WorkItem first = item("boost", {{"max_rows", text(kFirstRows)},
                                    {"sample", text(kFirstRows / 4)},
                                    {"search", "false"},
                                    {"bags", "1"}});
    const Done* done = run_item(first);
    if (done == nullptr) return;
    const double per_row = done->seconds / static_cast<double>(kFirstRows) * kSearchFactor;
    used = static_cast<int64_t>(kBoostShare * left() / per_row);
    if (used <= 2 * kFirstRows) return;
    if (used < kMostRows) size = {{"max_rows", text(used)}};
  }
  const Done* done = run_item(item("boost", size));
  // Of what a fit of few rows takes, most is what any fit takes: more rows, while they take less than their share.
  while (done != nullptr && used < std::min(rows, kMostRows)) {
    const double affordable = kBoostShare * left() / done->seconds * static_cast<double>(used);
    if (affordable < 2 * static_cast<double>(used)) break;
    used = static_cast<int64_t>(std::min(affordable, static_cast<double>(kMostRows)));
    size = used < kMostRows ? TextPairs{{"max_rows", text(used)}} : TextPairs();
    done = run_item(item("boost", size));
  }
  if (done == nullptr) return;
  // Fewer features are at times better: there is less to overfit on.
  size.emplace_back("features", "50");
  if (done->seconds < left() / 6) run_item(item("boost", size));
}

Search::Pace Search::measure_pace(const std::string& model) const {
  const WorkItem few = item(model, {{"epochs", "1"}, {"max_steps", text(kPaceSteps)}});
  const auto trained = make_trained(prepared_, part_of(few), scale_, threads_);
  const TrainReport report = trained->fit({.checkpoint = {},
                                           .fingerprint = {},
                                           .resume = false,
                                           .hooks = hooks_of("how fast a network learns here")});
  const auto steps = std::min<int64_t>(kPaceSteps, (prepared_.train.size() + 511) / 512);
  return {(report.epoch_seconds.at(0) - report.seconds_validate) / static_cast<double>(steps),
          report.seconds_validate};
}

/// The settings to try under the options that the user has fixed: some become the same by that.
std::vector<Search::Candidate> Search::network_candidates() const {
  std::vector<Candidate> out;
  for (const Setting& setting : network_settings()) {
    if (!is_tried(setting.model)) continue;
    WorkItem one = item(setting.model, setting.set);
    const bool known = std::any_of(out.begin(), out.end(), [&](const Candidate& other) {
      return other.item.model == one.model && other.item.set == one.set;
    });
    if (!known) out.push_back({std::move(one), setting.cost});
  }
  return out;
}

void Search::run_networks() {
  const std::vector<Candidate> candidates = network_candidates();
  if (candidates.empty() || prepared_.train.size() == 0 || left() <= 0) return;
  const auto warn_too_little = [&] {
    request_.hooks.warn("networks_not_tried",
                        fmt::format("{:.0f} s are too little to train a network here; a larger "
                                    "--budget tries them",
                                    std::max(0.0, left())));
  };
  Pace pace;
  try {
    pace = measure_pace(candidates[0].item.model);
  } catch (const Error& error) {
    const bool failed = error.code() == ErrorCode::bad_input;
    if (request_.hooks.is_cancelled() || (!failed && error.code() != ErrorCode::cancelled)) throw;
    if (failed)
      request_.hooks.warn("model_failed", fmt::format("networks are left out: {}", error.what()));
    else
      warn_too_little();  // there was no time even for that
    return;
  }
  const TrainOptions usual = train_options(Options(train_option_list()), 0);
  const int64_t epochs = usual.epochs, trial_epochs = std::max<int64_t>(1, epochs / 5);
  const int64_t steps =
      std::min(usual.max_steps, (prepared_.train.size() + usual.batch - 1) / usual.batch);
  const auto seconds = [&](double factor, int64_t of_epochs, int64_t of_steps) {
    return static_cast<double>(of_epochs) *
           (pace.step * factor * static_cast<double>(of_steps) + pace.validation);
  };
  // All settings for a fifth of the epochs and three for all of them, with fewer updates an epoch if need be.
  const auto whole_plan = [&](int64_t of_steps) {
    double sum = 0;
    for (const Candidate& one : candidates) sum += seconds(one.cost, trial_epochs, of_steps);
    sum += static_cast<double>(tries()) * seconds(1, trial_epochs, of_steps);
    return sum + 3 * seconds(1.5, epochs, of_steps);
  };
  const double time = kPlanned * left();
  // A search for joins or pools makes fewer tries before anything learns less.
  for (int64_t* of : {&join_search_.tries, &pool_search_.tries}) {
    while (*of > kLeastTries && whole_plan(steps) > time) --*of;
  }
  int64_t affordable = steps;
  while (affordable > 1 && whole_plan(affordable) > time) affordable = affordable * 9 / 10;
  const auto with_steps = [&](const WorkItem& one, int64_t of_steps) {
    if (of_steps >= steps) return one;
    TextPairs set = one.set;
    set.emplace_back("max_steps", text(of_steps));
    return item(one.model, std::move(set));
  };

  if (affordable * epochs < std::min(kLeastSteps, steps * epochs)) {
    // Not enough for a choice: the first setting alone, as long as there is time for it.
    if (searches_joins_)
      request_.hooks.warn("joins_not_searched",
                          "the budget is too small to search for joins; all are followed");
    if (searches_pools_)
      request_.hooks.warn("pools_not_searched",
                          "the budget is too small to search for pools; the usual one is taken");
    affordable = steps;
    while (affordable > 1 && seconds(1, epochs, affordable) > time)
      affordable = affordable * 9 / 10;
    if (affordable * epochs >= std::min(kLeastSteps, steps * epochs)) {
      run_item(with_steps(candidates[0].item, affordable));
    } else {
      warn_too_little();
    }
    return;
  }
  struct Trial {
    WorkItem setting;
    double metric;
  };
  std::vector<Trial> trials;
  for (const Candidate& candidate : candidates) {
    TextPairs set = candidate.item.set;
    set.emplace_back("epochs", text(trial_epochs));
    WorkItem trial = with_steps(item(candidate.item.model, std::move(set)), affordable);
    trial.trial = true;
    if (candidates.size() == 1) {
      trials.push_back({candidate.item, 0});
    } else if (const Done* done = run_item(trial)) {
      trials.push_back({candidate.item, done->metric});
    }
  }
  std::stable_sort(trials.begin(), trials.end(), [&](const Trial& a, const Trial& b) {
    return judge_.is_better(a.metric, b.metric) || (std::isnan(b.metric) && !std::isnan(a.metric));
  });
  trials.resize((trials.size() + 1) / 2);
  if (!trials.empty() && (searches_joins_ || searches_pools_)) {
    TextPairs set = trials[0].setting.set;
    set.emplace_back("epochs", text(trial_epochs));
    const WorkItem trial = with_steps(item(trials[0].setting.model, std::move(set)), affordable);
    const TextPairs found = search_setting(trial, 3 * seconds(1.5, epochs, affordable));
    if (!found.empty()) {
      TextPairs better = found;  // before what the setting had: a searched pool replaces its own
      const TextPairs& usual = trials[0].setting.set;
      better.insert(better.end(), usual.begin(), usual.end());
      trials.insert(trials.begin() + 1, {item(trials[0].setting.model, std::move(better)), 0});
    }
  }
  const size_t first = done_.size();
  for (const Trial& trial : trials) run_item(with_steps(trial.setting, affordable));
  run_more_seeds(first);
}

/// More seeds of the networks from `first` on, best first, while there is time for them.
void Search::run_more_seeds(size_t first) {
  std::vector<const Done*> networks;
  for (size_t k = first; k < done_.size(); ++k) networks.push_back(done_[k].get());
  std::stable_sort(networks.begin(), networks.end(), [&](const Done* a, const Done* b) {
    return judge_.is_better(a->metric, b->metric);
  });
  for (uint64_t seed = 1; seed < kSeeds; ++seed) {
    for (const Done* network : networks) {
      if (network->seconds > kPlanned * left()) continue;
      WorkItem again = network->item;
      again.seed = seed;
      run_item(again);
    }
  }
}

}  // namespace cenote
