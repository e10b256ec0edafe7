// SPDX-License-Identifier: Apache-2.0
#include "metric_check.h"

namespace cenote {
namespace {

TEST(Metric_ndcg_at_k, ByHand) {
  // (1 + 1/2) / (1 + 1/log2(3) + 1/2) and 1/log2(3) of 1.
  EXPECT_NEAR(metric_value("ndcg_at_k", kHits, kItems, 3),
              (1.5 / (1.5 + 1 / std::log2(3)) + 1 / std::log2(3)) / 2, kRounding);
}

TEST(Metric_ndcg_at_k, AnEarlierHitIsBetter) {
  EXPECT_GT(metric_value("ndcg_at_k", {1, 0, 0}, {1}, 3),
            metric_value("ndcg_at_k", {0, 1, 0}, {1}, 3));
  EXPECT_EQ(metric_value("ndcg_at_k", {1, 0, 0}, {1}, 3), 1);
}

TEST(Metric_ndcg_at_k, Checks) { check_links("ndcg_at_k"); }

}  // namespace
}  // namespace cenote
