// SPDX-License-Identifier: Apache-2.0
// Model auto: what was done can be done again, what was finished is not lost, and noise teaches nothing.
#include "engine/search.h"

#include <gmock/gmock.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/time.h"
#include "engine/f1_copies.h"
#include "engine/generated_shop.h"
#include "engine/run_folder.h"

namespace cenote {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class SearchTest : public testing::Test {
 protected:
  SearchTest() {
    shop_.add_forecast("binary_classification", "CAST(sum(amount) > 400 AS INTEGER)");
  }

  FitOptions options(const std::string& run) const {
    FitOptions out;
    out.source.source = shop_.path();
    out.task = "binary_classification";
    out.threads = 2;
    out.out = (folder_.path() / run).string();
    return out;
  }
  FitOptions scheduled(const std::string& run, const std::string& text) const {
    const auto path = folder_.path() / (run + ".json");
    write_file_atomically(path, text);
    FitOptions out = options(run);
    out.schedule = path.string();
    return out;
  }

  GeneratedShop shop_;
  TemporaryFolder folder_{"cenote-runs"};
};

constexpr char kSchedule[] = R"([
  {"model": "constant", "set": {}, "seed": 0, "trial": false},
  {"model": "boost", "set": {"rounds": "10", "search": "false", "bags": "1"}, "seed": 0, "trial": false},
  {"model": "sage", "set": {"epochs": "1", "channels": "32"}, "seed": 0, "trial": true},
  {"model": "sage", "set": {"epochs": "2", "channels": "32"}, "seed": 0, "trial": false},
  {"model": "sage", "set": {"epochs": "2", "channels": "32"}, "seed": 1, "trial": false}])";

TEST_F(SearchTest, WhatWasDoneWithinABudgetGivesTheSameBytesAgain) {
  FitOptions first = options("first");
  first.budget = "6 seconds";
  const FitResult found = fit(first);
  EXPECT_GE(found.tried.size(), 3u);
  EXPECT_FALSE(found.kept.empty());
  EXPECT_FALSE(std::filesystem::exists(RunPaths(first.out).parts));
  FitOptions again = options("again");
  again.schedule = first.out;
  again.threads = 1;
  const FitResult repeated = fit(again);
  EXPECT_EQ(repeated.kept, found.kept);
  EXPECT_EQ(repeated.tried.size(), found.tried.size());
  EXPECT_TRUE(model_bytes(again.out) == model_bytes(first.out));
  EXPECT_EQ(read_file(RunPaths(again.out).schedule), read_file(RunPaths(first.out).schedule));
}

TEST_F(SearchTest, TheBudgetIsKept) {
  FitOptions small = options("run");
  small.budget = "3 seconds";
  const auto start = std::chrono::steady_clock::now();
  fit(small);
  const std::chrono::duration<double> used = std::chrono::steady_clock::now() - start;
  // Two seconds for a machine that does something else. Without a budget it takes three times as long.
  EXPECT_LT(used.count(), 3 * 1.1 + 2);
}

TEST_F(SearchTest, InterruptedAndResumedIsTheSameAsStraight) {
  const FitOptions straight = scheduled("straight", kSchedule);
  const std::string expected = fit_bytes(straight);
  for (const char* stop_in : {"boost", "sage", "seed 1"}) {
    FitOptions resumed = scheduled(std::string("stopped in ") + stop_in, kSchedule);
    Hooks hooks;
    bool stop = false;
    hooks.progress = [&](const Progress& p) {
      stop = stop || (p.item.find(stop_in) != std::string::npos && !p.item_finished);
    };
    hooks.cancelled = [&] { return stop; };
    const std::string error = error_of([&] { fit(resumed, hooks); });
    EXPECT_THAT(error, StartsWith("cancelled: interrupted while training"));
    EXPECT_THAT(error, HasSubstr(stop_in));
    EXPECT_FALSE(std::filesystem::exists(RunPaths(resumed.out).model));
    resumed.resume = true;
    std::vector<std::string> trained;
    Hooks watch;
    watch.progress = [&](const Progress& p) {
      if (!p.item.empty() && !p.item_finished && p.phase != "predict") trained.push_back(p.item);
    };
    fit(resumed, watch);
    EXPECT_TRUE(model_bytes(resumed.out) == expected) << stop_in;
    ASSERT_FALSE(trained.empty());
    EXPECT_THAT(trained[0], HasSubstr(stop_in));  // those before were taken as they were
  }
}

