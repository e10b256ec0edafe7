// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "cli/detail/terminal.h"

namespace cenote {
namespace {

using testing::ElementsAre;

TEST(Printable, LeavesTextsAndDisarmsTheRest) {
  EXPECT_EQ(printable("größe 🐟 日本"), "größe 🐟 日本");
  EXPECT_EQ(printable("a\nb\tc"), "a\\x0ab\\x09c");
  EXPECT_EQ(printable("\x1b[31m"), "\\x1b[31m");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\xc2\\x9b31m");  // the same command in one character
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "x"),
            "\\xe2\\x80\\xaex");                   // turns the direction of the text
  EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");  // no UTF-8
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(Wrap, BreaksAtSpacesAndCountsCharacters) {
  EXPECT_THAT(wrap_text("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap_text("äöü äöü", 7), ElementsAre("äöü äöü"));
  EXPECT_THAT(wrap_text("unbreakable", 4), ElementsAre("unbreakable"));
  EXPECT_THAT(wrap_text("", 10), ElementsAre(""));
}

TEST(Format, Numbers) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(20323), "20,323");
  EXPECT_EQ(format_count(-1234567), "-1,234,567");
  EXPECT_EQ(format_percent(0), "0 %");
  EXPECT_EQ(format_percent(0.857), "85.7 %");
  EXPECT_EQ(format_percent(0.00001), "<0.1 %");
  EXPECT_EQ(format_percent(0.99999), ">99.9 %");
  EXPECT_EQ(format_percent(1), "100.0 %");
}

TEST(TextTable, AlignsAndWrapsTheLastColumn) {
  TextTable table({{"name"}, {"n", true}, {"why"}});
  table.add_row({"größe", "1", "short"});
  table.add_row({"x", "1,234", "words that do not fit into one line of this narrow table"});
  EXPECT_EQ(table.render(44, "  "),
            "  name       n  why\n"
            "  größe      1  short\n"
            "  x      1,234  words that do not fit into\n"
            "                one line of this narrow\n"
            "                table\n");
}

}  // namespace
}  // namespace cenote
