// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/zeros.h>

#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

// List 0 ranks rows 3, 1, 4; list 1 ranks 1, 2, 3.
const at::Tensor kRows = at::tensor({0., 10., 20., 30., 40.}, at::kDouble).view({5, 1});
const double kRanks[] = {1, 2, 3, 1, 2, 3};
const PoolInput kInput{
    .rows = kRows,
    .join = make_join({{3, 1, 4, 1, 2, 3}, {}}),
    .order = kRanks,
    .coordinates = at::tensor({0., 0., 0., 1., 1., 1.}, at::kDouble).view({6, 1})};

TEST(PoolCandidate, GoldenValues) {
  const PoolResult result = MadePool("candidate_pool", 1).pool->forward(kInput);
  expect_values(result.value, {30, 10, 20, 40});
  EXPECT_EQ(result.join->offsets, (std::vector<int64_t>{0, 4, 4}));
  // 1/62 + 1/61, 1/61 + 1/63, 1/62, 1/63.
  expect_values(MadePool("candidate_pool", 1, {{"merge", "rrf"}})(kInput), {10, 30, 20, 40});
}

TEST(PoolCandidate, ListsAndResultAreCut) {
  expect_values(MadePool("candidate_pool", 1, {{"top", "1"}})(kInput), {30, 10});
  expect_values(MadePool("candidate_pool", 1, {{"budget", "3"}})(kInput), {30, 10, 20});
}

TEST(PoolCandidate, OneListIsItsTop) {
  const double ranks[] = {3, 1, 2};
  expect_values(MadePool("candidate_pool", 2,
                         {{"top", "2"}})({.rows = golden_rows(),
                                          .join = make_join({{0, 1, 2}}),
                                          .order = ranks,
                                          .coordinates = at::zeros({3, 1}, at::kDouble)}),
                {2, 0.25, 4, 1.5});
}

TEST(PoolCandidate, Errors) {
  EXPECT_THROW(MadePool("candidate_pool", 1, {{"top", "0"}}), Error);
  const MadePool pool("candidate_pool", 1);
  PoolInput input = kInput;
  input.order = nullptr;
  EXPECT_THROW(pool(input), Error);
  input = kInput;
  input.coordinates = at::Tensor();
  EXPECT_THROW(pool(input), Error);
}

}  // namespace
}  // namespace cenote
