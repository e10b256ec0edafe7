// SPDX-License-Identifier: Apache-2.0
// A question is fitted, and its run is used, as a task's: the model file keeps what it needs.
#include <gtest/gtest.h>

#include <cmath>

#include "base/files.h"
#include "cenote/fit.h"
#include "cenote/predict.h"
#include "engine/run_folder.h"
#include "test_paths.h"

namespace cenote {
namespace {

const std::string kF1 = std::string(CENOTE_SOURCE_DIR) + "/examples/f1";
constexpr const char* kTop3 =
    "PREDICT MIN(qualifying.position, 0, 30, days) <= 3 FOR EACH drivers.driverId";

struct AskedRun {
  TemporaryFolder folder{"cenote-question"};
  FitOptions options;

  explicit AskedRun(const std::string& question, const std::string& task = "") {
    options.source.source = kF1;
    options.question = question;
    options.task = task;
    options.model = "entity_mean";
    options.out = (folder.path() / "run").string();
    fit(options);
  }
  double test_metric(const std::string& name) const {
    EvaluateOptions use;
    use.run.run = options.out;
    for (const auto& metric : evaluate(use).metrics) {
      if (metric.name == name) return metric.value;
    }
    return std::nan("");
  }
};

TEST(Questions, AreFittedAndEvaluatedAsTheTaskThatSaysTheSame) {
  const AskedRun question(kTop3), task("", "driver-top3");
  EXPECT_EQ(question.test_metric("auroc"), task.test_metric("auroc"));
  const ModelFile model = read_run_model(question.options.out);
  EXPECT_EQ(model.task.question, kTop3);
  EXPECT_NE(model.task.sql.find("qualifying"), std::string::npos);
  EXPECT_EQ(read_run_model(task.options.out).task.question, "");
}

TEST(Questions, OfMonthsKeepTheCalendarInTheModelFile) {
  const AskedRun run(
      "PREDICT COUNT(results.*, 0, 2, months) FOR EACH drivers.driverId WHERE COUNT(results.*, -1, "
      "0, years) > 0");
  const ModelFile model = read_run_model(run.options.out);
  EXPECT_EQ(model.task.horizon_months, 2);
  EXPECT_LT(run.test_metric("mae"), 2.0);
}

}  // namespace
}  // namespace cenote
