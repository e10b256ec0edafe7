// SPDX-License-Identifier: Apache-2.0
// Explanations add up, tell the direction, look into no future, and are the same on any number of threads.
#include "cenote/explain.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "base/check.h"
#include "base/random.h"
#include "base/time.h"
#include "engine/f1_copies.h"
#include "engine/generated_shop.h"
#include "engine/run_folder.h"
#include "engine/trained.h"
#include "engine/without.h"

namespace cenote {
namespace {

/// Of the sum against the prediction; both are doubles, and the last step spreads what is left.
constexpr double kAdditive = 1e-9;

const std::filesystem::path& run_of(const std::string& model) {
  static const TemporaryFolder folder("cenote-explain");
  static std::map<std::string, std::filesystem::path> done;
  const auto [at, fresh] = done.try_emplace(model, folder.path() / model);
  if (fresh) {
    FitOptions options = fit_options(f1_folder(), "driver-position", model, at->second, 2);
    if (model == "boost") options.set.back() = {"bags", "2"};
    fit(options);
  }
  return at->second;
}

/// A stack of trees, a network and the entity's mean, put together by hand.
const std::filesystem::path& stack_run() {
  static const TemporaryFolder folder("cenote-stack");
  static const std::filesystem::path run = [] {
    const auto out = folder.path() / "run";
    std::filesystem::copy(run_of("constant"), out);
    ModelFile stack = read_model(out / "model.safetensors");
    stack.model = "auto";
    stack.estimator = nullptr;
    stack.model_options.clear();
    stack.train_options.clear();
    for (const char* member : {"boost", "sage", "entity_mean"})
      stack.members.push_back(read_model(run_of(member) / "model.safetensors"));
    stack.weights = {0.5, 0.3, 0.2};
    write_model(out / "model.safetensors", stack);
    return out;
  }();
  return run;
}

ExplainOptions options_of(const std::filesystem::path& run,
                          std::vector<ExplainSeed> seeds = {{"1", "2008-06-01"}}) {
  ExplainOptions options;
  options.run.run = run.string();
  options.run.threads = 2;
  options.seeds = std::move(seeds);
  return options;
}

double sum_of(const Explanation& one) {
  double sum = one.average;
  for (const Contribution& part : one.contributions) sum += part.amount;
  return sum;
}

/// Everything that an explanation says, to the last bit.
std::string text_of(const Explanations& all) {
  std::string out;
  for (const Explanation& one : all.explanations) {
    out += fmt::format("{} {} {:a} {:a}\n", one.entity, one.time, one.prediction, one.average);
    for (const Contribution& part : one.contributions)
      out += fmt::format("{}|{}|{:a}|{}\n", part.sentence, part.value, part.amount, part.rows);
    for (const auto* list : {&one.rows, &one.cells}) {
      for (const ExplainedCell& cell : *list)
        out += fmt::format("{} {} {} {} {} {:a}\n", cell.table, cell.row, cell.time, cell.column,
                           cell.value, cell.amount);
    }
  }
  return out;
}

TEST(Explain, AddsUpToThePredictionForEveryModel) {
  for (const char* model : {"constant", "entity_mean", "boost", "sage", "relgnn", "stack"}) {
    const auto run = std::string(model) == "stack" ? stack_run() : run_of(model);
    const auto found =
        explain(options_of(run, {{"1", "2008-06-01"}, {"4", "2008-06-01"}, {"22", "2005-09-01"}}));
    ASSERT_EQ(found.explanations.size(), 3u) << model;
    for (const Explanation& one : found.explanations) {
      EXPECT_NEAR(sum_of(one), one.prediction, kAdditive) << model << " " << one.entity;
      EXPECT_EQ(one.contributions.empty(), std::string(model) == "constant");
    }
  }
  // Later labels and rows are in memory for the others, and change nothing.
  const auto early =
      explain(options_of(stack_run(), {{"22", "1996-05-01"}, {"1", "2008-06-01"}, {"1", ""}}));
  const std::pair<const char*, const char*> asked[] = {
      {"22", "1996-05-01"}, {"1", "2008-06-01"}, {"1", ""}};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(early.explanations[i].prediction,
              predict_at(stack_run(), "", asked[i].second, {asked[i].first}).prediction[0]);
  }
}

TEST(Explain, SeedsOfASplitArePredictedAsEvaluateDoes) {
  const auto val = predict_split(stack_run(), "", "val");
  ExplainOptions options = options_of(stack_run(), {});
  options.split = "val";
  for (const size_t i : {size_t{3}, val.entity.size() / 2})
    options.seeds.push_back({val.entity[i], format_time(val.time[i])});
  const auto found = explain(options);
  EXPECT_EQ(found.explanations[0].prediction, val.prediction[3]);
  EXPECT_EQ(found.explanations[1].prediction, val.prediction[val.entity.size() / 2]);
  for (const Explanation& one : found.explanations)
    EXPECT_NEAR(sum_of(one), one.prediction, kAdditive);
}

TEST(Explain, ClassesAndLabelsAddUpToTheirProbability) {
  const GeneratedShop shop;
  shop.add_forecast("multiclass_classification", "mode(colour)");
  shop.add_forecast("binary_classification", "CAST(count(*) > 5 AS INTEGER)");
  for (const char* type : {"multiclass_classification", "binary_classification"}) {
    for (const char* model : {"boost", "sage"}) {
      const TemporaryFolder folder("cenote-run");
      fit(fit_options(shop.path(), type, model, folder.path() / "run"));
      ExplainOptions options = options_of(folder.path() / "run", {{"c7", "2021-01-29"}});
      const Explanation likeliest = explain(options).explanations[0];
      EXPECT_NEAR(sum_of(likeliest), likeliest.prediction, kAdditive) << model << type;
      if (std::string(type) == "binary_classification") break;
      EXPECT_FALSE(likeliest.output.empty());
      options.output = "blue";
      const Explanation blue = explain(options).explanations[0];
      EXPECT_EQ(blue.output, "blue");
      EXPECT_NEAR(sum_of(blue), blue.prediction, kAdditive) << model;
      EXPECT_LE(blue.prediction, likeliest.prediction);
      options.output = "bleu";
      EXPECT_EQ(error_of([&] { explain(options); }).substr(0, 9), "bad_input");
    }
  }
}

TEST(Explain, IsTheSameForAnyNumberOfThreadsAndCompany) {
  ExplainOptions options = options_of(stack_run());
  options.run.threads = 1;
  const std::string expected = text_of(explain(options));
  options.run.threads = 3;
  EXPECT_EQ(text_of(explain(options)), expected);
  options.seeds.push_back({"4", "2008-06-01"});
  EXPECT_EQ(text_of(explain(options)).substr(0, expected.size()), expected);
}

TEST(Explain, SeesNothingThatTheSeedCannotSee) {
  const std::string expected = text_of(explain(options_of(stack_run())));
  const TemporaryFolder changed = changed_f1(Change::overwrite, "2008-06-01");
  ExplainOptions options = options_of(stack_run());
  options.run.source.source = changed.path().string();
  EXPECT_EQ(text_of(explain(options)), expected);
}

/// A run with its database in memory, to take cells away from.
struct Opened {
  OpenRun run;
  std::unique_ptr<ThreadPool> threads = make_threads(2);
  std::unique_ptr<Prepared> prepared;
  std::unique_ptr<Trained> trained;