TEST_F(SearchTest, AFinishedModelThatIsDamagedIsTrainedAgain) {
  const std::string expected = fit_bytes(scheduled("straight", kSchedule));
  FitOptions resumed = scheduled("damaged", kSchedule);
  Hooks hooks;
  bool stop = false;
  hooks.progress = [&](const Progress& p) {
    stop = stop || p.item.find("seed 1") != std::string::npos;
  };
  hooks.cancelled = [&] { return stop; };
  EXPECT_THAT(error_of([&] { fit(resumed, hooks); }), StartsWith("cancelled"));
  size_t damaged = 0;
  for (const auto& file : std::filesystem::directory_iterator(RunPaths(resumed.out).parts)) {
    if (file.path().string().find(".model.") == std::string::npos) continue;
    std::filesystem::resize_file(file.path(), 100);
    ++damaged;
  }
  EXPECT_EQ(damaged, 4u);
  resumed.resume = true;
  size_t warned = 0;
  Hooks watch;
  watch.warning = [&](const std::string& code, const std::string&) {
    warned += code == "damaged_part";
  };
  fit(resumed, watch);
  EXPECT_EQ(warned, 4u);
  EXPECT_TRUE(model_bytes(resumed.out) == expected);
}

TEST_F(SearchTest, MembersShareAndTrialsDoNot) {
  const FitResult result = fit(scheduled("run", kSchedule));
  double sum = 0;
  for (const FitTried& one : result.tried) {
    sum += one.weight;
    if (one.trial) {
      EXPECT_EQ(one.weight, 0) << one.name;
    }
  }
  EXPECT_NEAR(sum, 1, 1e-12);
  ASSERT_EQ(result.tried.size(), 5u);
  EXPECT_EQ(result.tried[4].name, "sage channels=32 epochs=2, seed 1");
  EXPECT_NE(result.tried[3].metric, result.tried[4].metric);
  EXPECT_EQ(result.contenders[0].name, "constant");
  EXPECT_DOUBLE_EQ(result.contenders[0].metric, .5);
}

TEST_F(SearchTest, AModelThatCannotBeTrainedIsLeftOut) {
  // Two layers need two numbers.
  FitOptions one = scheduled("run", R"([
    {"model": "constant", "set": {}, "seed": 0, "trial": false},
    {"model": "sage", "set": {"fanout": "8"}, "seed": 0, "trial": false}])");
  std::vector<std::string> warnings;
  Hooks hooks;
  hooks.warning = [&](const std::string& code, const std::string& message) {
    if (code == "model_failed") warnings.push_back(message);
  };
  const FitResult result = fit(one, hooks);
  EXPECT_EQ(result.kept, "constant");
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_THAT(warnings[0], HasSubstr("fanout"));
}

TEST_F(SearchTest, ABudgetThatIsTooSmallForNetworksSaysSo) {
  FitOptions one = options("run");
  one.budget = "1 second";
  one.set = {{"models", "constant,sage"},
             {"model.sage.channels", "1024"},
             {"model.sage.blocks", "16"},
             {"model.sage.fanout", "512,512"}};
  std::vector<std::string> warnings;
  Hooks hooks;
  hooks.warning = [&](const std::string& code, const std::string& message) {
    if (code == "networks_not_tried") warnings.push_back(message);
  };
  EXPECT_EQ(fit(one, hooks).kept, "constant");
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_THAT(warnings[0], HasSubstr("--budget"));
}

TEST_F(SearchTest, ChoosesByAPartOfManyValidationLabels) {
  const auto threads = make_threads(1);
  const FitOptions of = options("run");
  const auto prepared =
      prepare_training(of.source, of.task, Protocol::rolling, AsOf::inclusive, {}, *threads, {});
  const SeedTable whole = make_selection(*prepared, 0, 1'000'000, 1);
  EXPECT_EQ(whole.label, prepared->val.label);
  for (int64_t i = 0; i < whole.size(); ++i)
    EXPECT_EQ(whole.seeds[i].cut, prepared->val.seeds[i].cut);
  const SeedTable part = make_selection(*prepared, 0, 40, 1);
  EXPECT_NEAR(static_cast<double>(part.size()), 40, 20);
  EXPECT_EQ(part.label.size(), part.seeds.size());
}

TEST_F(SearchTest, RowsAreEncodedForNetworksOnly) {
  const auto threads = make_threads(1);
  const FitOptions of = options("run");
  for (const auto& [model, coded] : {std::pair("boost", false), {"sage", true}, {"auto", true}}) {
    TaskChoice task(of.task);
    task.model = model;
    const auto prepared =
        prepare_training(of.source, task, Protocol::rolling, AsOf::inclusive, {}, *threads, {});
    EXPECT_EQ(prepared->coded, coded) << model;
    for (size_t t = 0; t < prepared->codes.size(); ++t)
      EXPECT_EQ(prepared->codes[t].rows, coded ? prepared->schema.tables[t].rows : 0) << model;
  }
}

