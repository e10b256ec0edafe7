// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "encode/detail/utf8.h"
#include "encode/encode_helpers.h"

namespace cenote {
namespace {

using testing::ElementsAre;

std::vector<std::string> words_of(std::string_view text, int64_t most = 9) {
  encode_detail::Words words;
  encode_detail::split_words("what was there before", 9, words);  // and is overwritten
  encode_detail::split_words(text, most, words);
  std::vector<std::string> out;
  for (int64_t i = 0; i < words.count(); ++i) out.emplace_back(words.word(i));
  return out;
}

TEST(EncodeText, WordsAreLowerCasedRunsOfLettersAndDigits) {
  EXPECT_THAT(words_of("Hello, WORLD 42!"), ElementsAre("hello", "world", "42"));
  EXPECT_THAT(words_of("\xc3\x89t\xc3\xa9 \xd0\x9c\xd0\xb8\xd1\x80"),
              ElementsAre("\xc3\xa9t\xc3\xa9", "\xd0\xbc\xd0\xb8\xd1\x80"));
  EXPECT_THAT(words_of("a\xff"
                       "b\xe2\x82"),
              ElementsAre("a", "b"));  // broken bytes part words
  EXPECT_THAT(words_of("one two three", 2), ElementsAre("one", "two"));
  EXPECT_THAT(words_of(" .,-\xe2\x80\x94"), ElementsAre());
}

TEST(EncodeText, GramsTakeTheMarksAndWholeCharacters) {
  encode_detail::Words words;
  encode_detail::split_words("\xc3\x89t\xc3\xa9 b", 9, words);
  EXPECT_EQ(words.bytes, "<\xc3\xa9t\xc3\xa9><b>");
  EXPECT_EQ(words.slice(0, 3), "<\xc3\xa9t");
  EXPECT_EQ(words.slice(2, 5), "t\xc3\xa9>");
  EXPECT_EQ(words.slice(5, 8), "<b>");
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