  explicit Opened(const std::filesystem::path& path)
      : run(open_run({path.string(), {}, "", 2})),
        prepared(
            prepare_use(run.source, run.model, run.task, run.protocol, std::nullopt, *threads, {})),
        trained(make_trained(*prepared, run.model, run.model.scale, *threads)) {
    trained->load(run.model);
  }
  double predict_without(const Seed& seed, const Cell& cell) const {
    Without without(*prepared);
    without.cells({cell});
    return trained->predict(std::span(&seed, 1), {})[0];
  }
};

TEST(Explain, RemovingTheTopCellMovesThePredictionAsStatedMoreOftenThanARandomOne) {
  for (const char* model : {"boost", "sage"}) {
    const Opened opened(run_of(model));
    std::vector<Seed> seeds;
    for (int64_t i = 0; i < opened.prepared->val.size() && seeds.size() < 25; i += 11)
      seeds.push_back(opened.prepared->val.seeds[i]);
    const std::vector<Seed> reference(opened.prepared->train.seeds.begin(),
                                      opened.prepared->train.seeds.begin() + 50);
    const std::vector<int64_t> output(seeds.size(), 0);
    const auto effects = opened.trained->explain({seeds, output, reference}, {});
    const auto before = opened.trained->predict(seeds, {});
    int top = 0, random = 0, moved = 0, pairs = 0;
    for (size_t s = 0; s < seeds.size(); ++s) {
      std::map<Cell, double> cells;
      for (const Effect& effect : effects[s].effects) {
        for (const CellPart& part : effect.cells) {
          if (part.cell.column >= 0) cells[part.cell] += part.amount;
        }
      }
      if (cells.size() < 10) continue;
      ++pairs;
      const auto largest = std::max_element(cells.begin(), cells.end(), [](auto& a, auto& b) {
        return std::abs(a.second) < std::abs(b.second);
      });
      Random draw(s);
      const auto other = std::next(cells.begin(), static_cast<int64_t>(draw.below(cells.size())));
      const auto change = [&](const auto& cell) {
        return before[s] - opened.predict_without(seeds[s], cell.first);
      };
      const double by_largest = change(*largest);
      moved += by_largest != 0;  // trees stand still where no threshold is crossed
      top += by_largest * largest->second > 0;
      random += change(*other) * other->second > 0;
    }
    RecordProperty(std::string(model) + "_top", top);
    RecordProperty(std::string(model) + "_random", random);
    EXPECT_GE(pairs, 20) << model;
    EXPECT_GT(top, random) << model;
    EXPECT_GT(2 * top, moved) << model;
  }
}

TEST(Explain, WhatIsTakenAwayComesBack) {
  const Opened opened(run_of("boost"));
  const std::vector<Seed> seeds(opened.prepared->val.seeds.begin(),
                                opened.prepared->val.seeds.begin() + 20);
  const auto before = opened.trained->predict(seeds, {});
  const auto results = static_cast<int32_t>(opened.prepared->schema.find_table("results"));
  const auto column =
      static_cast<int32_t>(opened.prepared->schema.tables[results].find_column("positionOrder"));
  {
    Without without(*opened.prepared);
    without.order(results, {column}, 1000, 7);
    without.cells({{results, 3, column}});
    without.labels();
    for (size_t l = 0; l < opened.prepared->graph.links.size(); ++l) without.link(l);
    EXPECT_NE(opened.trained->predict(seeds, {}), before);
  }
  EXPECT_EQ(opened.trained->predict(seeds, {}), before);
}

TEST(Explain, WhatIsWrongIsSaid) {
  EXPECT_EQ(error_of([] {
              explain(options_of(run_of("boost"), {{"nobody", ""}}));
            }),
            "not_found: table 'drivers' has no row whose driverId is 'nobody'");
  EXPECT_EQ(error_of([] { explain(options_of("nowhere")); }).substr(0, 9), "not_found");
  EXPECT_EQ(error_of([] {
              explain(options_of(run_of("boost"), {{"1", "yesterday"}}));
            }).substr(0, 9),
            "bad_input");
  ExplainOptions options = options_of(run_of("boost"));
  options.output = "won";
  EXPECT_NE(error_of([&] { explain(options); }).find("no output 'won'"), std::string::npos);
  options = options_of(run_of("boost"), {{"1", ""}});
  options.split = "val";
  EXPECT_NE(error_of([&] { explain(options); }).find("has no time"), std::string::npos);

  // Nobody had heard of driver 1 in 1960.
  Hooks hooks;
  std::vector<std::string> warned;
  hooks.warning = [&](const std::string& code, const std::string&) { warned.push_back(code); };
  const auto unknown = explain(options_of(run_of("boost"), {{"1", "1960-01-01"}}), hooks);
  EXPECT_EQ(unknown.explanations[0].known_rows, 0);
  EXPECT_EQ(std::count(warned.begin(), warned.end(), "no_rows"), 1);
  EXPECT_NEAR(sum_of(unknown.explanations[0]), unknown.explanations[0].prediction, kAdditive);

  hooks.cancelled = [] { return true; };
  EXPECT_EQ(error_of([&] { explain(options_of(run_of("sage")), hooks); }).substr(0, 9),
            "cancelled");
}

TEST(Importance, FindsWhatTheRunRestsOnAndNothingElse) {
  ImportanceOptions options;
  options.run.run = run_of("boost").string();
  options.run.threads = 2;
  options.repeats = 1;
  options.seeds = 150;
  const Importance found = importance(options);
  EXPECT_EQ(found.metric, "mae");
  EXPECT_GT(found.rows, 100);
  EXPECT_LE(found.rows, 250);
  std::map<std::string, double> worse;
  std::map<std::string, int> kinds;
  for (const ImportanceItem& item : found.items) {
    EXPECT_LE(item.low, item.worse) << item.name;
    EXPECT_GE(item.high, item.worse) << item.name;
    worse[item.name] = item.worse;
    ++kinds[item.kind];
  }
  EXPECT_EQ(kinds.size(), 5u);
  EXPECT_GT(worse.at("results"), 0.05);
  EXPECT_GT(worse.at("results"), worse.at("circuits"));
  EXPECT_GT(worse.at("results.driverId"), 0.05);
  EXPECT_GT(worse.at("all that has a time"), 0.05);
  // Trees look at neither.
  EXPECT_EQ(worse.at("circuits.name"), 0);

  options.run.threads = 1;
  const Importance again = importance(options);
  ASSERT_EQ(again.items.size(), found.items.size());
  for (size_t i = 0; i < found.items.size(); ++i)
    EXPECT_EQ(again.items[i].worse, found.items[i].worse) << found.items[i].name;
}

TEST(Importance, AConstantRestsOnNothing) {
  ImportanceOptions options;
  options.run.run = run_of("constant").string();
  options.run.threads = 2;
  options.repeats = 1;
  for (const ImportanceItem& item : importance(options).items)
    EXPECT_EQ(item.worse, 0) << item.name;
}

}  // namespace
}  // namespace cenote
