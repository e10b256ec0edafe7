// SPDX-License-Identifier: Apache-2.0
#include "report/html.h"

#include <gtest/gtest.h>

#include "well_formed.h"

namespace cenote {
namespace {

TEST(EscapeHtml, TakesTheMeaningOfMarkup) {
  EXPECT_EQ(escape_html("<script>alert('x') && \"y\"</script>"),
            "&lt;script&gt;alert(&#39;x&#39;) &amp;&amp; &quot;y&quot;&lt;/script&gt;");
  EXPECT_EQ(escape_html("Zürich 東京 😀"), "Zürich 東京 😀");
}

TEST(EscapeHtml, ReplacesWhatIsNoText) {
  const std::string mark = "\xef\xbf\xbd";
  EXPECT_EQ(escape_html(std::string("a\0b\x1b[1m", 7)), "a" + mark + "b" + mark + "[1m");
  EXPECT_EQ(escape_html("\xff\xc0\xaf"), mark + mark + mark);  // no lead, overlong
  EXPECT_EQ(escape_html("\xed\xa0\x80"), mark + mark + mark);  // a surrogate
  EXPECT_EQ(escape_html("\xe6\x9d"), mark + mark);             // cut off
}

TEST(EscapeHtml, CutsByCharacters) {
  EXPECT_EQ(escape_html("東京都庁", 2), "東京…");
  EXPECT_EQ(escape_html("<<<", 2), "&lt;&lt;…");
  EXPECT_EQ(escape_html("ab", 2), "ab");
}

TEST(HtmlPage, IsWellFormed) {
  const std::string page =
      html_page("<b>", html_section("a & b", html_table({"x"}, {{"1"}, {"2"}}, {0})));
  EXPECT_EQ(fault_of(page), "");
  EXPECT_NE(page.find("<title>&lt;b&gt;</title>"), std::string::npos);
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
}

TEST(HtmlPage, FaultsAreFound) {
  EXPECT_NE(fault_of("<p><b></p></b>"), "");
  EXPECT_NE(fault_of("<p>"), "");
  EXPECT_NE(fault_of("<p title=\"a>b</p>"), "");
  EXPECT_EQ(fault_of("<p title=\"a\">b<br></p>"), "");
}

}  // namespace
}  // namespace cenote
