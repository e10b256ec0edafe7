// SPDX-License-Identifier: Apache-2.0
#include "report/schema_diagram.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "report/html.h"

namespace cenote {
namespace {

constexpr double kWidth = 168, kHeight = 74, kGapX = 70, kGapY = 22, kMargin = 10;
constexpr size_t kMostTables = 40, kMostRows = 7;
constexpr int64_t kMostLetters = 22;

struct Place {
  size_t column = 0, row = 0;
  bool drawn = false;
  double x() const { return kMargin + static_cast<double>(column) * (kWidth + kGapX); }
  double y() const { return kMargin + static_cast<double>(row) * (kHeight + kGapY); }
};

/// Links between a table and the entity table.
std::vector<size_t> distances(const Schema& schema, size_t from) {
  constexpr size_t kFar = std::numeric_limits<size_t>::max();
  std::vector<size_t> out(schema.tables.size(), kFar), next{from};
  out[from] = 0;
  for (size_t k = 0; k < next.size(); ++k) {
    const std::string& here = schema.tables[next[k]].name;
    for (const Link& link : schema.links) {
      if (link.from_table != here && link.to_table != here) continue;
      const auto other = static_cast<size_t>(
          schema.find_table(link.from_table == here ? link.to_table : link.from_table));
      if (out[other] != kFar) continue;
      out[other] = out[next[k]] + 1;
      next.push_back(other);
    }
  }
  return out;
}

std::vector<Place> arrange(const Schema& schema, size_t entity) {
  const auto distance = distances(schema, entity);
  std::vector<size_t> order(schema.tables.size());
  for (size_t t = 0; t < order.size(); ++t) order[t] = t;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return distance[a] < distance[b]; });
  if (order.size() > kMostTables) order.resize(kMostTables);
  std::vector<Place> places(schema.tables.size());
  size_t column = 0, row = 0;
  for (size_t k = 0; k < order.size(); ++k) {
    if (k > 0 && (distance[order[k]] != distance[order[k - 1]] || row == kMostRows)) {
      ++column;
      row = 0;
    }
    places[order[k]] = {column, row++, true};
  }
  return places;
}

std::string grouped(int64_t n) {
  std::string digits = std::to_string(n);
  for (auto at = static_cast<int64_t>(digits.size()) - 3; at > 0; at -= 3) digits.insert(at, ",");
  return digits;
}

std::string box(const Table& table, const Place& place, bool is_entity) {
  std::string key;
  for (const std::string& name : table.primary_key) key += (key.empty() ? "" : ", ") + name;
  const auto line = [&](double y, const std::string& text, const char* style) {
    return fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\"{}>{}</text>", place.x() + 10, place.y() + y,
                       style, escape_html(text, kMostLetters));
  };
  return fmt::format(
             "<g><title>{}</title><rect class=\"box{}\" x=\"{:.0f}\" y=\"{:.0f}\" "
             "width=\"{:.0f}\" height=\"{:.0f}\" rx=\"6\"/>",
             escape_html(table.name), is_entity ? " entity" : "", place.x(), place.y(), kWidth,
             kHeight) +
         line(20, table.name, " style=\"font-weight:600\"") +
         line(36, grouped(table.rows) + " rows", " class=\"soft\"") +
         line(52, key.empty() ? "no key" : "key " + key, " class=\"soft\"") +
         line(67, table.time_column.empty() ? "no time" : "time " + table.time_column,
              " class=\"soft\"") +
         "</g>\n";
}

/// From a side of the child's box to one of the parent's.
std::string arrow(const Link& link, const Place& child, const Place& parent) {
  double x1, x2;
  if (child.column == parent.column) {
    x1 = x2 = child.x() + kWidth;
  } else if (child.column > parent.column) {
    x1 = child.x();
    x2 = parent.x() + kWidth;
  } else {
    x1 = child.x() + kWidth;
    x2 = parent.x();
  }
  const double y1 = child.y() + kHeight / 2, y2 = parent.y() + kHeight / 2 + 6;
  const double bend = child.column == parent.column ? 42 : (x2 - x1) / 2;
  const double c1 = x1 + bend, c2 = child.column == parent.column ? x2 + bend : x2 - bend;
  return fmt::format(
      "<path class=\"link\" marker-end=\"url(#tip)\" d=\"M{:.0f} {:.0f}C{:.0f} "
      "{:.0f} {:.0f} {:.0f} {:.0f} {:.0f}\"><title>{}</title></path>\n",
      x1, y1, c1, y1, c2, y2, x2, y2, escape_html(link.name() + " refers to " + link.to_table));
}

}  // namespace

std::string draw_schema(const Schema& schema, const std::string& entity_table) {
  const int64_t entity = std::max<int64_t>(0, schema.find_table(entity_table));
  if (schema.tables.empty()) return "";
  const auto places = arrange(schema, static_cast<size_t>(entity));
  double width = 0, height = 0;
  std::string boxes, arrows;
  size_t left_out = 0;
  for (size_t t = 0; t < places.size(); ++t) {
    if (!places[t].drawn) {
      ++left_out;
      continue;
    }
    width = std::max(width, places[t].x() + kWidth);
    height = std::max(height, places[t].y() + kHeight);
    boxes += box(schema.tables[t], places[t], static_cast<int64_t>(t) == entity);
  }
  for (const Link& link : schema.links) {
    const auto child = static_cast<size_t>(schema.find_table(link.from_table)),
               parent = static_cast<size_t>(schema.find_table(link.to_table));
    if (places[child].drawn && places[parent].drawn)
      arrows += arrow(link, places[child], places[parent]);
  }
  std::string out = fmt::format(
      "<div class=\"wide\"><svg viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
      "height=\"{1:.0f}\" role=\"img\" aria-label=\"tables and links\">\n<defs><marker id=\"tip\" "
      "viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" "
      "orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"currentColor\"/></marker></defs>\n{2}{3}"
      "</svg></div>\n",
      width + kMargin + 40, height + kMargin, arrows, boxes);
  if (left_out > 0)
    out += fmt::format("<p class=\"soft\">and {} tables farther away</p>\n", left_out);
  return out;
}

}  // namespace cenote
