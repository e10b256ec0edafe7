// SPDX-License-Identifier: Apache-2.0
#include "feature/alone.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/hash.h"

namespace cenote {
namespace {

constexpr int64_t kRows = 2000;

struct Rows {
  std::vector<float> value;
  std::vector<double> label;
  std::vector<uint8_t> fold;

  double skill(TaskType type) const { return skill_alone(value, label, fold, type); }
};

template <class Value, class Label>
Rows rows_of(const Value& value, const Label& label) {
  Rows out;
  for (int64_t i = 0; i < kRows; ++i) {
    const auto x = static_cast<double>(mix64(i) % 1000) / 1000;
    out.value.push_back(static_cast<float>(value(x, i)));
    out.label.push_back(label(x, i));
    out.fold.push_back(static_cast<uint8_t>(i & 1));
  }
  return out;
}

TEST(SkillAlone, ACopyTellsAll) {
  const auto positive = [](double x, int64_t) { return x > 0.7 ? 1.0 : 0.0; };
  const auto same = [](double x, int64_t) { return x; };
  EXPECT_GT(rows_of(positive, positive).skill(TaskType::binary_classification), 0.999);
  EXPECT_GT(rows_of(same, positive).skill(TaskType::binary_classification), 0.99);
  EXPECT_GT(rows_of(same, same).skill(TaskType::regression), 0.99);
  const auto classes = [](double x, int64_t) { return std::floor(x * 4); };
  EXPECT_GT(rows_of(same, classes).skill(TaskType::multiclass_classification), 0.9);
}

TEST(SkillAlone, OrderDoesNotMatter) {
  const auto middle = [](double x, int64_t) { return x > 0.4 && x < 0.6 ? 1.0 : 0.0; };
  const auto same = [](double x, int64_t) { return x; };
  EXPECT_GT(rows_of(same, middle).skill(TaskType::binary_classification), 0.95);
}

TEST(SkillAlone, NoiseTellsNothing) {
  const auto noise = [](double, int64_t i) { return static_cast<double>(mix64(i + 77) % 1000); };
  const auto positive = [](double x, int64_t) { return x > 0.7 ? 1.0 : 0.0; };
  const auto number = [](double x, int64_t) { return x; };
  EXPECT_NEAR(rows_of(noise, positive).skill(TaskType::binary_classification), 0.5, 0.05);
  EXPECT_LT(rows_of(noise, number).skill(TaskType::regression), 0.02);
}

TEST(SkillAlone, WhatIsMissingIsAPartOfItsOwn) {
  const auto value = [](double x, int64_t) { return x > 0.7 ? NAN : 3.0; };
  const auto positive = [](double x, int64_t) { return x > 0.7 ? 1.0 : 0.0; };
  EXPECT_GT(rows_of(value, positive).skill(TaskType::binary_classification), 0.999);
}

TEST(SkillAlone, IsUndefinedWithoutLabels) {
  const auto value = [](double x, int64_t) { return x; };
  EXPECT_TRUE(
      std::isnan(rows_of(value, [](double, int64_t) { return NAN; }).skill(TaskType::regression)));
  EXPECT_TRUE(std::isnan(skill_alone({}, {}, {}, TaskType::regression)));
}

}  // namespace
}  // namespace cenote
