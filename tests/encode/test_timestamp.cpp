// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "base/time.h"
#include "encode/encode_helpers.h"

namespace cenote {
namespace {

ColumnData times(std::initializer_list<std::optional<int64_t>> values) {
  return integers(values, StorageType::time);
}

TEST(EncodeTimestamp, GoldenValues) {
  // Thursday 1970-01-01 06:00 and a day later: mean in between, std half a day.
  const int64_t first = kMicrosPerDay / 4;
  const ColumnData column = times({first, first + kMicrosPerDay, std::nullopt});
  const ColumnCodes codes = fitted("timestamp", column)->encode(column);
  ASSERT_EQ(codes.width, 10);
  EXPECT_THAT(fixed_row(codes, 0), near({-1, 0, 0, 1, 0, 1, 0.433884, -0.900969, 1, 0}));
  EXPECT_THAT(fixed_row(codes, 1),
              near({1, 0, 0, 1, 0.201299, 0.979530, -0.433884, -0.900969, 1, 0}));
  EXPECT_THAT(fixed_row(codes, 2), near({0, 1, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_THAT(fixed_row(codes, 3), near({0, 1, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(EncodeTimestamp, TheSameWeekdayAndHourLooksAlikeInEveryWeek) {
  const ColumnData column = times({0, 7 * kMicrosPerDay, -7 * kMicrosPerDay});
  const ColumnCodes codes = fitted("timestamp", column)->encode(column);
  for (int64_t row = 1; row < 3; ++row) {
    for (size_t i = 6; i < 10; ++i) EXPECT_EQ(fixed_row(codes, row)[i], fixed_row(codes, 0)[i]);
  }
}

TEST(EncodeTimestamp, OnlyVisibleRowsMatterAndFarTimesAreClipped) {
  const std::vector<int64_t> visible = {0, 1};
  const auto one = make_encoder("timestamp"), other = make_encoder("timestamp");
  one->fit(times({0, 10, 20}), visible);
  other->fit(times({0, 10, std::nullopt}), visible);
  EXPECT_EQ(one->save().dump(), other->save().dump());
  EXPECT_EQ(fixed_row(one->encode(times({1'000'000})), 0)[0], 10);
}

TEST(EncodeTimestamp, Errors) {
  const auto encoder = make_encoder("timestamp");
  EXPECT_THROW(encoder->encode(texts({"1970-01-01"})), Error);
  auto state = encoder->save();
  state["std"] = 0;
  EXPECT_THROW(encoder->load(state), Error);
}

}  // namespace
}  // namespace cenote
