// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "encode/detail/utf8.h"
#include "encode/encode_helpers.h"

namespace cenote {
namespace {

using encode_detail::split_words;
using testing::ElementsAre;

TEST(EncodeText, WordsAreLowerCasedRunsOfLettersAndDigits) {
  EXPECT_THAT(split_words("Hello, WORLD 42!", 9), ElementsAre(U"hello", U"world", U"42"));
  EXPECT_THAT(split_words("\xc3\x89t\xc3\xa9 \xd0\x9c\xd0\xb8\xd1\x80", 9),
              ElementsAre(U"\u00e9t\u00e9", U"\u043c\u0438\u0440"));
  EXPECT_THAT(split_words("a\xff"
                          "b\xe2\x82",
                          9),
              ElementsAre(U"a", U"b"));  // broken bytes part words
  EXPECT_THAT(split_words("one two three", 2), ElementsAre(U"one", U"two"));
  EXPECT_TRUE(split_words(" .,-\xe2\x80\x94", 9).empty());
}

TEST(EncodeText, ABagHoldsWordsThenGrams) {
  const ColumnData column = texts({"Up!", "up UP", std::nullopt, "", "unseen"});
  const auto encoder = make_encoder("text");
  encoder->fit(column, std::vector<int64_t>{0});
  const ColumnCodes codes = encoder->encode(column);
  EXPECT_EQ(codes.vocabulary, 4);  // missing; up, <up, up>
  const auto up = bag(codes, 0);
  ASSERT_EQ(up.size(), 3u);
  EXPECT_THAT(bag(codes, 1), ElementsAre(up[0], up[0], up[1], up[2], up[1], up[2]));
  EXPECT_THAT(bag(codes, 2), ElementsAre(0));
  EXPECT_THAT(bag(codes, 3), ElementsAre());
  EXPECT_THAT(bag(codes, 5), ElementsAre(0));
}

TEST(EncodeText, LongTextsKeepTheirFirstWords) {
  const ColumnData column = texts({"a b c d e f g h"});
  EXPECT_EQ(bag(fitted("text", column, {{"ids", "3"}})->encode(column), 0).size(), 3u);
  EXPECT_EQ(bag(fitted("text", column, {{"ids", "10"}})->encode(column), 0).size(), 10u);
}

TEST(EncodeText, OnlyVisibleRowsMatter) {
  const auto one = make_encoder("text"), other = make_encoder("text");
  one->fit(texts({"seen", "future words"}), std::vector<int64_t>{0});
  other->fit(texts({"seen", std::nullopt}), std::vector<int64_t>{0});
  EXPECT_EQ(one->save().dump(), other->save().dump());
}

TEST(EncodeText, StatesAreReadBackAndChecked) {
  const ColumnData column = texts({"some words here", "\xff\xfe"});
  const auto encoder = fitted("text", column, {{"buckets", "50"}});
  const auto again = make_encoder("text", {{"buckets", "50"}});
  const auto state = nlohmann::json::parse(encoder->save().dump());
  again->load(state);
  EXPECT_EQ(again->encode(column).ids, encoder->encode(column).ids);
  EXPECT_THROW(make_encoder("text")->load(state), Error);
  for (const nlohmann::json& touched :
       {nlohmann::json{3, 2}, nlohmann::json{50}, nlohmann::json{-1}, nlohmann::json("x")}) {
    auto broken = state;
    broken["touched"] = touched;
    EXPECT_THROW(again->load(broken), Error);
  }
  EXPECT_THROW(encoder->encode(integers({1})), Error);
}

}  // namespace
}  // namespace cenote
