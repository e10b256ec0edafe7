// SPDX-License-Identifier: Apache-2.0
#include "report/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/time.h"
#include "report/html.h"

namespace cenote {
namespace {

constexpr double kLeft = 58, kRight = 12, kTop = 8, kBottom = 44;
constexpr double kSecond = 1e6, kDay = 86400 * kSecond, kYear = 365.2425 * kDay;

struct Range {
  double low, high;
};

Range range_of(const Axis& axis, const std::vector<Series>& series, double Point::*part) {
  if (axis.low < axis.high) return {axis.low, axis.high};
  Range out{INFINITY, -INFINITY};
  for (const Series& one : series) {
    for (const Point& point : one.points) {
      if (!std::isfinite(point.x) || !std::isfinite(point.y)) continue;
      out.low = std::min(out.low, point.*part);
      out.high = std::max(out.high, point.*part);
    }
  }
  if (out.low == out.high) {
    const double room = std::max(std::abs(out.low) * 0.05, axis.time ? kDay : 0.5);
    return {out.low - room, out.high + room};
  }
  if (axis.time) return out;
  const double room = (out.high - out.low) * 0.04;
  return {out.low - room, out.high + room};
}

/// The first moments of years, months or days, at most 8.
std::vector<double> time_ticks(double low, double high) {
  std::vector<double> out;
  const double span = high - low;
  if (span > 3 * kYear) {
    const auto step = static_cast<int64_t>(std::ceil(span / kYear / 7));
    const int64_t first = to_civil(static_cast<int64_t>(low)).year;
    for (int64_t year = first / step * step; std::ssize(out) < 9; year += step) {
      const auto at = static_cast<double>(parse_time(fmt::format("{:04}-01-01", year)));
      if (at > high) break;
      if (at >= low) out.push_back(at);
    }
    return out;
  }
  const double step = std::max(kDay, std::ceil(span / 6 / kDay) * kDay);
  for (double at = std::ceil(low / step) * step; at <= high; at += step) out.push_back(at);
  return out;
}

std::string number_text(double value) {
  if (value == 0) return "0";
  const double size = std::abs(value);
  if (size >= 1e6 || size < 1e-3) return fmt::format("{:.2g}", value);
  return fmt::format("{:.4g}", value);
}

std::string tick_text(const Axis& axis, double value, double span) {
  if (!axis.time) return number_text(value);
  const CivilTime t = to_civil(static_cast<int64_t>(value));
  return span > 3 * kYear ? fmt::format("{:04}", t.year)
                          : fmt::format("{:04}-{:02}-{:02}", t.year, t.month, t.day);
}

class Drawing {
 public:
  explicit Drawing(const Chart& chart)
      : chart_(chart),
        x_(range_of(chart.x, chart.series, &Point::x)),
        y_(range_of(chart.y, chart.series, &Point::y)) {}

  bool empty() const { return !(x_.low < x_.high) || !(y_.low < y_.high); }

  std::string svg() {
    out_ = fmt::format(
        "<svg viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" "
        "aria-label=\"{2}\">\n",
        chart_.width, chart_.height, escape_html(chart_.title, 100));
    axes();
    if (chart_.diagonal) {
      const double low = std::max(x_.low, y_.low), high = std::min(x_.high, y_.high);
      if (low < high)
        out_ += fmt::format("<path class=\"ref\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/>\n", at_x(low),
                            at_y(low), at_x(high), at_y(high));
    }
    for (size_t k = 0; k < chart_.series.size(); ++k) series(chart_.series[k], k % 3);
    return out_ + "</svg>\n";
  }

 private:
  double at_x(double x) const {
    return kLeft + (x - x_.low) / (x_.high - x_.low) * (chart_.width - kLeft - kRight);
  }
  double at_y(double y) const {
    return chart_.height - kBottom -
           (y - y_.low) / (y_.high - y_.low) * (chart_.height - kTop - kBottom);
  }

  void text(double x, double y, const char* anchor, const std::string& escaped, bool soft = true) {
    out_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y,
                        anchor, soft ? " class=\"soft\"" : "", escaped);
  }

  void axes() {
    const double bottom = chart_.height - kBottom, right = chart_.width - kRight;
    for (const double y : round_ticks(y_.low, y_.high)) {
      out_ += fmt::format("<path class=\"grid\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>\n", kLeft, at_y(y),
                          right);
      text(kLeft - 6, at_y(y) + 4, "end", number_text(y));
    }
    const auto ticks = chart_.x.time ? time_ticks(x_.low, x_.high) : round_ticks(x_.low, x_.high);
    for (const double x : ticks) {
      out_ += fmt::format("<path class=\"axis\" d=\"M{:.1f} {:.1f}v4\"/>\n", at_x(x), bottom);
      text(std::min(at_x(x), right - 14), bottom + 17, "middle",
           tick_text(chart_.x, x, x_.high - x_.low));
    }
    out_ +=
        fmt::format("<path class=\"axis\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>\n", kLeft, bottom, right);
    text((kLeft + right) / 2, chart_.height - 8, "middle", escape_html(chart_.x.label, 60));
    out_ += fmt::format(
        "<text class=\"soft\" text-anchor=\"middle\" transform=\"translate(13 "
        "{:.1f}) rotate(-90)\">{}</text>\n",
        (kTop + bottom) / 2, escape_html(chart_.y.label, 40));
  }

