// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "base/check.h"
#include "encode/encode_helpers.h"

namespace cenote {
namespace {

using testing::ElementsAre;

TEST(EncodeNumber, GoldenValues) {
  const ColumnData column = integers({1, 2, 3, std::nullopt});
  const ColumnCodes codes = fitted("number", column)->encode(column);
  ASSERT_EQ(codes.width, 2);
  EXPECT_THAT(fixed_row(codes, 0), near({-1.224745, 0}));  // std of 1, 2, 3 is sqrt(2/3)
  EXPECT_THAT(fixed_row(codes, 1), near({0, 0}));
  EXPECT_THAT(fixed_row(codes, 3), near({0, 1}));
  EXPECT_THAT(fixed_row(codes, 4), near({0, 1}));
}

TEST(EncodeNumber, PiecesSayWhereAmongTheQuantiles) {
  const ColumnData column = reals({0, 1, 2, 3, 8});
  const auto encoder = fitted("number", column, {{"pieces", "2"}});
  // Bounds 0, 2, 8.
  const ColumnCodes codes = encoder->encode(reals({1, 5, -7, 100, std::nullopt}));
  ASSERT_EQ(codes.width, 4);
  EXPECT_THAT(fixed_row(codes, 0), ElementsAre(testing::_, 0, 0.5f, 0));
  EXPECT_THAT(fixed_row(codes, 1), ElementsAre(testing::_, 0, 1, 0.5f));
  EXPECT_THAT(fixed_row(codes, 2), ElementsAre(testing::_, 0, 0, 0));
  EXPECT_THAT(fixed_row(codes, 3), ElementsAre(testing::_, 0, 1, 1));
  EXPECT_THAT(fixed_row(codes, 4), ElementsAre(0, 1, 0, 0));
}

TEST(EncodeNumber, ConstantsAndExtremesStayFinite) {
  const ColumnData same = reals({0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1});
  EXPECT_THAT(fixed_row(fitted("number", same, {{"pieces", "4"}})->encode(same), 0), near({0, 0}));
  const double big = std::numeric_limits<double>::max(),
               infinite = std::numeric_limits<double>::infinity();
  const ColumnData wild = reals({big, -big, infinite, -infinite, std::nan(""), 1});
  const ColumnCodes codes = fitted("number", wild, {{"pieces", "3"}})->encode(wild);
  for (const float code : codes.fixed) EXPECT_TRUE(std::isfinite(code));
  EXPECT_EQ(fixed_row(codes, 4)[1], 1);  // NaN is missing
  EXPECT_EQ(fixed_row(fitted("number", reals({0, 1}))->encode(reals({infinite, -1e9})), 0)[0], 10);
}

TEST(EncodeNumber, OnlyVisibleRowsMatter) {
  const std::vector<int64_t> visible = {0, 2, 3};
  const auto one = make_encoder("number", {{"pieces", "3"}}),
             other = make_encoder("number", {{"pieces", "3"}});
  one->fit(reals({1, 5, 7, 8, 9}), visible);
  other->fit(reals({1, -1e30, 7, 8, std::nullopt}), visible);
  EXPECT_EQ(one->save().dump(), other->save().dump());
}

TEST(EncodeNumber, AStateIsReadBackExactlyAndChecked) {
  const ColumnData column = reals({0.1, 0.2, 1.0 / 3, 7e-12, std::nullopt});
  const auto encoder = fitted("number", column, {{"pieces", "3"}});
  const auto state = nlohmann::json::parse(encoder->save().dump());
  const auto again = make_encoder("number", {{"pieces", "3"}});
  again->load(state);
  EXPECT_EQ(again->encode(column).fixed, encoder->encode(column).fixed);
  for (const char* field : {"values", "mean", "std", "bounds"}) {
    auto broken = state;
    broken.erase(field);
    EXPECT_THROW(again->load(broken), Error) << field;
    broken[field] = "x";
    EXPECT_THROW(again->load(broken), Error) << field;
  }
  auto broken = state;
  broken["bounds"] = {1.0, 1.0};
  EXPECT_THROW(again->load(broken), Error);
  broken["bounds"] = {1, 2, 3, 4, 5};
  EXPECT_THROW(again->load(broken), Error);
  EXPECT_THROW(again->load(nlohmann::json::array()), Error);
  EXPECT_THROW(encoder->encode(texts({"1"})), Error);
}

}  // namespace
}  // namespace cenote
