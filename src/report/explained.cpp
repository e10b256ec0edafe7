// SPDX-License-Identifier: Apache-2.0
// What predictions rest on: over all, and of some of them.
#include <cmath>

#include "base/time.h"
#include "report/chart.h"
#include "report/html.h"
#include "report/sections.h"

namespace cenote {
namespace {

constexpr size_t kMostBars = 12, kMostGroups = 6;

std::string signed_text(double value) { return fmt::format("{:+.4f}", value); }

std::string importance_bars(const Importance& importance, const std::string& kind,
                            const std::string& title) {
  std::vector<Bar> bars;
  for (const ImportanceItem& item : importance.items) {
    if (item.kind != kind || bars.size() == kMostBars) continue;
    bars.push_back({item.name, item.worse, signed_text(item.worse)});
  }
  return bars.empty() ? "" : draw_bars(title, bars);
}

std::string label_text(const ReportData& data, double label) {
  const auto index = static_cast<size_t>(label);
  if (data.task.type == TaskType::multiclass_classification && label >= 0 &&
      index < data.classes.size())
    return data.classes[index];
  return fmt::format("{:.6g}", label);
}

std::string explanation_table(const ReportData& data, size_t number) {
  const Explanation& one = data.explained.explanations[number];
  const bool hit = number < data.hits;
  std::string out = fmt::format(
      "<h3>{} {} at {} <span class=\"{}\">{}</span></h3>\n<p>Predicted {}<b>{:.4f}</b>, the label "
      "is "
      "<b>{}</b>; the average prediction is {:.4f}.</p>\n",
      escape_html(data.explained.entity_column, 60), escape_html(one.entity, 60),
      format_time(one.time), hit ? "clean" : "suspect", hit ? "hit" : "miss",
      one.output.empty() ? "" : escape_html(one.output, 60) + " ", one.prediction,
      escape_html(label_text(data, data.explained_label[number]), 60), one.average);
  std::vector<std::vector<std::string>> rows;
  double left = one.prediction - one.average;
  for (size_t g = 0; g < one.groups.size() && g < kMostGroups; ++g) {
    const ContributionGroup& group = one.groups[g];
    const Contribution& largest = one.contributions[group.largest];
    left -= group.amount;
    std::string more;
    if (group.contributions > 1)
      more = fmt::format(
          " <span class=\"soft\">and {} others of {}</span>", group.contributions - 1,
          escape_html(group.column.empty() ? group.table : group.table + "." + group.column, 80));
    rows.push_back({signed_text(group.amount),
                    escape_html(largest.sentence + ": " + largest.value, 300) + more});
  }
  if (one.groups.size() > kMostGroups)
    rows.push_back({signed_text(left), fmt::format("<span class=\"soft\">{} others together</span>",
                                                   one.groups.size() - kMostGroups)});
  return out + html_table({"effect", "what moved it"}, rows, {0});
}

}  // namespace

std::string importance_section(const ReportData& data) {
  if (data.importance.items.empty()) return "";
  std::string out = fmt::format(
      "<p class=\"soft\">How much worse {} gets on {} validation labels without it ({:.4f} with "
      "all).</p>\n",
      escape_html(data.importance.metric), data.importance.rows, data.importance.value);
  out += importance_bars(data.importance, "table", "without a table");
  out += importance_bars(data.importance, "column", "with a column shuffled");
  out += importance_bars(data.importance, "time", "with a database that lags behind");
  out += importance_bars(data.importance, "labels", "without past labels");
  return html_section("What it rests on", out);
}

std::string explained_section(const ReportData& data) {
  if (data.explained.explanations.empty()) return "";
  std::string out =
      "<p class=\"soft\">Bold predictions that were right, and the worst misses; the effects and "
      "the average add up to the prediction.</p>\n";
  for (size_t i = 0; i < data.explained.explanations.size(); ++i) out += explanation_table(data, i);
  return html_section("Six predictions explained", out);
}

}  // namespace cenote
