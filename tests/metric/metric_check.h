// SPDX-License-Identifier: Apache-2.0
// Shorthands for the tests of metrics.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "metric/metric.h"
#include <gtest/gtest.h>

namespace cenote {

using Numbers = std::vector<double>;

/// Sums of a handful of numbers near 1: rounding stays below this.
inline constexpr double kRounding = 1e-12;

inline double metric_value(const std::string& name, const Numbers& prediction, const Numbers& label,
                           int64_t width = 1) {
  return metric_registry().at(name).compute({prediction, label, width});
}

/// The code and the message of the error that a metric raises; "" if it raises none.
inline std::string metric_error(const std::string& name, const Numbers& prediction,
                                const Numbers& label, int64_t width = 1) {
  try {
    metric_value(name, prediction, label, width);
  } catch (const Error& error) {
    return std::string(to_string(error.code())) + ": " + error.what();
  }
  return "";
}

/// What all metrics of one number a row keep: sizes are checked, nothing and missing values give NaN.
inline void check_single(const std::string& name) {
  EXPECT_TRUE(std::isnan(metric_value(name, {}, {})));
  EXPECT_TRUE(std::isnan(metric_value(name, {0, NAN, 1}, {0, 1, 1})));
  EXPECT_TRUE(std::isnan(metric_value(name, {0, 1, 1}, {0, NAN, 1})));
  EXPECT_EQ(metric_error(name, {0, 1}, {0}),
            "bad_shape: 2 rows of predictions need 2 labels, got 1");
  EXPECT_EQ(metric_error(name, {0, 1}, {0, 1}, 2).rfind("bad_shape", 0), 0u);
}

/// What all metrics of two classes keep besides.
inline void check_binary(const std::string& name) {
  check_single(name);
  EXPECT_EQ(metric_error(name, {0.1, 0.2}, {0, 2}),
            "bad_input: a binary label is 0 or 1, that of row 1 is 2");
}

/// What all metrics of several classes keep.
inline void check_multiclass(const std::string& name) {
  EXPECT_TRUE(std::isnan(metric_value(name, {}, {}, 3)));
  EXPECT_TRUE(std::isnan(metric_value(name, {NAN, 1, 0}, {1}, 3)));
  EXPECT_EQ(metric_error(name, {0.1, 0.9, 0.5, 0.5}, {1, 0.5}, 2),
            "bad_input: the label of row 1 must be a class index (-1: not known), got 0.5");
  EXPECT_EQ(metric_error(name, {0.1, 0.2, 0.7}, {0}, 2),
            "bad_shape: 3 predictions are no whole number of rows of width 2");
}

/// What all metrics of several labels a row keep.
inline void check_multilabel(const std::string& name) {
  EXPECT_TRUE(std::isnan(metric_value(name, {}, {}, 2)));
  EXPECT_TRUE(std::isnan(metric_value(name, {0.5, NAN, 1, 0}, {1, 0, 0, 1}, 2)));
  EXPECT_EQ(metric_error(name, {0.1, 0.9, 0.5, 0.5}, {1, 0, 3, 0}, 2),
            "bad_input: a binary label is 0 or 1, that of row 1 is 3");
}

/// What all metrics of links keep.
inline void check_links(const std::string& name) {
  EXPECT_TRUE(std::isnan(metric_value(name, {}, {}, 2)));
  EXPECT_TRUE(std::isnan(metric_value(name, {0, 0}, {0}, 2)));  // nobody has items
  EXPECT_TRUE(std::isnan(metric_value(name, {0, NAN}, {1}, 2)));
  // A seed without items changes nothing.
  EXPECT_EQ(metric_value(name, {1, 0, 0, 0}, {2, 0}, 2), metric_value(name, {1, 0}, {2}, 2));
  // All right is 1 (of as many items as places), all wrong is 0.
  EXPECT_EQ(metric_value(name, {1, 1, 1, 1}, {2, 2}, 2), 1);
  EXPECT_EQ(metric_value(name, {0, 0, 0, 0}, {2, 5}, 2), 0);
  EXPECT_EQ(metric_error(name, {1, 0.5}, {2}, 2),
            "bad_input: a hit is 0 or 1, one of row 0 is 0.5");
  EXPECT_EQ(metric_error(name, {1, 0, 0, 0}, {1, -1}, 2),
            "bad_input: the number of items of row 1 is -1");
  EXPECT_EQ(metric_error(name, {1, 1}, {1}, 2), "bad_input: row 0 has 2 hits among 1 items");
  EXPECT_EQ(metric_error(name, {1, 1, 1}, {1}, 2),
            "bad_shape: 3 predictions are no whole number of rows of width 2");
}

/// Two seeds, three places: hits (1 0 1) of 4 items, (0 1 0) of 1 item.
inline const Numbers kHits = {1, 0, 1, 0, 1, 0};
inline const Numbers kItems = {4, 1};

// Three small problems whose values by scikit-learn 1.9.1 stand in the tests.

/// Two classes, with ties.
inline const Numbers kBinaryPrediction = {0.5, 0.5, 0.2, 0.9, 0.2, 0.5, 0.7};
inline const Numbers kBinaryLabel = {1, 0, 0, 1, 1, 0, 0};
/// Three classes, five rows.
inline const Numbers kClassPrediction = {0.2, 0.5, 0.3, 0.6, 0.3, 0.1, 0.1, 0.2,
                                         0.7, 0.4, 0.4, 0.2, 0.3, 0.3, 0.4};
inline const Numbers kClassLabel = {2, 0, 2, 1, 1};
/// The same rows with labels of which the model knows neither 5 nor -1.
inline const Numbers kClassLabelUnknown = {5, 0, 2, -1, 5};
/// Three labels, four rows; without a row that has the second.
inline const Numbers kLabelsPrediction = {0.9, 0.2, 0.6, 0.4, 0.6, 0.6,
                                          0.7, 0.8, 0.1, 0.2, 0.3, 0.5};
inline const Numbers kLabels = {1, 0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1};
inline const Numbers kLabelsWithoutSecond = {1, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1};

}  // namespace cenote
