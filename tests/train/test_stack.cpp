// SPDX-License-Identifier: Apache-2.0
#include "train/stack.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

#include "base/random.h"
#include "cenote/error.h"

namespace cenote {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::Pointwise;

Judge mae_of(const std::vector<double>& label) {
  return {"mae", false, [label](const Predictions& prediction) {
            return metric_registry().at("mae").compute({prediction, label});
          }};
}

TEST(Stack, WeighsByWhatHelps) {
  // The first is too high by 1 where the second is too low by 3: three parts of one and one of the other are
  // exact. The third only does harm.
  const std::vector<double> label = {1, 5, 9, 2};
  const std::vector<Predictions> predictions = {{2, 6, 10, 3}, {-2, 2, 6, -1}, {30, 0, 30, 0}};
  const auto weights = stack_weights(predictions, mae_of(label));
  EXPECT_THAT(weights, ElementsAre(DoubleEq(.75), DoubleEq(.25), 0));
  EXPECT_THAT(weighted_mean(predictions, weights), Pointwise(testing::DoubleNear(1e-12), label));
}

TEST(Stack, OneThatIsBestAloneStaysAlone) {
  const std::vector<double> label = {1, 2};
  EXPECT_THAT(stack_weights({{5, 5}, {1, 2}, {5, 5}}, mae_of(label)), ElementsAre(0, 1, 0));
  EXPECT_THAT(stack_weights({{7, 7}}, mae_of(label)), ElementsAre(1));
  EXPECT_TRUE(stack_weights({}, mae_of(label)).empty());
}

TEST(Stack, UndefinedMetricsGetNoWeight) {
  const Judge judge{"first", true, [](const Predictions& p) { return p[0]; }};
  const double nan = std::nan("");
  EXPECT_THAT(stack_weights({{nan}, {1}}, judge), ElementsAre(0, 1));
  EXPECT_THAT(stack_weights({{nan}, {nan}}, judge), ElementsAre(1, 0));
}

TEST(Stack, WeightsAreNonNegativeWithSumOne) {
  Random random(3);
  std::vector<double> label;
  std::vector<Predictions> predictions(5);
  for (int i = 0; i < 50; ++i) {
    label.push_back(random.uniform());
    for (auto& one : predictions) one.push_back(label.back() + random.uniform() - .5);
  }
  const auto weights = stack_weights(predictions, mae_of(label));
  double sum = 0;
  for (const double weight : weights) {
    EXPECT_GE(weight, 0);
    sum += weight;
  }
  EXPECT_NEAR(sum, 1, 1e-12);
  // Independent errors cancel: the stack is better than the best of them.
  const Judge judge = mae_of(label);
  for (const auto& one : predictions)
    EXPECT_LT(judge.value(weighted_mean(predictions, weights)), judge.value(one));
}

/// Eight predictions of `rows` numbers with an error that they share and errors of their own; the last is much
/// worse than the others.
std::vector<Predictions> alike(Random& random, int64_t rows, std::vector<double>& label) {
  std::vector<Predictions> out(8);
  for (int64_t i = 0; i < rows; ++i) {
    label.push_back(random.uniform());
    const double shared = random.uniform() - .5;
    for (size_t k = 0; k < 8; ++k)
      out[k].push_back(label.back() + shared + (random.uniform() - .5) * (k == 7 ? 40 : 1));
  }
  return out;
}

TEST(Stack, BagsOfEntitiesSpreadTheWeightOverWhatIsEquallyGood) {
  // On few rows a selection settles on some of the equally good by luck; the mean of the bags does less so, and is
  // the better for it on other rows, over many draws.
  const MetricEntry& mae = metric_registry().at("mae");
  double plain = 0, bagged = 0;
  for (uint64_t draw = 0; draw < 20; ++draw) {
    Random random(draw);
    std::vector<double> label, later;
    const auto predictions = alike(random, 60, label), of_later = alike(random, 1000, later);
    std::vector<int64_t> entity;
    for (int64_t i = 0; i < 60; ++i) entity.push_back(i / 2);
    const auto weights = bagged_stack_weights(predictions, mae, label, 1, entity, 1);
    EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1, 1e-12);
    EXPECT_EQ(weights[7], 0);
    EXPECT_EQ(weights, bagged_stack_weights(predictions, mae, label, 1, entity, 1));
    const Judge judge = mae_of(later);
    bagged += judge.value(weighted_mean(of_later, weights));
    plain += judge.value(weighted_mean(of_later, stack_weights(predictions, mae_of(label))));
  }
  EXPECT_LT(bagged, plain);
}

