// SPDX-License-Identifier: Apache-2.0
// The label tables of the f1 example equal RelBench's: sizes, seed times, means, and the scores of the
// trivial predictors that RelBench publishes (test predictors see train and val; an unseen driver gets 0).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <memory>

#include "base/time.h"
#include "metric/metric.h"
#include "testing.h"

namespace cenote {
namespace {

std::unique_ptr<Snapshot> shared_f1;

/// Closes the database before the process ends: DuckDB's own statics may be gone before ours.
class CloseF1 : public ::testing::Environment {
  void TearDown() override { shared_f1.reset(); }
};
const ::testing::Environment* const close_f1 = ::testing::AddGlobalTestEnvironment(new CloseF1);

const Snapshot& f1() {
  if (!shared_f1) shared_f1 = std::make_unique<Snapshot>(open_f1());
  return *shared_f1;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

size_t distinct_times(const LabelTable& table) {
  return std::set<int64_t>(table.time.begin(), table.time.end()).size();
}

/// As many digits as the published table prints.
double rounded(double value, int digits) {
  const double scale = std::pow(10, digits);
  return std::round(value * scale) / scale;
}

struct Expected {
  const char* task;
  std::array<int64_t, 3> rows;
  std::array<size_t, 3> times;  // empty for autocomplete
  const char* last_test_time;
  std::array<double, 3> mean;
  int digits;
};

void PrintTo(const Expected& expected, std::ostream* out) { *out << expected.task; }

class F1Task : public testing::TestWithParam<Expected> {};

TEST_P(F1Task, LabelTablesEqualThePublishedOnes) {
  const Expected& expected = GetParam();
  const Labels labels = f1_labels(f1(), expected.task);
  const std::array<const LabelTable*, 3> tables{&labels.train, &labels.val, &labels.test};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(tables[i]->size(), expected.rows[i]) << i;
    EXPECT_EQ(tables[i]->entity.size(), expected.rows[i]) << i;
    if (expected.times[i] == 0) continue;
    EXPECT_EQ(distinct_times(*tables[i]), expected.times[i]) << i;
    EXPECT_EQ(rounded(mean_of(tables[i]->label), expected.digits), expected.mean[i]) << i;
  }
  if (expected.last_test_time != nullptr) {
    EXPECT_EQ(format_time(labels.test.time.back()), expected.last_test_time);
  }
  EXPECT_EQ(labels.last_training_time, labels.train.time.back());
  for (const LabelTable* table : tables)
    EXPECT_TRUE(std::is_sorted(table->time.begin(), table->time.end()));
}

INSTANTIATE_TEST_SUITE_P(
    Labels, F1Task,
    testing::Values(
        Expected{"driver-position",
                 {7453, 499, 760},
                 {254, 23, 33},
                 "2016-05-29",
                 {13.90, 11.08, 11.93},
                 2},
        Expected{
            "driver-dnf", {11411, 566, 702}, {420, 26, 29}, "2013-03-16", {.8804, .7792, .7051}, 4},
        Expected{
            "driver-top3", {1353, 588, 726}, {59, 27, 30}, "2013-03-16", {.1707, .2024, .1763}, 4},
        Expected{"results-position", {8997, 1400, 4798}, {}, nullptr, {}, 0},
        Expected{"qualifying-position", {2228, 1854, 5733}, {}, nullptr, {}, 0}),
    [](const auto& test) {
      std::string name = test.param.task;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

/// What a predictor of past labels knows: for validation the training labels, for test both.
struct Past {
  std::vector<double> all;
  std::map<int64_t, std::vector<double>> of_driver;

  void add(const LabelTable& table) {
    for (size_t i = 0; i < table.time.size(); ++i) {
      all.push_back(table.label[i]);
      of_driver[table.entity.integers[i]].push_back(table.label[i]);
    }
  }
  template <class Summary>
  std::vector<double> predict(const LabelTable& table, Summary summary) const {
    std::vector<double> out;
    for (const int64_t driver : table.entity.integers) {
      const auto found = of_driver.find(driver);
      out.push_back(found == of_driver.end() ? 0 : summary(found->second));
    }
    return out;
  }
};

double score(const char* metric, const std::vector<double>& prediction, const LabelTable& table) {
  return metric_registry().at(metric).compute({prediction, table.label, 1});
}

TEST(F1TrivialPredictors, DriverPositionMae) {
  const Labels labels = f1_labels(f1(), "driver-position");
  Past past;
  const std::array<const LabelTable*, 2> seen{&labels.train, &labels.val},
      asked{&labels.val, &labels.test};
  // zero, global mean, global median, driver mean, driver median
  const std::array<std::array<double, 5>, 2> expected{
      {{11.083, 4.334, 4.136, 7.181, 7.114}, {11.926, 4.513, 4.399, 8.501, 8.519}}};
  for (size_t i = 0; i < 2; ++i) {
    past.add(*seen[i]);
    const auto constant = [&](double value) {
      return std::vector<double>(static_cast<size_t>(asked[i]->size()), value);
    };
    EXPECT_EQ(rounded(score("mae", constant(0), *asked[i]), 3), expected[i][0]);
    EXPECT_EQ(rounded(score("mae", constant(mean_of(past.all)), *asked[i]), 3), expected[i][1]);
    EXPECT_EQ(rounded(score("mae", constant(median_of(past.all)), *asked[i]), 3), expected[i][2]);
    EXPECT_EQ(rounded(score("mae", past.predict(*asked[i], mean_of), *asked[i]), 3),
              expected[i][3]);
    EXPECT_EQ(rounded(score("mae", past.predict(*asked[i], median_of), *asked[i]), 3),
              expected[i][4]);
  }
}

TEST(F1TrivialPredictors, DriverMeanAuroc) {
  const std::map<std::string, std::array<double, 2>> expected{{"driver-dnf", {.464, .447}},
                                                              {"driver-top3", {.626, .704}}};
  for (const auto& [task, values] : expected) {
    const Labels labels = f1_labels(f1(), task);
    Past past;
    past.add(labels.train);
    EXPECT_EQ(rounded(score("auroc", past.predict(labels.val, mean_of), labels.val), 3), values[0])
        << task;
    past.add(labels.val);
    EXPECT_EQ(rounded(score("auroc", past.predict(labels.test, mean_of), labels.test), 3),
              values[1])
        << task;
  }
}

TEST(F1Database, RowsEqualThePublishedOnes) {
  // Rows in all and up to the test time; 74,063 of the latter together.
  const std::map<std::string, std::array<int64_t, 2>> expected{
      {"circuits", {77, 77}},
      {"constructors", {211, 211}},
      {"drivers", {857, 857}},
      {"races", {1101, 820}},
      {"results", {26080, 20323}},
      {"standings", {34124, 28115}},
      {"qualifying", {9815, 4082}},
      {"constructor_results", {12290, 9408}},
      {"constructor_standings", {13051, 10170}}};
  const Schema& schema = f1().schema();
  EXPECT_EQ(schema.tables.size(), expected.size());
  EXPECT_EQ(schema.links.size(), 13u);
  int64_t columns = 0, total = 0;
  for (const Table& table : schema.tables) {
    EXPECT_EQ(table.rows, expected.at(table.name)[0]) << table.name;
    columns += static_cast<int64_t>(table.columns.size());
    int64_t visible = table.rows;
    if (!table.time_column.empty()) {
      const auto time = f1().read_columns(table.name, {table.time_column});
      visible = std::count_if(time[0].integers.begin(), time[0].integers.end(),
                              [&](int64_t t) { return t <= *schema.test_timestamp; });
    }
    EXPECT_EQ(visible, expected.at(table.name)[1]) << table.name;
    total += visible;
  }
  EXPECT_EQ(total, 74063);
  EXPECT_EQ(columns, 67);
}

TEST(F1Tasks, AreListed) {
  EXPECT_EQ(task_names(f1()),
            (std::vector<std::string>{"driver-circuit-compete", "driver-dnf", "driver-position",
                                      "driver-top3", "qualifying-position", "results-position"}));
}

TEST(F1Tasks, LinksEqualThePublishedOnes) {
  const Task task = load_task("driver-circuit-compete", f1());
  EXPECT_EQ(task.entity_table, "drivers");
  EXPECT_EQ(task.item_table, "circuits");
  EXPECT_EQ(task.k, 10);
  EXPECT_EQ(task.metric, "map_at_k");
  const Labels labels = make_labels(task, f1(), {});
  // Lists, seed times.
  EXPECT_EQ(labels.train.size(), 2649);
  EXPECT_EQ(labels.val.size(), 27);
  EXPECT_EQ(labels.test.size(), 27);
  EXPECT_EQ(distinct_times(labels.train), 54u);
  EXPECT_EQ(distinct_times(labels.val), 1u);
  EXPECT_EQ(distinct_times(labels.test), 1u);
  EXPECT_EQ(format_time(labels.test.time.back()), "2010-01-01");
  for (const LabelTable* table : {&labels.train, &labels.val, &labels.test}) {
    ASSERT_EQ(std::ssize(table->item_offsets), table->size() + 1);
    EXPECT_EQ(table->item_offsets.back(), table->item.size());
    for (int64_t i = 0; i < table->size(); ++i) {
      const int64_t first = table->item_offsets[i], last = table->item_offsets[i + 1];
      EXPECT_EQ(table->label[i], static_cast<double>(last - first));
      ASSERT_LT(first, last);
      // In key order, none twice.
      for (int64_t at = first + 1; at < last; ++at)
        EXPECT_LT(table->item.integers[at - 1], table->item.integers[at]);
    }
  }
}

TEST(F1Tasks, AutocompleteNamesRows) {
  const Task task = load_task("results-position", f1());
  EXPECT_EQ(task.entity_table, "results");
  EXPECT_EQ(task.time_column, "date");
  EXPECT_EQ(task.remove_columns.size(), 8u);
  EXPECT_EQ(task.remove_columns[0], (std::pair<std::string, std::string>("results", "position")));
  const Labels labels = make_labels(task, f1(), {});
  EXPECT_TRUE(labels.train.by_row);
  const auto position = f1().read_columns("results", {"position", "date"});
  for (size_t i = 0; i < labels.test.time.size(); i += 97) {
    const auto row = static_cast<size_t>(labels.test.entity.integers[i]);
    EXPECT_EQ(static_cast<double>(position[0].integers[row]), labels.test.label[i]);
    EXPECT_EQ(position[1].integers[row], labels.test.time[i]);
  }
}

}  // namespace
}  // namespace cenote
