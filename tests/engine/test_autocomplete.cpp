// SPDX-License-Identifier: Apache-2.0
// Autocomplete: what is asked for, and what says the same, is no input.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/f1_copies.h"

namespace cenote {
namespace {

const std::vector<std::string> kHidden{"position", "statusId",     "positionOrder", "points",
                                       "laps",     "milliseconds", "fastestLap",    "rank"};

EvaluateResult evaluate_run(const std::filesystem::path& run) {
  EvaluateOptions options;
  options.run.run = run.string();
  options.run.threads = 2;
  options.split = "val";
  return evaluate(options);
}

/// Predictions of `some` rows at their own times.
PredictResult complete(const std::filesystem::path& run, const std::string& source,
                       const std::vector<std::string>& some) {
  return predict_at(run, source, "", some);
}

std::vector<std::string> every_tenth_of_test(const std::filesystem::path& run) {
  const PredictResult test = predict_split(run, "", "test");
  std::vector<std::string> out;
  for (size_t i = 0; i < test.entity.size(); i += 10) out.push_back(test.entity[i]);
  return out;
}

TEST(Autocomplete, ResultsPositionIsLearnedWithoutItsLikenesses) {
  const TemporaryFolder folder("cenote-run");
  const auto run = folder.path() / "run";
  fit(fit_options(f1_folder(), "results-position", "sage", run));
  const EvaluateResult result = evaluate_run(run);
  EXPECT_GT(result.rows, 1000);
  EXPECT_FALSE(result.metrics.empty());

  const auto some = every_tenth_of_test(run);
  const PredictResult expected = complete(run, f1_folder(), some);
  ASSERT_EQ(expected.prediction.size(), some.size());

  // Other values in the target and the removed columns, of every row: nothing changes.
  const F1Copy copy;
  for (const auto& column : kHidden) {
    copy.execute(
        fmt::format("UPDATE results SET {0} = hash(resultId, 1) % 20 WHERE {0} IS NOT NULL OR "
                    "hash(resultId) % 2 = 0",
                    quote_identifier(column)));
  }
  const TemporaryFolder changed("cenote-f1");
  copy.write(changed.path());
  EXPECT_TRUE(same_predictions(complete(run, changed.path().string(), some), expected));

  // A column that is an input does change something.
  copy.execute("UPDATE results SET grid = 20 - grid");
  const TemporaryFolder other("cenote-f1");
  copy.write(other.path());
  EXPECT_FALSE(same_predictions(complete(run, other.path().string(), some), expected));
}

TEST(Autocomplete, RowsWithoutTheTargetAreCompleted) {
  const TemporaryFolder folder("cenote-run");
  const auto run = folder.path() / "run";
  fit(fit_options(f1_folder(), "qualifying-position", "sage", run));
  EXPECT_GT(evaluate_run(run).rows, 100);
  const PredictResult test = predict_split(run, "", "test");

  const F1Copy copy;
  copy.execute("UPDATE qualifying SET position = NULL WHERE date > TIMESTAMP '2015-01-01'");
  const TemporaryFolder changed("cenote-f1");
  copy.write(changed.path());
  const PredictResult completed = predict_at(run, changed.path().string(), "");
  const std::string count =
      copy.duck().text("SELECT CAST(count(*) AS VARCHAR) FROM qualifying WHERE position IS NULL");
  EXPECT_EQ(std::to_string(completed.entity.size()), count);
  // The same rows are predicted alike when their target is there: it is not looked at.
  for (size_t i = 0; i < completed.entity.size(); ++i) {
    const auto at = std::find(test.entity.begin(), test.entity.end(), completed.entity[i]);
    ASSERT_NE(at, test.entity.end());
    EXPECT_EQ(completed.prediction[i],
              test.prediction[static_cast<size_t>(at - test.entity.begin())]);
  }
}

TEST(Autocomplete, EveryModelFitsIt) {
  for (const char* model : {"constant", "entity_mean"}) {
    const TemporaryFolder folder("cenote-run");
    fit(fit_options(f1_folder(), "results-position", model, folder.path() / "run"));
    EXPECT_GT(evaluate_run(folder.path() / "run").rows, 1000) << model;
  }
}

}  // namespace
}  // namespace cenote