TEST_F(SearchTest, UnderStalenessSelectionSeesTheDatabaseAsOfSeveralEarlierTimes) {
  const auto threads = make_threads(1);
  const FitOptions of = options("run");
  const auto prepared =
      prepare_training(of.source, of.task, Protocol::rolling, AsOf::inclusive, {}, *threads, {});
  const int64_t staleness = 400 * kMicrosPerDay;
  const SeedTable selection = make_selection(*prepared, staleness, 1'000'000, 1);
  const int64_t once = prepared->val.size();
  ASSERT_EQ(selection.size(), 4 * once);
  for (int64_t i = 0; i < selection.size(); ++i) {
    const Seed& seed = selection.seeds[i];
    EXPECT_EQ(seed.time, prepared->val.seeds[i % once].time);
    EXPECT_EQ(selection.label[i], prepared->val.label[i % once]);
    const int64_t lag = seed.time - seed.cut, part = i / once;
    EXPECT_GE(lag, part * staleness / 4);
    EXPECT_LE(lag, (part + 1) * staleness / 4);
  }
}

TEST_F(SearchTest, BadSchedulesAndBudgetsAreRefused) {
  const auto error = [&](const std::string& text) {
    return error_of([&] { fit(scheduled("bad", text)); });
  };
  EXPECT_THAT(error("[{\"model\": 5}]"), HasSubstr("bad.json: is no schedule: a list of"));
  EXPECT_THAT(error("no json"), HasSubstr("bad.json: is not valid JSON"));
  EXPECT_THAT(error("[]"), HasSubstr("bad.json: holds no model"));
  EXPECT_THAT(error(R"([{"model":"auto","set":{},"seed":0,"trial":false}])"), HasSubstr("auto"));
  EXPECT_THAT(error(R"([{"model":"sage","set":{"epohs":"1"},"seed":0,"trial":false}])"),
              HasSubstr("epochs"));
  FitOptions few = scheduled("few", kSchedule);
  few.set = {{"models", "constant,sage"}};
  EXPECT_THAT(error_of([&] { fit(few); }), HasSubstr("trains 'boost'"));
  FitOptions other = options("other");
  other.model = "constant";
  other.budget = "5 seconds";
  EXPECT_THAT(error_of([&] { fit(other); }), HasSubstr("model auto"));
  FitOptions both = scheduled("both", kSchedule);
  both.budget = "5 seconds";
  EXPECT_THAT(error_of([&] { fit(both); }), HasSubstr("--budget"));
  FitOptions little = options("little");
  little.budget = "0 seconds";
  EXPECT_THAT(error_of([&] { fit(little); }), HasSubstr("1 second"));
}

TEST_F(SearchTest, FixedOptionsAreNotSearched) {
  FitOptions one = options("one");
  one.budget = "5 seconds";
  one.set = {{"models", "constant,sage"},
             {"model.sage.channels", "32"},
             {"model.sage.epochs", "1"},
             {"model.sage.pool", "max"},
             {"model.sage.fanout", "4,4"}};
  const FitResult result = fit(one);
  for (const FitTried& tried : result.tried) {
    if (tried.name == "constant") continue;
    EXPECT_THAT(tried.name, StartsWith("sage channels=32 epochs=1 fanout=4,4 pool=max"));
  }
}

class SettingSearch : public SearchTest, public testing::WithParamInterface<std::string> {};
INSTANTIATE_TEST_SUITE_P(Options, SettingSearch, testing::Values("joins", "pool"));

TEST_P(SettingSearch, IsMadeAndAScheduleTrainsItAgain) {
  const auto on_f1 = [&](const std::string& run) {
    FitOptions out = options(run);
    out.source.source = f1_folder();
    out.task = "driver-top3";
    out.set = {{"models", "constant,sage"},
               {GetParam(), "search"},
               {"model.sage.channels", "32"},
               {"model.sage.epochs", "5"},
               {"model.sage.fanout", "2,2"}};
    // Of one setting alone there is time to try more.
    if (GetParam() == "joins") out.set.emplace_back("model.sage.pool", "max");
    return out;
  };
  FitOptions one = on_f1("one");
  one.budget = "15 seconds";
  const FitResult result = fit(one);
  int64_t tries = 0;
  for (const FitTried& tried : result.tried)
    tries += tried.trial && tried.name.find(GetParam() + "=") != std::string::npos;
  EXPECT_GE(tries, 3);
  FitOptions again = on_f1("again");
  again.schedule = one.out;
  fit(again);
  EXPECT_EQ(read_file(RunPaths(one.out).model), read_file(RunPaths(again.out).model));
}

}  // namespace
}  // namespace cenote
