// SPDX-License-Identifier: Apache-2.0
// Every sort of feature against its own SQL in DuckDB, on examples/f1.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/time.h"
#include "database/snapshot.h"
#include "feature/candidates.h"
#include "feature/compute.h"
#include "test_paths.h"

namespace cenote {
namespace {

struct F1 {
  F1() {
    SourceOptions options;
    options.source = CENOTE_SOURCE_DIR "/examples/f1";
    snapshot = std::make_unique<Snapshot>(Snapshot::open(options, {}));
    snapshot->infer_types(parse_time("2005-01-01"));
    ThreadPool threads(2);
    graph = build_graph(snapshot->schema(),
                        load_columns(*snapshot, snapshot->schema(), {}, threads, {}), threads);
    drivers = static_cast<int32_t>(snapshot->schema().find_table("drivers"));
  }
  FeatureSpace space() const { return {snapshot->schema(), graph, drivers}; }
  std::unique_ptr<Snapshot> snapshot;
  Graph graph;
  int32_t drivers = 0;
};

std::vector<Feature> suggested(const FeatureSpace& space, int64_t limit) {
  FeatureTask task;
  task.horizon = 30 * kMicrosPerDay;
  task.visible_until = parse_time("2005-01-01");
  return suggest_features(space, task, limit);
}

TEST(FeatureSql, GivesTheSameValuesAsTheEngine) {
  F1 f1;
  const FeatureSpace space = f1.space();
  // One of each sort: every place, term, pool and window that is suggested, not each of their values.
  std::vector<Feature> features;
  std::set<std::string> sorts;
  for (const Feature& feature : suggested(space, 100000)) {
    if (to_sql(space, feature).empty()) continue;
    std::string sort =
        fmt::format("{} {} {} {} {}", static_cast<int>(feature.source),
                    static_cast<int>(feature.pool), static_cast<int>(feature.term.kind),
                    static_cast<int>(feature.window.kind), feature.term.conditions.size());
    for (const int32_t relation : feature.anchor) sort += fmt::format(" {}", relation);
    sort += feature.term.column.up.empty() ? " own" : " parent";
    if (feature.anchor.size() < 2) {
      for (const int32_t relation : feature.rows) sort += fmt::format(" {}", relation);
    }
    if (sorts.insert(sort).second) features.push_back(feature);
  }
  EXPECT_GT(features.size(), 100u);

  std::vector<Seed> seeds;
  std::string values;
  const StoredTable& drivers = f1.graph.store.tables[f1.drivers];
  const Table& table = space.schema.tables[f1.drivers];
  const ColumnData& key = drivers.columns[table.find_column(table.primary_key[0])];
  for (int64_t row = 0; row < drivers.rows; row += 40) {
    for (const char* when : {"1998-05-10", "2004-07-25 12:00:00", "2009-10-18"}) {
      Seed seed;
      seed.row = row;
      seed.time = parse_time(when);
      seed.cut = seed.time - (row % 3) * 200 * kMicrosPerDay;
      seed.own_row = drivers.time[row] <= seed.cut;
      values += fmt::format("{}({}, {}, TIMESTAMP '{}', TIMESTAMP '{}')", seeds.empty() ? "" : ", ",
                            seeds.size(), value_text(key, row), format_time(seed.time),
                            format_time(seed.cut));
      seeds.push_back(seed);
    }
  }
  ThreadPool threads(2);
  const FeatureMatrix matrix = compute_features(space, {}, features, seeds, threads);
  int64_t compared = 0;
  for (size_t f = 0; f < features.size(); ++f) {
    const std::string sql = to_sql(space, features[f]);
    const QueryResult result = f1.snapshot->query(
        fmt::format("WITH s(n, entity, time, cut) AS (VALUES {}) SELECT CAST({} AS DOUBLE) AS v "
                    "FROM s ORDER BY n",
                    values, sql));
    ASSERT_EQ(result.rows, static_cast<int64_t>(seeds.size()));
    for (int64_t i = 0; i < result.rows; ++i) {
      const float got = matrix.columns[f][i];
      const std::string where =
          fmt::format("{}, seed {}\n{}", describe(space, features[f]), i, sql);
      // DuckDB's slope of one row is NaN, ours is missing.
      if (!result.columns[0].is_valid(i) || std::isnan(result.columns[0].reals[i])) {
        EXPECT_TRUE(std::isnan(got)) << got << " for " << where;
        continue;
      }
      const double expected = result.columns[0].reals[i];
      ASSERT_NEAR(got, expected, 1e-5 * std::max(1.0, std::abs(expected))) << where;
      ++compared;
    }
  }
  EXPECT_GT(compared, 5000);
}

TEST(Features, ComeBackFromTheirDescription) {
  F1 f1;
  const FeatureSpace space = f1.space();
  std::set<std::string> names;
  const auto features = suggested(space, 100000);
  for (const Feature& feature : features) {
    const auto json = save_feature(space, feature);
    EXPECT_EQ(save_feature(space, load_feature(space, json)), json);
    names.insert(describe(space, feature));
  }
  EXPECT_EQ(names.size(), features.size());  // no two have the same sentence
  EXPECT_EQ(suggested(space, 50).size(), 50u);
}

TEST(Features, DoNotDependOnThreadsNorOnOtherSeeds) {
  F1 f1;
  const FeatureSpace space = f1.space();
  const auto features = suggested(space, 700);
  std::vector<Seed> seeds;
  for (int64_t row = 0; row < 40; ++row)
    seeds.push_back({row * 7, parse_time("2004-07-25"), parse_time("2004-07-25"), true});
  ThreadPool one(1), three(3);
  const LabelRows no_labels{{}, {}, {}, {{}}};
  const FeatureMatrix a = compute_features(space, no_labels, features, seeds, one);
  const FeatureMatrix b = compute_features(space, no_labels, features, seeds, three);
  const std::vector<Seed> single = {seeds[17]};
  const FeatureMatrix c = compute_features(space, no_labels, features, single, one);
  for (size_t f = 0; f < features.size(); ++f) {
    for (size_t i = 0; i < seeds.size(); ++i)
      ASSERT_EQ(std::bit_cast<uint32_t>(a.columns[f][i]), std::bit_cast<uint32_t>(b.columns[f][i]));
    ASSERT_EQ(std::bit_cast<uint32_t>(a.columns[f][17]), std::bit_cast<uint32_t>(c.columns[f][0]))
        << describe(space, features[f]);
  }
}

}  // namespace
}  // namespace cenote
