// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"
#include "metric_check.h"

namespace cenote {
namespace {

Interval interval_of(const std::string& name, const Numbers& prediction, const Numbers& label,
                     const std::vector<int64_t>& entity, uint64_t seed = 7, int64_t width = 1) {
  return bootstrap(metric_registry().at(name), {prediction, label, width}, entity, seed);
}

TEST(Bootstrap, CoversTheStandardErrorOfAMean) {
  // Errors uniform in [0, 1): the mean of 400 has standard error sqrt(1/12/400) = 0.01443.
  Numbers prediction, label(400, 0);
  std::vector<int64_t> entity;
  Random random(1);
  for (int i = 0; i < 400; ++i) {
    prediction.push_back(random.uniform());
    entity.push_back(i);
  }
  const Interval interval = interval_of("mae", prediction, label, entity);
  EXPECT_EQ(interval.value, metric_value("mae", prediction, label));
  EXPECT_NEAR(interval.high - interval.low, 2 * 1.96 * 0.01443, 0.008);
  EXPECT_LT(interval.low, interval.value);
  EXPECT_GT(interval.high, interval.value);
}

TEST(Bootstrap, OfManyRowsIsThatOfAPartShrunk) {
  // As above, of 60,000: standard error sqrt(1/12/60000) = 0.0011785, from a third of the entities.
  constexpr int kRows = 60'000;
  Numbers prediction, label(kRows, 0);
  std::vector<int64_t> entity;
  Random random(2);
  for (int i = 0; i < kRows; ++i) {
    prediction.push_back(random.uniform());
    entity.push_back(i / 3);
  }
  const Interval interval = interval_of("mae", prediction, label, entity);
  EXPECT_EQ(interval.value, metric_value("mae", prediction, label));
  EXPECT_NEAR(interval.high - interval.low, 2 * 1.96 * 0.0011785, 0.0007);
  EXPECT_NEAR((interval.high + interval.low) / 2, interval.value, 0.0005);
}

TEST(Bootstrap, IsLeftWhenItIsCancelled) {
  int asked = 0;
  EXPECT_THROW(bootstrap(metric_registry().at("mae"), {Numbers{0, 1}, Numbers{0, 0}, 1},
                         std::vector<int64_t>{1, 2}, 7, [&] { return ++asked == 5; }),
               Error);
  EXPECT_EQ(asked, 5);
}

TEST(Bootstrap, RowsOfOneEntityComeTogether) {
  // Two entities, one always right, one always wrong by 1: a draw gives 0, 1/2 or 1 and nothing else.
  const Interval interval = interval_of("mae", {0, 1, 0, 1}, {0, 0, 0, 0}, {5, -3, 5, -3});
  EXPECT_EQ(interval.value, 0.5);
  EXPECT_EQ(interval.low, 0);
  EXPECT_EQ(interval.high, 1);
  const Interval one = interval_of("mae", {0, 1, 0, 1}, {0, 0, 0, 0}, {9, 9, 9, 9});
  EXPECT_EQ(one.low, 0.5);
  EXPECT_EQ(one.high, 0.5);
}

TEST(Bootstrap, TheSameSeedGivesTheSameInterval) {
  const std::vector<int64_t> entity = {1, 2, 3, 4, 5, 6, 7};
  const Interval a = interval_of("auroc", kBinaryPrediction, kBinaryLabel, entity, 3);
  const Interval b = interval_of("auroc", kBinaryPrediction, kBinaryLabel, entity, 3);
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.high, b.high);
  EXPECT_FALSE(std::isnan(a.low));  // draws with one class only were left out
}

TEST(Bootstrap, TheNamesOfEntitiesDoNotMatter) {
  const Interval a = interval_of("mae", {0, 1, 3}, {0, 0, 0}, {0, 1, 2});
  const Interval b = interval_of("mae", {0, 1, 3}, {0, 0, 0}, {-50, 7, int64_t{1} << 60});
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.high, b.high);
}

TEST(Bootstrap, WideRowsStayWhole) {
  const Interval interval =
      interval_of("accuracy", kClassPrediction, kClassLabel, {1, 2, 3, 4, 5}, 1, 3);
  EXPECT_DOUBLE_EQ(interval.value, 0.4);
  EXPECT_GE(interval.low, 0);
  EXPECT_LE(interval.high, 1);
  const Interval labels = interval_of("f1_micro", kLabelsPrediction, kLabels, {1, 2, 3, 4}, 1, 3);
  EXPECT_LT(labels.low, labels.high);
}

TEST(Bootstrap, UndefinedStaysUndefined) {
  const Interval none = interval_of("mae", {}, {}, {});
  EXPECT_TRUE(std::isnan(none.value) && std::isnan(none.low) && std::isnan(none.high));
  const Interval one_class = interval_of("auroc", {0.1, 0.2}, {1, 1}, {1, 2});
  EXPECT_TRUE(std::isnan(one_class.value) && std::isnan(one_class.low));
  EXPECT_THROW(interval_of("mae", {1, 2}, {1, 2}, {1}), Error);
}

double difference_of(const Numbers& a, const Numbers& b, const Numbers& label,
                     const std::vector<int64_t>& entity) {
  return difference_error(metric_registry().at("mae"), {a, label}, b, entity, 7);
}

TEST(DifferenceError, IsThatOfTheDifferenceNotOfTheMetrics) {
  // Errors differ widely between rows, but the second is always worse by 1: that is certain.
  Numbers a, b, c, label;
  std::vector<int64_t> entity;
  Random random(2);
  for (int i = 0; i < 400; ++i) {
    a.push_back(100 * random.uniform());
    b.push_back(a.back() + 1);
    c.push_back(a.back() + random.uniform());
    label.push_back(0);
    entity.push_back(i);
  }
  EXPECT_NEAR(difference_of(a, b, label, entity), 0, 1e-9);
  EXPECT_NEAR(difference_of(c, a, label, entity), 0.01443, 0.003);
  EXPECT_TRUE(std::isnan(difference_of({}, {}, {}, {})));
  EXPECT_THROW(difference_of({1}, {1, 2}, {1}, {1}), Error);
}

TEST(DifferenceError, OfManyRowsIsEstimatedFromAPart) {
  // 60,000 rows, of which 20,000 are drawn from: the error is that of all.
  Numbers a, b(60'000, 0.0), label(60'000, 0.0);
  std::vector<int64_t> entity;
  Random random(4);
  for (int i = 0; i < 60'000; ++i) {
    a.push_back(random.uniform());
    entity.push_back(i);
  }
  const double expected = std::sqrt(1.0 / 12 / 60'000);
  EXPECT_NEAR(difference_of(a, b, label, entity), expected, expected / 5);
}

TEST(MetricRegistry, EntriesDescribeThemselves) {
  for (const auto& [name, entry] : metric_registry()) {
    EXPECT_FALSE(entry.info.summary.empty()) << name;
    EXPECT_FALSE(entry.info.source.empty()) << name;
    EXPECT_FALSE(entry.info.example.empty()) << name;
    EXPECT_FALSE(entry.task_types.empty()) << name;
    EXPECT_NE(entry.compute, nullptr) << name;
  }
  for (const char* name : {"mae", "rmse", "r2", "auroc", "average_precision", "accuracy", "f1",
                           "f1_macro", "log_loss"}) {
    EXPECT_TRUE(metric_registry().has(name)) << name;
  }
}

}  // namespace
}  // namespace cenote