  void series(const Series& one, size_t colour) {
    std::string line;
    for (const Point& point : one.points) {
      if (!std::isfinite(point.x) || !std::isfinite(point.y)) continue;
      if (one.line) {
        line +=
            fmt::format("{}{:.1f} {:.1f}", line.empty() ? "M" : "L", at_x(point.x), at_y(point.y));
      } else {
        out_ += fmt::format("<circle class=\"s{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\"/>\n",
                            colour, at_x(point.x), at_y(point.y), point.size);
      }
    }
    if (!line.empty()) out_ += fmt::format("<path class=\"line s{}\" d=\"{}\"/>\n", colour, line);
  }

  const Chart& chart_;
  const Range x_, y_;
  std::string out_;
};

std::string figure(const std::string& title, const std::string& content) {
  return fmt::format("<figure>\n<figcaption>{}</figcaption>\n{}</figure>\n",
                     escape_html(title, 160), content);
}

}  // namespace

std::vector<double> round_ticks(double low, double high) {
  const double rough = (high - low) / 6, unit = std::pow(10, std::floor(std::log10(rough)));
  double step = unit;
  for (const double factor : {1.0, 2.0, 2.5, 5.0, 10.0}) {
    step = factor * unit;
    if (step >= rough) break;
  }
  std::vector<double> out;
  for (auto k = static_cast<int64_t>(std::ceil(low / step - 1e-9));; ++k) {
    const double tick = static_cast<double>(k) * step;
    if (tick > high + step * 1e-9 || out.size() >= 8) return out;
    out.push_back(tick);
  }
}

std::string draw_chart(const Chart& chart) {
  Drawing drawing(chart);
  if (drawing.empty()) return figure(chart.title, "<p class=\"soft\">no data</p>\n");
  std::string names;
  if (chart.series.size() > 1) {
    for (size_t k = 0; k < chart.series.size(); ++k)
      names += fmt::format(
          "{}<svg width=\"10\" height=\"10\" style=\"display:inline\" aria-hidden=\"true\"><rect "
          "class=\"s{}\" width=\"10\" height=\"10\"/></svg> {}",
          k == 0 ? "" : " &nbsp; ", k % 3, escape_html(chart.series[k].name, 60));
    names = "<p class=\"soft\">" + names + "</p>\n";
  }
  return figure(chart.title, drawing.svg() + names);
}

std::string chart_file(const Chart& chart) {
  constexpr int kTitle = 24, kNames = 22;
  constexpr const char* kStyle =
      "text{fill:#1c2430;font:12px system-ui,'DejaVu Sans',sans-serif}.soft{fill:#5b6675}"
      ".grid{stroke:#d9dee5}.axis{stroke:#5b6675}.ref{stroke:#5b6675;stroke-dasharray:4 4}"
      ".s0{stroke:#1f6feb;fill:#1f6feb}.s1{stroke:#c2571a;fill:#c2571a}.s2{stroke:#2b8a3e;fill:"
      "#2b8a3e}path.line{fill:none;stroke-width:2}circle{stroke:none;fill-opacity:.55}";
  const int height = kTitle + chart.height + kNames;
  Drawing drawing(chart);
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\">\n<style>{2}</style>\n<rect width=\"{0}\" height=\"{1}\" "
      "fill=\"#fff\"/>\n<text x=\"8\" y=\"17\">{3}</text>\n",
      chart.width, height, kStyle, escape_html(chart.title, 100));
  if (drawing.empty()) return out + "<text x=\"8\" y=\"60\">no data</text>\n</svg>\n";
  out += fmt::format("<g transform=\"translate(0 {})\">\n{}</g>\n", kTitle, drawing.svg());
  double x = kLeft;
  for (size_t k = 0; k < chart.series.size(); ++k) {
    const std::string& name = chart.series[k].name;
    out += fmt::format(
        "<rect class=\"s{}\" x=\"{:.0f}\" y=\"{}\" width=\"10\" height=\"10\"/><text "
        "x=\"{:.0f}\" y=\"{}\">{}</text>\n",
        k % 3, x, height - 16, x + 15, height - 7, escape_html(name, 60));
    x += 35 + 7.0 * static_cast<double>(name.size());
  }
  return out + "</svg>\n";
}

std::string draw_bars(const std::string& title, const std::vector<Bar>& bars, int width) {
  constexpr double kRow = 22, kNames = 0.52, kValues = 70;
  double low = 0, high = 0;
  for (const Bar& bar : bars) {
    if (!std::isfinite(bar.value)) continue;
    low = std::min(low, bar.value);
    high = std::max(high, bar.value);
  }
  if (bars.empty() || low == high) return figure(title, "<p class=\"soft\">no data</p>\n");
  const double names = width * kNames, room = width - names - kValues;
  const double height = kRow * static_cast<double>(bars.size()) + 6;
  std::string svg = fmt::format(
      "<svg viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
      "role=\"img\" aria-label=\"{2}\">\n",
      width, height, escape_html(title, 100));
  const auto at = [&](double value) { return names + (value - low) / (high - low) * room; };
  for (size_t k = 0; k < bars.size(); ++k) {
    const Bar& bar = bars[k];
    const double y = kRow * static_cast<double>(k);
    const double value = std::isfinite(bar.value) ? bar.value : 0;
    const auto most = static_cast<int64_t>(names / 6.6);
    svg += fmt::format(
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text><rect class=\"s{}\" "
        "x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" stroke=\"none\"/><text "
        "class=\"soft\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
        names - 8, y + 15, escape_html(bar.name, most), value < 0 ? 1 : 0, at(std::min(0.0, value)),
        y + 4, std::max(1.0, std::abs(at(value) - at(0))), kRow - 8, at(std::max(0.0, value)) + 6,
        y + 15, escape_html(bar.text, 20));
  }
  return figure(title, svg + "</svg>\n");
}

}  // namespace cenote
