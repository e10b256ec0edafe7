// SPDX-License-Identifier: Apache-2.0
// Recommendation from fit to predict on the bundled database, and the laws of all models for it.
#include <gmock/gmock.h>

#include <map>

#include "engine/f1_copies.h"
#include "engine/output.h"
#include "engine/run_folder.h"
#include "model/model.h"

namespace cenote {
namespace {

using testing::HasSubstr;

constexpr const char* kTask = "driver-circuit-compete";
constexpr const char* kQuestion =
    "PREDICT LIST_DISTINCT(results.raceId.circuitId, 0, 365, days) RANK TOP 10 FOR EACH "
    "drivers.driverId";

std::vector<std::string> rankers() {
  std::vector<std::string> out;
  for (const auto& [name, entry] : model_registry()) {
    if (entry.answers(TaskType::link_prediction)) out.push_back(name);
  }
  return out;
}

/// A run of each model, made once.
std::filesystem::path run_of(const std::string& model) {
  static TemporaryFolder runs("cenote-runs");
  static std::map<std::string, std::filesystem::path> done;
  auto [place, is_new] = done.try_emplace(model, runs.path() / model);
  if (is_new) fit(fit_options(f1_folder(), kTask, model, place->second));
  return place->second;
}

std::map<std::string, double> metrics_of(const std::filesystem::path& run) {
  EvaluateOptions options;
  options.run.run = run.string();
  const EvaluateResult result = evaluate(options);
  EXPECT_EQ(result.rows, 27);
  std::map<std::string, double> out;
  for (const MetricValue& metric : result.metrics) {
    EXPECT_LE(metric.low, metric.value) << metric.name;
    EXPECT_GE(metric.high, metric.value) << metric.name;
    out[metric.name] = metric.value;
  }
  return out;
}

TEST(LinkRoad, EveryModelIsFittedEvaluatedAndUsed) {
  for (const std::string& model : rankers()) {
    const auto metrics = metrics_of(run_of(model));
    ASSERT_EQ(metrics.size(), 4u) << model;
    for (const char* name : {"map_at_k", "recall_at_k", "precision_at_k", "ndcg_at_k"}) {
      ASSERT_TRUE(metrics.contains(name)) << name;
      // A network of six updates knows next to nothing.
      EXPECT_GT(metrics.at(name), model == "two_tower" ? 0 : 0.3) << model << " " << name;
      EXPECT_LE(metrics.at(name), 1) << model << " " << name;
    }
    const PredictResult some = predict_at(run_of(model), "", "2010-01-01", {"1", "20"});
    ASSERT_EQ(some.entity.size(), 20u) << model;
    EXPECT_EQ(some.rank,
              (std::vector<int64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
    EXPECT_EQ(some.entity[0], "1");
    EXPECT_EQ(some.target_column, "circuitId");
    for (size_t i = 1; i < some.prediction.size(); ++i) {
      if (some.rank[i] > 1) {
        EXPECT_LE(some.prediction[i], some.prediction[i - 1]) << model;
      }
    }
  }
}

TEST(LinkRoad, MoreItemsThanThereAreGiveAllOfThem) {
  PredictOptions options;
  options.run.run = run_of("repeat").string();
  options.entities = {"1"};
  options.top = 1000;
  const PredictResult all = predict(options);
  EXPECT_EQ(all.entity.size(), 77u);  // circuits
  options.top = 3;
  const PredictResult few = predict(options);
  EXPECT_EQ(few.item, std::vector<std::string>(all.item.begin(), all.item.begin() + 3));
}

TEST(LinkRoad, AQuestionIsTheTaskThatSaysTheSame) {
  const TemporaryFolder folder("cenote-run");
  FitOptions options = fit_options(f1_folder(), "", "repeat", folder.path() / "run");
  options.question = kQuestion;
  options.eval_times = 1;  // as the task has it
  fit(options);
  EXPECT_EQ(metrics_of(folder.path() / "run"), metrics_of(run_of("repeat")));
  EXPECT_EQ(read_run_model((folder.path() / "run").string()).task.item_table, "circuits");
}

TEST(LinkRoad, AModelOfAnotherKindIsRefusedBeforeLabelsAreMade) {
  const TemporaryFolder folder("cenote-run");
  const auto refusal = [&](const std::string& task, const std::string& model) {
    return error_of([&] { fit(fit_options(f1_folder(), task, model, folder.path() / "run")); });
  };
  EXPECT_EQ(
      refusal(kTask, "sage"),
      "unsupported: task 'driver-circuit-compete' is link_prediction, which model 'sage' does "
      "not answer; have: auto, popularity, repeat, rerank, two_tower");
  EXPECT_THAT(refusal("driver-top3", "rerank"),
              HasSubstr("is binary_classification, which model 'rerank' does not answer"));
}

TEST(LinkRoad, AutoKeepsOneModelAndSaysWhatItCompared) {
  const TemporaryFolder folder("cenote-run");
  FitOptions options = fit_options(f1_folder(), kTask, "auto", folder.path() / "run");
  options.schedule.clear();
  options.budget = "1 minute";
  options.set = {{"models", "popularity,repeat,rerank,sage"},
                 {"model.rerank.rounds", "20"},
                 {"model.rerank.bags", "1"}};
  const FitResult result = fit(options);
  ASSERT_EQ(result.contenders.size(), 3u);
  EXPECT_EQ(result.contenders[0].name, "popularity");
  EXPECT_EQ(result.metric, "map_at_k");
  const ModelFile model = read_run_model(options.out);
  ASSERT_EQ(model.members.size(), 1u);
  EXPECT_EQ(model.members[0].model, result.kept);
  options.set = {{"models", "constant,boost"}};
  EXPECT_THAT(error_of([&] { fit(options); }),
              HasSubstr("none of the models to try answers link_prediction: constant, boost"));
}

TEST(LinkOutput, IsARowAnItemOrForTheLeaderboardARowASeed) {
  const PredictResult test = predict_split(run_of("popularity"), "", "test");
  ASSERT_EQ(test.entity.size(), 270u);
  const QueryResult table = prediction_table(test);
  EXPECT_EQ(table.names,
            (std::vector<std::string>{"driverId", "date", "rank", "circuitId", "score"}));
  const QueryResult board = relbench_table(test);
  EXPECT_EQ(board.names, (std::vector<std::string>{"driverId", "date", "circuitId"}));
  EXPECT_EQ(board.rows, 27);
  std::string list = "[";
  for (int i = 0; i < 10; ++i) list += (i == 0 ? "" : ", ") + test.item[i];
  EXPECT_EQ(board.columns[2].text(0), list + "]");
}

/// What model auto keeps is one of the others, and all that popularity says model repeat says of drivers without a past.
std::vector<std::string> single_rankers() {
  std::vector<std::string> out = rankers();
  std::erase_if(out,
                [](const std::string& name) { return name == "auto" || name == "popularity"; });
  return out;
}

/// Some drivers long after the test time, as the protocol lets them be seen.
PredictResult late_drivers(const std::string& model, const std::string& source,
                           const std::string& protocol) {
  PredictOptions options;
  options.run.run = run_of(model).string();
  options.run.source.source = source;
  options.run.protocol = protocol;
  options.run.threads = 2;
  options.at = "2014-05-01";
  for (int driver = 1; driver <= 60; ++driver) options.entities.push_back(std::to_string(driver));
  return predict(options);
}

const PredictResult& expected_of(const std::string& model, const std::string& protocol) {
  static std::map<std::string, PredictResult> done;
  auto [place, is_new] = done.try_emplace(model + protocol);
  if (is_new) place->second = late_drivers(model, f1_folder(), protocol);
  return place->second;
}

TEST(LinkLaw, WhatIsNotVisibleChangesNoBit) {
  struct Case {
    Change change;
    const char *protocol, *last_visible;
  };
  for (const Case& one : {Case{Change::remove, "rolling", "2014-05-01"},
                          Case{Change::insert, "rolling", "2014-05-01"},
                          Case{Change::overwrite, "frozen", "2010-01-01"}}) {
    const TemporaryFolder copy = changed_f1(one.change, one.last_visible);
    for (const std::string& model : single_rankers()) {
      const PredictResult& expected = expected_of(model, one.protocol);
      ASSERT_EQ(expected.entity.size(), 600u);
      EXPECT_TRUE(
          same_predictions(late_drivers(model, copy.path().string(), one.protocol), expected))
          << model << ", " << one.protocol << ", " << to_string(one.change);
    }
  }
}

TEST(LinkLaw, CanFail) {
  const TemporaryFolder copy = changed_f1(Change::overwrite, "1990-01-01");
  for (const std::string& model : single_rankers()) {
    EXPECT_FALSE(same_predictions(late_drivers(model, copy.path().string(), "rolling"),
                                  expected_of(model, "rolling")))
        << model;
  }
}

TEST(LinkLaw, TestRowsChangeNoByteAndThreadsNeither) {
  const TemporaryFolder copy = changed_f1(Change::overwrite, "2010-01-01");
  for (const std::string& model : single_rankers()) {
    const TemporaryFolder folder("cenote-run");
    FitOptions options = fit_options(copy.path().string(), kTask, model, folder.path() / "run");
    options.threads = 3;
    EXPECT_TRUE(fit_bytes(options) == model_bytes(run_of(model))) << model;
  }
}

}  // namespace
}  // namespace cenote