TEST(Stack, BagsWithoutADefinedMetricDoNotCount) {
  // One positive label: only the bags that hold its entity say anything.
  const std::vector<double> label = {1, 0, 0, 0, 0, 0};
  const std::vector<int64_t> entity = {0, 1, 2, 3, 4, 5};
  const MetricEntry& auroc = metric_registry().at("auroc");
  EXPECT_THAT(bagged_stack_weights({{.9, .1, .1, .1, .1, .1}, {.1, .9, .9, .9, .9, .9}}, auroc,
                                   label, 1, entity, 1),
              ElementsAre(1, 0));
  const std::vector<double> none(6, 0.0);
  EXPECT_THAT(bagged_stack_weights({none, none}, auroc, none, 1, entity, 1), ElementsAre(1, 0));
}

TEST(Stack, RefusesPredictionsOfOtherSizes) {
  EXPECT_THROW(weighted_mean({{1, 2}, {1}}, std::vector<double>{.5, .5}), Error);
  EXPECT_THROW(weighted_mean({{1, 2}}, std::vector<double>{.5, .5}), Error);
}

TEST(Contenders, AreComparedWithTheBest) {
  const std::vector<double> label = {0, 0, 0, 0};
  const std::vector<Predictions> predictions = {{2, 2, 2, 2}, {1, 1, 1, 1}, {0, 3, 0, 3}};
  const std::vector<int64_t> entity = {1, 2, 3, 4};
  std::vector<Contender> contenders(3);
  EXPECT_EQ(
      compare_with_best(contenders, predictions, metric_registry().at("mae"), label, 1, entity, 1),
      1u);
  EXPECT_EQ(contenders[1].behind, 0);
  EXPECT_EQ(contenders[0].behind, 1);
  EXPECT_NEAR(contenders[0].standard_error, 0,
              1e-12);  // behind by 1 for every entity: no chance in it
  EXPECT_EQ(contenders[2].behind, .5);
  // The mean of four draws from {-1, 2}: a standard deviation of 1.5 / 2.
  EXPECT_NEAR(contenders[2].standard_error, .75, .1);
}

std::vector<Contender> contenders(const std::vector<std::pair<double, double>>& behind) {
  std::vector<Contender> out;
  for (const auto& [difference, error] : behind) out.push_back({"", 0, difference, error});
  return out;
}

TEST(Contenders, TheSimplestWithinAStandardErrorIsKept) {
  EXPECT_EQ(simplest_good_enough(contenders({{9, 1}, {2, 1}, {.9, 1}, {0, 0}})), 2u);
  EXPECT_EQ(simplest_good_enough(contenders({{9, 1}, {2, 1}, {1.1, 1}, {0, 0}})), 3u);
  EXPECT_EQ(simplest_good_enough(contenders({{0, 0}, {.1, 1}})), 0u);
  // More complex ones do not matter, however near.
  EXPECT_EQ(simplest_good_enough(contenders({{9, 1}, {0, 0}, {.1, 1}})), 1u);
}

TEST(Contenders, AConstantIsGivenUpOnlyForMoreThanLuck) {
  // Of three that were tried: z of .05 / 3 is 2.128.
  EXPECT_TRUE(may_be_luck({"constant", 0, 2.1, 1}, 3));
  EXPECT_FALSE(may_be_luck({"constant", 0, 2.2, 1}, 3));
  EXPECT_TRUE(may_be_luck({"constant", 0, 2.2, 1}, 13));
  EXPECT_FALSE(may_be_luck({"constant", 0, 2.2, 1}, 1));
}

}  // namespace
}  // namespace cenote
