// SPDX-License-Identifier: Apache-2.0
#include "tree/boosting.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <mutex>
#include <optional>
#include <shared_mutex>

#include "base/check.h"
#include "tree/detail_booster.h"

namespace cenote {
namespace {

constexpr int64_t kMostClasses = 256;

void check_matrix(const FeatureMatrix& x, std::string_view what) {
  CENOTE_CHECK(x.rows >= 0 && x.rows <= INT32_MAX, bad_input, "trees: {} {} rows", x.rows, what);
  for (size_t i = 0; i < x.columns.size(); ++i) {
    CENOTE_CHECK(static_cast<int64_t>(x.columns[i].size()) == x.rows, bad_input,
                 "trees: {} column {} has {} values for {} rows", what, i, x.columns[i].size(),
                 x.rows);
  }
}

template <class Number>
void check_range(std::string_view name, Number value, Number min, Number max) {
  CENOTE_CHECK(value >= min && value <= max, bad_input, "trees: {} is {}, not in [{}, {}]", name,
               value, min, max);
}

void check_options(const BoostingOptions& options) {
  tree_predictions(options.objective, 1, {});  // knows the objectives
  check_range<int64_t>("classes", options.classes, 1, 65536);
  CENOTE_CHECK(
      options.classes <= kMostClasses, unsupported,
      "trees: {} classes are too many, since every round grows a tree for each; at most {}, "
      "networks predict more",
      options.classes, kMostClasses);
  check_range<int64_t>("rounds", options.rounds, 1, 1'000'000);
  check_range<int64_t>("patience", options.patience, 1, INT64_MAX);
  check_range("learning_rate", options.learning_rate, 1e-9, 1e9);
  check_range<int64_t>("leaves", options.leaves, 2, kMaxLeaves);
  check_range<int64_t>("min_rows_in_leaf", options.min_rows_in_leaf, 1, INT32_MAX);
  check_range("feature_fraction", options.feature_fraction, 1e-9, 1.0);
  check_range("bagging_fraction", options.bagging_fraction, 1e-9, 1.0);
  check_range("lambda_l2", options.lambda_l2, 0.0, 1e30);
  check_range<int64_t>("max_bins", options.max_bins, 2, 65535);
  check_range("threads", options.threads, 1, 4096);
}

void check_labels(std::span<const double> label, std::span<const double> weight, int64_t rows,
                  const BoostingOptions& options) {
  CENOTE_CHECK(static_cast<int64_t>(label.size()) == rows, bad_input,
               "trees: {} labels for {} rows", label.size(), rows);
  CENOTE_CHECK(weight.empty() || static_cast<int64_t>(weight.size()) == rows, bad_input,
               "trees: {} weights for {} rows", weight.size(), rows);
  const bool classes = options.objective == "binary" || options.objective == "multiclass";
  const int64_t count = options.objective == "binary" ? 2 : options.classes;
  for (const double value : label) {
    // In float32, as LightGBM holds it.
    CENOTE_CHECK(std::isfinite(static_cast<float>(value)), bad_input,
                 "trees: a label is {}, not a finite float32", value);
    CENOTE_CHECK(
        !classes ||
            (value >= 0 && value < static_cast<double>(count) && value == std::floor(value)),
        bad_input, "trees: the label {} is none of {} classes, which count from 0", value, count);
  }
  double sum = 0;
  for (const double value : weight) {
    CENOTE_CHECK(std::isfinite(static_cast<float>(value)) && value >= 0, bad_input,
                 "trees: a weight is {}, not a finite number from 0", value);
    sum += static_cast<float>(value);
  }
  CENOTE_CHECK(weight.empty() || sum > 0, bad_input, "trees: all weights are 0");
}

/// Validation scores, one round after the other, by the evaluator that predicts later: LightGBM's
/// own scores come from its bins.
class Scores {
 public:
  Scores(const FeatureMatrix& x, const BoostingJudge& judge, const BoostingOptions& options,
         int64_t outputs)
      : x_(x),
        judge_(judge),
        objective_(options.objective),
        outputs_(outputs),
        threads_(options.threads),
        raw_(x.rows * outputs, 0.0) {}

  /// The judge's word after one more round.
  double after(const std::vector<Tree>& round) {
    for (int64_t output = 0; output < outputs_; ++output) {
      const auto values = tree_values(round[output], x_, threads_);
      for (size_t row = 0; row < values.size(); ++row) {
        raw_[row * outputs_ + output] += values[row];
      }
    }
    return judge_(tree_predictions(objective_, outputs_, raw_));
  }

 private:
  const FeatureMatrix& x_;
  const BoostingJudge& judge_;
  std::string objective_;
  int64_t outputs_;
  ThreadPool threads_;
  std::vector<double> raw_;
};

/// An undefined metric is worse than any other.
bool better(double metric, double best, bool higher_is_better) {
  if (std::isnan(metric)) return false;
  return std::isnan(best) || (higher_is_better ? metric > best : metric < best);
}

}  // namespace

TreeEnsemble fit_trees(const FeatureMatrix& train, std::span<const double> label,
                       std::span<const double> weight, const FeatureMatrix* val,
                       const BoostingJudge& judge, bool higher_is_better,
                       const BoostingOptions& options, const Hooks& hooks, BoostingReport* report) {
  check_options(options);
  check_matrix(train, "training");
  CENOTE_CHECK(train.rows > 0, bad_input, "trees: there are no training rows");
  check_labels(label, weight, train.rows, options);
  const auto features = static_cast<int64_t>(train.columns.size());
  const int64_t outputs = options.objective == "multiclass" ? options.classes : 1;
  std::optional<Scores> scores;
  if (val) {
    check_matrix(*val, "validation");
    CENOTE_CHECK(val->columns.size() == train.columns.size(), bad_input,
                 "trees: {} validation columns, {} training columns", val->columns.size(),
                 features);
    CENOTE_CHECK(judge != nullptr, bad_input, "trees: validation rows need a judge");
    scores.emplace(*val, judge, options, outputs);
  }
  BoostingReport said;
  std::vector<Tree> trees;
  if (options.objective != "multiclass" || outputs > 1) {  // a single class needs no tree
    // LightGBM keeps one number of threads for the process: boosters of one thread may grow side by side.
    static std::shared_mutex thread_count;
    std::shared_lock together(thread_count, std::defer_lock);
    std::unique_lock alone(thread_count, std::defer_lock);
    if (options.threads == 1) {
      together.lock();
    } else {
      alone.lock();
    }
    Booster booster(train, label, weight, options);
    for (bool growing = true; growing && said.rounds_tried < options.rounds;) {
      CENOTE_CHECK(!hooks.is_cancelled(), cancelled, "cancelled while fitting trees");
      growing = booster.update();
      auto round = booster.trees(said.rounds_tried);
      if (round.empty()) break;
      ++said.rounds_tried;
      const double metric = scores ? scores->after(round) : said.best_metric;
      std::move(round.begin(), round.end(), std::back_inserter(trees));
      if (!scores || said.best_round == 0 || better(metric, said.best_metric, higher_is_better)) {
        said.best_round = said.rounds_tried;
        said.best_metric = metric;
      }
      Progress progress;
      progress.phase = "train";
      progress.done = said.rounds_tried;
      progress.total = options.rounds;
      progress.metric_value = said.best_metric;
      hooks.report(progress);
      if (said.rounds_tried - said.best_round >= options.patience) break;
    }
  }
  trees.resize(said.best_round * outputs);
  if (report) *report = said;
  return {options.objective, features, outputs, std::move(trees)};
}

}  // namespace cenote
