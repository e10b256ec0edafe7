// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <gtest/gtest.h>

namespace cenote {
namespace {

TEST(Utf8, LengthsOfCharacters) {
  EXPECT_EQ(utf8_length("a"), 1u);
  EXPECT_EQ(utf8_length("\xc3\xbc"
                        "x"),
            2u);
  EXPECT_EQ(utf8_length("\xe6\x9d\xb1"), 3u);
  EXPECT_EQ(utf8_length("\xf0\x9f\x98\x80"), 4u);
  for (const char* none :
       {"\xff", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe6\x9d"})
    EXPECT_EQ(utf8_length(none), 0u);
}

TEST(Utf8, CharactersThatCommand) {
  for (const char* one : {"\x1b", "\x7f", "\xc2\x9b", "\xe2\x80\xae", "\xe2\x81\xa6"})
    EXPECT_TRUE(utf8_commands(one));
  for (const char* one : {"a", "\n", "\t", "\xc2\xa0", "\xe2\x80\x93", "\xe6\x9d\xb1"})
    EXPECT_FALSE(utf8_commands(one));
}

}  // namespace
}  // namespace cenote
