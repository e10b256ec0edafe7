// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include "kernel/row_dots.h"
#include "kernel/segment_helpers.h"

namespace cenote {
namespace {

TEST(SegmentDots, EqualsThePlainVersion) {
  const JoinPtr join = random_join(40, 50);
  for (const int64_t heads : {1, 2, 4}) {
    for (const int64_t part : {1, 5, 16, 35}) {
      const at::Tensor x = at::randn({50, heads * part}, at::kDouble);
      const at::Tensor query = at::randn({join->groups(), heads * part}, at::kDouble);
      const at::Tensor wanted = segment_dots_plain(query, x, *join, heads);
      expect_near(segment_dots(query, x, join, heads), wanted, 1e-12);
      expect_near(segment_dots(query.to(at::kFloat), x.to(at::kFloat), join, heads), wanted, 1e-4);
    }
  }
}

TEST(SegmentDots, Gradients) {
  const JoinPtr join = random_join(9, 11);
  for (const int64_t heads : {1, 3})
    expect_gradient([&](const auto& in) { return segment_dots(in[0], in[1], join, heads); },
                    {at::randn({9, 6}), at::randn({11, 6})});
}

TEST(SegmentDots, AreThoseOfGatheredRows) {
  const JoinPtr join = random_join(40, 50);
  const at::Tensor x = at::randn({50, 12}), query = at::randn({40, 12});
  std::vector<int64_t> groups;
  for (int64_t g = 0; g < join->groups(); ++g)
    groups.insert(groups.end(), static_cast<size_t>(join->offsets[g + 1] - join->offsets[g]), g);
  const at::Tensor gathered =
      row_dots(gather_rows(x, RowsPtr(join, &join->rows)),
               gather_rows(query, std::make_shared<std::vector<int64_t>>(groups)), 3);
  EXPECT_TRUE(segment_dots(query, x, join, 3).equal(gathered));
}

TEST(SegmentDots, OnlyWantedGradientsAreMade) {
  const JoinPtr join = random_join(9, 11);
  const at::Tensor x = at::randn({11, 6}).requires_grad_(), query = at::randn({9, 6});
  const at::Tensor y = segment_dots(query, x, join, 2);
  EXPECT_EQ(torch::autograd::grad({y.sum()}, {x})[0].sizes(), x.sizes());
}

TEST(SegmentDots, NothingAndErrors) {
  EXPECT_EQ(segment_dots(at::zeros({1, 4}), at::zeros({0, 4}), join_of({{}})).size(0), 0);
  const JoinPtr one = join_of({{0}});
  EXPECT_THROW(segment_dots(at::zeros({2, 4}), at::zeros({2, 4}), one), Error);
  EXPECT_THROW(segment_dots(at::zeros({1, 3}), at::zeros({2, 4}), one), Error);
  EXPECT_THROW(segment_dots(at::zeros({1, 4}), at::zeros({2, 4}), one, 3), Error);
  EXPECT_THROW(segment_dots(at::zeros({1, 4}, at::kDouble), at::zeros({2, 4}), one), Error);
  EXPECT_THROW(segment_dots(at::zeros({1, 4}), at::zeros({2, 4}), join_of({{2}})), Error);
}

}  // namespace
}  // namespace cenote
