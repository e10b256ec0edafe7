// SPDX-License-Identifier: Apache-2.0
// The text of a question: limits, encodings, nesting, and that no text at all does anything but give a question
// or an Error.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "testing.h"

namespace cenote {
namespace {

const std::string kQuestion = "PREDICT COUNT(orders.*, 0, 30, days) > 0 FOR EACH customers.id";

std::string repeated(const std::string& what, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += what;
  return out;
}

std::string refusal(const std::string& text) {
  return error_of([&] { read_question(text, shop_schema()); });
}

TEST(Text, NestingHasALimit) {
  const auto nested = [](int depth) {
    return "PREDICT " + repeated("(", depth) + "COUNT(orders.*, 0, 30) > 0" + repeated(")", depth) +
           " FOR EACH customers.id";
  };
  EXPECT_EQ(refusal(nested(90)), "");
  for (const int depth : {110, 20'000}) {
    EXPECT_EQ(
        refusal(nested(depth))
            .rfind("bad_input: line 1, column 109: the question is nested more than 100 deep", 0),
        0u)
        << depth;
  }
  EXPECT_NE(refusal("PREDICT " + repeated("NOT ", 10'000) + "TRUE FOR EACH customers.id")
                .find("nested more than"),
            std::string::npos);
  EXPECT_NE(refusal("PREDICT " + repeated("- ", 200) + "(1)").find("nested"), std::string::npos);
}

TEST(Text, LongListsDoNotNest) {
  EXPECT_EQ(
      refusal("PREDICT COUNT(orders.* WHERE orders.quantity = 1" +
              repeated(" OR orders.quantity = 1", 2000) + ", 0, 30) > 0 FOR EACH customers.id"),
      "");
  EXPECT_NE(
      refusal("PREDICT COUNT(orders.*, 0, 30)" + repeated(" + 1", 300) + " FOR EACH customers.id")
          .find("a sum has more than 200 terms"),
      std::string::npos);
  EXPECT_NE(refusal("PREDICT COUNT(orders.*, 0, 30)" + repeated(" + COUNT(orders.*, 0, 30)", 64) +
                    " FOR EACH customers.id")
                .find("at most 64 aggregations"),
            std::string::npos);
}

TEST(Text, IsUtf8AndNotTooLong) {
  EXPECT_EQ(refusal("PREDICT \xFF"), "bad_input: byte 9 of the question is no UTF-8 (0xff)");
  EXPECT_EQ(refusal("PREDICT \xC0\xAF"), "bad_input: byte 9 of the question is no UTF-8 (0xc0)");
  EXPECT_EQ(refusal("PREDICT \xED\xA0\x80"),
            "bad_input: byte 9 of the question is no UTF-8 (0xed)");
  EXPECT_EQ(refusal("PREDICT \xE2\x82"), "bad_input: byte 9 of the question is no UTF-8 (0xe2)");
  EXPECT_NE(refusal(std::string("PREDICT a\0b", 11)).find("a zero byte"), std::string::npos);
  EXPECT_EQ(refusal(std::string(70'000, ' ')),
            "bad_input: a question may have at most 65536 bytes, this one has 70000");
  EXPECT_EQ(
      refusal("\xEF\xBB\xBFPREDICT\u00A0COUNT(orders.*,\u30000, 30)\tFOR\r\nEACH customers.id"),
      "");
}

TEST(Text, OfALongLineThePartAroundThePlaceIsShown) {
  const std::string blanks(300, ' ');
  const std::string message = refusal("PREDICT" + blanks + "? COUNT(orders.*, 0, 30)" + blanks);
  EXPECT_EQ(message, "bad_input: line 1, column 308: '?' means nothing here\n  ..." +
                         std::string(80, ' ') + "? COUNT(orders.*, 0, 30)" + std::string(16, ' ') +
                         "...\n     " + std::string(80, ' ') + "^");
}

TEST(Text, ATabIsShownAsOneBlank) {
  EXPECT_EQ(refusal("\n\tPREDICT\t?"),
            "bad_input: line 2, column 10: '?' means nothing here\n   PREDICT ?\n           ^");
}

TEST(Text, NamesForFilesComeFromTheTextAlone) {
  EXPECT_EQ(question_name(kQuestion).substr(0, 13), "count-orders-");
  EXPECT_EQ(question_name(kQuestion).size(), 19u);
  EXPECT_NE(question_name(kQuestion), question_name(kQuestion + " WHERE customers.vip"));
  EXPECT_EQ(question_name("PREDICT \"../x\".y FOR EACH z").substr(0, 7), "___x-y-");
}

TEST(Text, WhateverItIsGivesAQuestionOrAnError) {
  // Words of the language in any order, and questions with bytes changed: nothing may crash or throw otherwise.
  const std::vector<std::string> words{"PREDICT",
                                       "COUNT",
                                       "(",
                                       ")",
                                       "orders",
                                       ".",
                                       "*",
                                       ",",
                                       "0",
                                       "30",
                                       "-",
                                       "INF",
                                       "days",
                                       "FOR",
                                       "EACH",
                                       "customers",
                                       "id",
                                       "WHERE",
                                       "ASSUMING",
                                       "AND",
                                       "OR",
                                       "NOT",
                                       "IS",
                                       "NULL",
                                       "IN",
                                       "LIKE",
                                       "'a'",
                                       "\"b\"",
                                       "=",
                                       "<",
                                       "+",
                                       "/",
                                       "TOP",
                                       "RANK",
                                       "FORECAST",
                                       "VIA",
                                       "TIMEFRAMES",
                                       "SUM",
                                       "orders.amount",
                                       "customers.id",
                                       "TRUE",
                                       "-- c\n",
                                       "STARTS",
                                       "WITH"};
  const Schema schema = shop_schema();
  std::mt19937 draw(1);
  int64_t understood = 0;
  const auto read = [&](const std::string& text) {
    try {
      read_question(text, schema);
      ++understood;
    } catch (const Error& error) {
      ASSERT_NE(error.code(), ErrorCode::internal) << text << "\n" << error.what();
    }
  };
  for (int n = 0; n < 20'000; ++n) {
    std::string text = "PREDICT ";
    for (size_t i = draw() % 20; i > 0; --i) text += words[draw() % words.size()] + " ";
    read(text);
  }
  const std::string sample =
      "PREDICT SUM(orders.amount WHERE orders.status != 'open' VIA orders.customer_id, 0, 2, "
      "weeks) / 2 >= 1 OR "
      "LAST(orders.paid, 0, 1) FOR EACH \"customers\".id WHERE COUNT(orders.*, -INF, 0) > 0 # end";
  for (int n = 0; n < 20'000; ++n) {
    std::string text = sample;
    for (size_t i = draw() % 4; i > 0; --i) {
      const size_t at = draw() % text.size();
      if (draw() % 2 == 0) {
        text[at] = static_cast<char>(draw() % 256);
      } else {
        text.erase(at, draw() % 8);
      }
    }
    read(text);
  }
  EXPECT_GT(understood, 1000);
}

}  // namespace
}  // namespace cenote
