// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "base/check.h"
#include "encode/encode_helpers.h"

namespace cenote {
namespace {

using testing::ElementsAre;

TEST(EncodeCategory, GoldenValues) {
  const ColumnData column = texts({"b", "a", "b", std::nullopt, "c"});
  const auto encoder = fitted("category", column);
  const ColumnCodes codes = encoder->encode(column);
  EXPECT_EQ(codes.vocabulary, 4);
  EXPECT_EQ(codes.width, 32);
  EXPECT_THAT(codes.ids, ElementsAre(1, 2, 1, 0, 3, 0));  // the last is the missing row
  EXPECT_THAT(codes.offsets, ElementsAre(0, 1, 2, 3, 4, 5, 6));
  const ColumnCodes later = encoder->encode(texts({"never seen", "", "a"}));
  EXPECT_THAT(bag(later, 0), ElementsAre());
  EXPECT_THAT(bag(later, 1), ElementsAre());
  EXPECT_THAT(bag(later, 2), ElementsAre(2));
}

TEST(EncodeCategory, ValuesOfAnyStorageAreTheirText) {
  const auto encoder = fitted("category", integers({7, 7, -1}));
  EXPECT_THAT(encoder->encode(integers({7, -1, 8})).ids, ElementsAre(1, 2, 0));
  EXPECT_THAT(encoder->encode(reals({7.0, std::nan("")})).ids, ElementsAre(1, 0, 0));
  EXPECT_THAT(
      fitted("category", integers({1, 0, 1}, StorageType::boolean))->encode(texts({"true"})).ids,
      ElementsAre(1, 0));
}

TEST(EncodeCategory, AboveTheLimitValuesAreHashed) {
  const ColumnData column = texts({"a", "b", "c"});
  const auto encoder = fitted("category", column, {{"limit", "2"}});
  const ColumnCodes codes = encoder->encode(texts({"a", "b", "c", "unseen", std::nullopt}));
  EXPECT_EQ(codes.vocabulary, 3);
  for (size_t i = 0; i < 4; ++i) EXPECT_GE(codes.ids[i], 1);
  EXPECT_EQ(codes.ids[4], 0);
  EXPECT_EQ(encoder->save()["values"].size(), 0u);
}

TEST(EncodeCategory, OnlyVisibleRowsMatter) {
  const std::vector<int64_t> visible = {0, 1};
  const auto one = make_encoder("category"), other = make_encoder("category");
  one->fit(texts({"x", "y", "z", "z"}), visible);
  other->fit(texts({"x", "y", "later", std::nullopt}), visible);
  EXPECT_EQ(one->save().dump(), other->save().dump());
}

TEST(EncodeCategory, StatesAreReadBackAndChecked) {
  const ColumnData column =
      texts({"quote \" and \n", std::string("nul\0here", 8), "\xc3\xa9", "\xff\xfe"});
  const auto encoder = fitted("category", column);
  EXPECT_THAT(bag(encoder->encode(column), 3), ElementsAre());  // no UTF-8: unknown
  const auto state = nlohmann::json::parse(encoder->save().dump());
  const auto again = make_encoder("category");
  again->load(state);
  EXPECT_EQ(again->encode(column).ids, encoder->encode(column).ids);
  const auto refused = [&](nlohmann::json values, bool hashed) {
    EXPECT_THROW(again->load({{"hashed", hashed}, {"values", std::move(values)}}), Error);
  };
  refused({"a", "a"}, false);
  refused({1}, false);
  refused("a", false);
  refused({"a"}, true);
  EXPECT_THROW(make_encoder("category", {{"limit", "1"}})->load(state), Error);
}

}  // namespace
}  // namespace cenote
