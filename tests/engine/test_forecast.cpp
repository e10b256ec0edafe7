// SPDX-License-Identifier: Apache-2.0
// FORECAST n TIMEFRAMES: a number for each window, all of them from what was known when it was asked.
#include <gtest/gtest.h>

#include <set>

#include "base/files.h"
#include "base/time.h"
#include "cenote/check.h"
#include "cenote/fit.h"
#include "cenote/predict.h"
#include "engine/run_folder.h"
#include "test_paths.h"

namespace cenote {
namespace {

const std::string kF1 = std::string(CENOTE_SOURCE_DIR) + "/examples/f1";
constexpr const char* kPoints =
    "PREDICT SUM(results.points, 0, 60, days) FORECAST 3 TIMEFRAMES FOR EACH drivers.driverId "
    "WHERE "
    "COUNT(results.*, -120, 0, days) > 0";

using Settings = std::vector<std::pair<std::string, std::string>>;

struct ForecastRun {
  TemporaryFolder folder{"cenote-forecast"};
  FitOptions options;

  ForecastRun(const std::string& model, const Settings& settings) {
    options.source.source = kF1;
    options.question = kPoints;
    options.model = model;
    options.set = settings;
    options.threads = 2;
    options.out = (folder.path() / "run").string();
    fit(options);
  }
  PredictResult predict_at(const std::string& time, const std::string& split = "") const {
    PredictOptions use;
    use.run.run = options.out;
    use.at = time;
    use.split = split;
    if (split.empty()) use.entities = {"1", "20"};
    return predict(use);
  }
  /// How many windows of one entity have a prediction of their own.
  size_t different() const {
    const PredictResult at = predict_at("2012-01-01");
    return std::set<double>(at.prediction.begin(), at.prediction.begin() + 3).size();
  }
};

const Settings kSmallBoost{
    {"candidates", "300"}, {"features", "60"}, {"search", "false"}, {"bags", "1"}};

TEST(Forecast, PredictsEveryWindowAtTheTimeThatIsAsked) {
  const ForecastRun run("boost", kSmallBoost);
  const PredictResult at = run.predict_at("2012-01-01");
  EXPECT_EQ(at.entity, (std::vector<std::string>{"1", "1", "1", "20", "20", "20"}));
  EXPECT_EQ(at.frame, (std::vector<int64_t>{1, 2, 3, 1, 2, 3}));
  EXPECT_EQ(std::set<int64_t>(at.time.begin(), at.time.end()).size(), 1u);
  EXPECT_GT(run.different(), 1u);
  const PredictResult test = run.predict_at("", "test");
  ASSERT_EQ(test.frame.size(), test.entity.size());
  EXPECT_EQ(test.time[0], test.time[1]);
  const std::string csv = (run.folder.path() / "out.csv").string();
  write_predictions(at, csv);
  EXPECT_EQ(read_file(csv).rfind("driverId,timestamp,frame,prediction\n1,2012-01-01,1,", 0), 0u);
  EXPECT_THROW(write_predictions(test, csv, "relbench"), Error);
}

TEST(Forecast, IsEvaluatedAsAWholeAndByWindow) {
  const ForecastRun run("entity_mean", {});
  EvaluateOptions use;
  use.run.run = run.options.out;
  const EvaluateResult result = evaluate(use);
  ASSERT_EQ(result.frames.size(), 3u);
  int64_t rows = 0;
  double sum = 0;
  for (const FrameMetric& one : result.frames) {
    EXPECT_EQ(one.metric.name, "mae");
    rows += one.rows;
    sum += one.metric.value * static_cast<double>(one.rows);
  }
  EXPECT_EQ(rows, result.rows);
  for (const MetricValue& metric : result.metrics) {
    if (metric.name != "mae") continue;
    EXPECT_NEAR(metric.value, sum / static_cast<double>(rows), 1e-9);
  }
  const ModelFile model = read_run_model(run.options.out);
  EXPECT_EQ(model.task.frames, 3);
  EXPECT_EQ(label_horizon(model.task), 60 * kMicrosPerDay);
}

TEST(Forecast, NoLaterRowChangesAPredictionOfAnyWindow) {
  const std::pair<const char*, Settings> models[] = {
      {"boost", kSmallBoost}, {"sage", {{"epochs", "1"}, {"channels", "32"}, {"fanout", "8,8"}}}};
  for (const auto& [model, settings] : models) {
    SCOPED_TRACE(model);
    const ForecastRun run(model, settings);
    EXPECT_GT(run.different(), 1u);
    CheckOptions options;
    options.source.source = kF1;
    options.question = kPoints;
    options.run = run.options.out;
    options.threads = 2;
    const CheckResult result = check(options);
    EXPECT_GT(result.compared, 0);
    for (const CheckFinding& finding : result.findings)
      EXPECT_NE(finding.level, kLeak) << finding.message;
  }
}

}  // namespace
}  // namespace cenote
