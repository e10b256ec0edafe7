// SPDX-License-Identifier: Apache-2.0
// Charts as SVG: lines, dots and bars, without a script.
#pragma once

#include <string>
#include <vector>

namespace cenote {

struct Point {
  double x, y;
  double size = 3;  // of a dot, pixels
};

struct Series {
  std::string name;
  std::vector<Point> points;  // those that are not finite are left out
  bool line = true;           // else dots
};

/// An axis. `time`: numbers are microseconds since 1970. Both ends equal: as the points have it.
struct Axis {
  std::string label;
  bool time = false;
  double low = 0, high = 0;
};

struct Chart {
  std::string title;
  Axis x = {}, y = {};
  std::vector<Series> series = {};  // at most 3
  bool diagonal = false;            // a dashed line where y = x
  int width = 460, height = 300;
};

/// A figure with the title above and, of several series, their names below. Without any point: "no data".
std::string draw_chart(const Chart& chart);

/// The chart as a file of its own: title and names are in the picture, colours do not follow a page's style.
std::string chart_file(const Chart& chart);

struct Bar {
  std::string name;
  double value = 0;
  std::string text;  // beside it
};

/// Bars from a common line to the right (or left of it, below zero), names at their left.
std::string draw_bars(const std::string& title, const std::vector<Bar>& bars, int width = 760);

/// At most 8 round numbers in [low, high]. REQUIRES low < high, both finite.
std::vector<double> round_ticks(double low, double high);

}  // namespace cenote
