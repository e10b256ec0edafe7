// SPDX-License-Identifier: Apache-2.0
#include "report/chart.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/time.h"
#include "report/schema_diagram.h"
#include "well_formed.h"

namespace cenote {
namespace {

using Numbers = std::vector<double>;

TEST(RoundTicks, AreRound) {
  EXPECT_EQ(round_ticks(0, 1), (Numbers{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1}));
  EXPECT_EQ(round_ticks(-30, 30), (Numbers{-30, -20, -10, 0, 10, 20, 30}));
  EXPECT_EQ(round_ticks(0, 1e9).size(), 6u);
  for (const double high : {1e-9, 3.7, 1e15}) {
    const auto ticks = round_ticks(0, high);
    EXPECT_GE(ticks.size(), 3u) << high;
    EXPECT_LE(ticks.size(), 8u) << high;
  }
}

TEST(DrawChart, PutsPointsWhereTheyBelong) {
  Chart chart{.title = "a <b>", .x = {.label = "x", .high = 10}, .y = {.label = "y", .high = 1}};
  chart.series = {{"one", {{0, 0}, {5, NAN}, {10, 1}}}, {"two", {{5, 0.5}}, false}};
  const std::string svg = draw_chart(chart);
  EXPECT_EQ(fault_of(svg), "");
  // From the lower left corner to the upper right one; what is not finite is left out.
  EXPECT_NE(svg.find("d=\"M58.0 256.0L448.0 8.0\""), std::string::npos) << svg;
  EXPECT_NE(svg.find("cx=\"253.0\" cy=\"132.0\""), std::string::npos);
  EXPECT_NE(svg.find("a &lt;b&gt;"), std::string::npos);
  EXPECT_NE(svg.find("two"), std::string::npos);
}

TEST(DrawChart, SurvivesEdges) {
  EXPECT_NE(draw_chart({.title = "none"}).find("no data"), std::string::npos);
  Chart one{.title = "one"};
  one.series = {{"", {{3, 3}}, false}};
  EXPECT_EQ(fault_of(draw_chart(one)), "");
  Chart times{.title = "times", .x = {.label = "t", .time = true}};
  for (const char* day : {"1995-03-01", "2001-01-01", "2010-06-01"})
    times.series.resize(1),
        times.series[0].points.push_back({static_cast<double>(parse_time(day)), 1});
  EXPECT_NE(draw_chart(times).find(">1998<"), std::string::npos) << draw_chart(times);
}

TEST(DrawBars, HaveLengthsByValue) {
  const std::string svg = draw_bars("bars", {{"<a>", 2, "2"}, {"b", 1, "1"}, {"c", NAN, "-"}});
  EXPECT_EQ(fault_of(svg), "");
  EXPECT_NE(svg.find("&lt;a&gt;"), std::string::npos);
  EXPECT_NE(svg.find("width=\"294.8\""), std::string::npos) << svg;
  EXPECT_NE(svg.find("width=\"147.4\""), std::string::npos) << svg;
  EXPECT_NE(draw_bars("bars", {}).find("no data"), std::string::npos);
}

TEST(DrawSchema, PlacesTablesByDistance) {
  Schema schema;
  for (const char* name : {"a<x>", "b", "c", "far"}) {
    Table table;
    table.name = name;
    table.rows = 1234567;
    schema.tables.push_back(table);
  }
  const auto link = [&](const char* from, const char* to) {
    Link out;
    out.from_table = from;
    out.from_columns = {"key"};
    out.to_table = to;
    out.to_columns = {"id"};
    schema.links.push_back(out);
  };
  link("b", "a<x>");
  link("b", "c");
  link("c", "c");
  const std::string svg = draw_schema(schema, "a<x>");
  EXPECT_EQ(fault_of(svg), "");
  EXPECT_NE(svg.find("a&lt;x&gt;"), std::string::npos);
  EXPECT_NE(svg.find("1,234,567 rows"), std::string::npos);
  EXPECT_NE(svg.find("class=\"box entity\" x=\"10\""), std::string::npos);
  EXPECT_EQ(draw_schema(Schema{}, "none"), "");
}

}  // namespace
}  // namespace cenote
