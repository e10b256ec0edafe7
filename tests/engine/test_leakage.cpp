// SPDX-License-Identifier: Apache-2.0
// The leakage law on real data: what is not visible to a seed changes no bit of its prediction.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>

#include "engine/f1_copies.h"
#include "engine/model_file.h"
#include "model/model.h"

namespace cenote {
namespace {

/// A moment to predict at, and the last instant that is visible from there.
struct Moment {
  const char* name;
  const char* protocol;
  const char* as_of;
  const char* at;
  const char* last_visible;
};

// 2003-03-09 and 2014-03-16 are days of a race. The first lies before the validation time, the others after the
// test time (2010-01-01).
const Moment kMoments[] = {
    {"rolling_early", "rolling", "inclusive", "2003-03-09", "2003-03-09"},
    {"rolling_late", "rolling", "inclusive", "2014-05-01", "2014-05-01"},
    {"frozen", "frozen", "inclusive", "2014-05-01", "2010-01-01"},
    {"strict", "rolling", "strict", "2014-03-16", "2014-03-15 23:59:59.999999"},
};

class LeakageLaw : public testing::TestWithParam<Moment> {
 protected:
  static std::filesystem::path run_of(const std::string& model, const Moment& moment) {
    static TemporaryFolder runs("cenote-runs");
    static std::map<std::string, std::filesystem::path> done;
    const std::string name = model + "_" + moment.protocol + "_" + moment.as_of;
    auto [place, is_new] = done.try_emplace(name, runs.path() / name);
    if (is_new) {
      FitOptions options = fit_options(f1_folder(), "driver-position", model, place->second);
      options.protocol = moment.protocol;
      options.as_of = moment.as_of;
      fit(options);
    }
    return place->second;
  }
};

INSTANTIATE_TEST_SUITE_P(Moments, LeakageLaw, testing::ValuesIn(kMoments),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(LeakageLaw, HoldsForEveryModel) {
  const Moment& moment = GetParam();
  std::map<Change, TemporaryFolder> copies;
  for (const Change change : kChanges)
    copies.emplace(change, changed_f1(change, moment.last_visible));
  for (const auto& [model, entry] : model_registry()) {
    if (!entry.answers(TaskType::regression)) continue;
    const auto run = run_of(model, moment);
    const PredictResult expected = predict_at(run, f1_folder(), moment.at);
    ASSERT_GT(expected.entity.size(), 800u);
    for (const auto& [change, folder] : copies) {
      EXPECT_TRUE(same_predictions(predict_at(run, folder.path().string(), moment.at), expected))
          << model << ", " << to_string(change);
    }
  }
}

TEST_F(LeakageLaw, CanFail) {
  const Moment& moment = kMoments[1];
  // The same changes to rows that are visible: all after a moment long before.
  const TemporaryFolder copy = changed_f1(Change::overwrite, "1990-01-01");
  for (const auto& [model, entry] : model_registry()) {
    if (model == "constant" || !entry.answers(TaskType::regression)) continue;
    const auto run = run_of(model, moment);
    EXPECT_FALSE(same_predictions(predict_at(run, copy.path().string(), moment.at),
                                  predict_at(run, f1_folder(), moment.at)))
        << model;
  }
}

/// What training may look at (design: 4.1). The windows of training labels end at the validation time.
class TrainingLaw : public testing::Test {
 protected:
  static std::string bytes_on(const std::string& source, int epochs,
                              const std::string& protocol = "rolling",
                              const std::string& model = "sage") {
    const TemporaryFolder run("cenote-run");
    FitOptions options = fit_options(source, "driver-position", model, run.path() / "run", epochs);
    options.protocol = protocol;
    // Validation stops trees; without that they too are to know nothing of it.
    if (model == "boost") options.set.emplace_back("patience", "0");
    return fit_bytes(options);
  }
  /// Without what validation may choose: calibration and intervals.
  static std::string learned_on(const std::string& source, const std::string& model = "sage") {
    const TemporaryFolder folder("cenote-model");
    const auto file = folder.path() / "model.safetensors";
    write_file_atomically(file, bytes_on(source, 1, "rolling", model));
    ModelFile content = read_model(file);
    EXPECT_FALSE(content.confidence.intervals.empty());
    content.confidence = {};
    write_model(file, content);
    return read_file(file);
  }
};

TEST_F(TrainingLaw, RowsAfterTheTrainingLabelsChangeNoWeightOfAFixedEpoch) {
  const std::string expected = learned_on(f1_folder());
  for (const Change change : {Change::shuffle, Change::overwrite, Change::insert}) {
    const TemporaryFolder copy = changed_f1(change, "2005-01-01");
    EXPECT_TRUE(learned_on(copy.path().string()) == expected) << to_string(change);
  }
}

TEST_F(TrainingLaw, RowsAfterTheLastTrainingTimeChangeNeitherSchemaNorStatistics) {
  // The last training seed stands at 2004-11-02; its label window looks at results only.
  const std::string expected = learned_on(f1_folder());
  for (const Change change : kChanges) {
    const TemporaryFolder copy = changed_f1(
        change, "2004-11-02",
        {"races", "standings", "qualifying", "constructor_results", "constructor_standings"});
    EXPECT_TRUE(learned_on(copy.path().string()) == expected) << to_string(change);
  }
}

TEST_F(TrainingLaw, HoldsForTrees) {
  const auto trees = [](const std::string& source) { return learned_on(source, "boost"); };
  const std::string expected = trees(f1_folder());
  for (const Change change : {Change::shuffle, Change::overwrite, Change::insert}) {
    const TemporaryFolder copy = changed_f1(change, "2005-01-01");
    EXPECT_TRUE(trees(copy.path().string()) == expected) << to_string(change);
  }
  const TemporaryFolder visible = changed_f1(Change::overwrite, "2000-01-01", {"qualifying"});
  EXPECT_FALSE(trees(visible.path().string()) == expected);
}

TEST_F(TrainingLaw, TestRowsChangeNoByte) {
  for (const std::string protocol : {"rolling", "frozen"}) {
    const std::string expected = bytes_on(f1_folder(), 2, protocol);
    for (const Change change : kChanges) {
      if (protocol == "frozen" && change != Change::remove && change != Change::insert) continue;
      const TemporaryFolder copy = changed_f1(change, "2010-01-01");
      EXPECT_TRUE(bytes_on(copy.path().string(), 2, protocol) == expected)
          << protocol << ", " << to_string(change);
    }
  }
}

TEST_F(TrainingLaw, TrainingRowsChangeTheModel) {
  const TemporaryFolder other = changed_f1(Change::overwrite, "2000-01-01", {"qualifying"});
  EXPECT_FALSE(bytes_on(other.path().string(), 1) == bytes_on(f1_folder(), 1));
}

}  // namespace
}  // namespace cenote
