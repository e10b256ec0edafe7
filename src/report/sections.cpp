// SPDX-License-Identifier: Apache-2.0
#include "report/sections.h"

#include <algorithm>
#include <cmath>

#include "base/time.h"
#include "metric/metric.h"
#include "report/chart.h"
#include "report/html.h"
#include "report/schema_diagram.h"

namespace cenote {
namespace {

std::string number(double value) {
  if (!std::isfinite(value)) return "undefined";
  return std::abs(value) >= 1000 ? fmt::format("{:.1f}", value) : fmt::format("{:.4f}", value);
}

std::string paragraph(const std::string& html, const char* style = "") {
  return fmt::format("<p{}>{}</p>\n", style, html);
}
constexpr const char* kSoft = " class=\"soft\"";

std::string card(const std::string& name, const std::string& value, const std::string& below) {
  return fmt::format("<div class=\"card\"><span class=\"soft\">{}</span><b>{}</b>{}</div>\n",
                     escape_html(name, 40), value, below);
}

const MetricValue* find_metric(const Contestant& one, const std::string& name) {
  const auto found = std::find_if(one.metrics.begin(), one.metrics.end(),
                                  [&](const MetricValue& m) { return m.name == name; });
  return found == one.metrics.end() ? nullptr : &*found;
}

std::string with_interval(const MetricValue& metric) {
  if (!std::isfinite(metric.low) || !std::isfinite(metric.high)) return number(metric.value);
  return fmt::format("{} <span class=\"soft\">({} to {})</span>", number(metric.value),
                     number(metric.low), number(metric.high));
}

std::string title_of(const ReportData& data) {
  if (!data.task.question.empty()) return data.task.question;
  return data.task.description.empty() ? data.task.name : data.task.description;
}

}  // namespace

std::string head_section(const ReportData& data) {
  std::string out = fmt::format("<h1>{}</h1>\n", escape_html(title_of(data), 300));
  out += paragraph(fmt::format("{} on {}, by {}, {} protocol, seed {}",
                               escape_html(data.task.name, 80), escape_html(data.dataset, 80),
                               escape_html(data.model, 40), data.protocol, data.seed),
                   kSoft);
  std::string cards;
  const Contestant& run = data.contestants.back();
  if (const MetricValue* metric = find_metric(run, data.task.metric)) {
    cards += card(fmt::format("{} on {}", metric->name, data.split), number(metric->value),
                  fmt::format("<span class=\"soft\">95 %: {} to {}</span>", number(metric->low),
                              number(metric->high)));
    // The best of the simple models.
    const MetricValue* best = nullptr;
    std::string name;
    const bool up = metric_registry().at(metric->name).higher_is_better;
    for (size_t k = 0; k + 1 < data.contestants.size(); ++k) {
      const MetricValue* other = find_metric(data.contestants[k], metric->name);
      if (other == nullptr || std::isnan(other->value)) continue;
      if (best != nullptr && (up ? other->value <= best->value : other->value >= best->value))
        continue;
      best = other;
      name = data.contestants[k].name;
    }
    if (best != nullptr)
      cards += card("best simple model", number(best->value),
                    fmt::format("<span class=\"soft\">{}</span>", escape_html(name)));
  }
  cards += card("predictions", fmt::format("{}", data.time.size()),
                fmt::format("<span class=\"soft\">of the {} split</span>", data.split));
  cards += card("leaks", fmt::format("<span class=\"{0}\">{0}</span>", data.check.verdict),
                fmt::format("<span class=\"soft\">{} findings</span>", data.check.findings.size()));
  return out + "<div class=\"cards\">\n" + cards + "</div>\n";
}

std::string question_section(const ReportData& data) {
  const Task& task = data.task;
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const char* what, const std::string& text) {
    if (!text.empty()) rows.push_back({what, escape_html(text)});
  };
  add("kind", fmt::format("{}, {}", to_string(task.kind), to_string(task.type)));
  add("for each",
      task.entity_table + (task.entity_column.empty() ? "" : " (" + task.entity_column + ")"));
  add("predict", task.target_column);
  if (task.horizon > 0) add("over the next", format_horizon(task));
  add("judged by", task.metric);
  add("rows seen", data.protocol == "frozen"
                       ? "up to each seed's time, at most to the test time (frozen)"
                       : "up to each seed's time (rolling)");
  std::string out = html_table({"", ""}, rows);
  if (!task.sql.empty())
    out += "<details><summary>label SQL</summary><pre>" + escape_html(task.sql, 20000) +
           "</pre></details>\n";
  return html_section("The question", out);
}

std::string database_section(const ReportData& data) {
  std::string out = draw_schema(data.schema, data.task.entity_table);
  std::vector<std::vector<std::string>> rows;
  for (size_t t = 0; t < data.schema.tables.size(); ++t) {
    const Table& table = data.schema.tables[t];
    const TableSummary& summary = data.tables[t];
    rows.push_back({escape_html(table.name, 60), std::to_string(table.rows),
                    std::to_string(table.columns.size()),
                    table.time_column.empty() ? "no time" : escape_html(table.time_column, 60),
                    summary.first.empty() ? "" : summary.first + " to " + summary.last});
  }
  out += "<details><summary>tables</summary>\n" +
         html_table({"table", "rows", "columns", "time", "range"}, rows, {1, 2}) + "</details>\n";
  return html_section("The database", out);
}

std::string labels_section(const ReportData& data) {
  const bool binary = data.task.type == TaskType::binary_classification;
  const bool mean = binary || data.task.type == TaskType::regression;
  std::vector<std::vector<std::string>> rows;
  Chart chart;
  chart.title = binary ? "share of positive labels over time" : "mean label over time";
  chart.x = {.label = "time of asking", .time = true};
  chart.y = {.label = binary ? "share" : "mean"};
  chart.width = 760;
  chart.height = 260;
  for (const SplitSummary& split : data.splits) {
    Series series{split.name, {}, true};
    for (const LabelsAtTime& at : split.times)
      series.points.push_back({static_cast<double>(at.time), at.mean});
    // Each row of an autocomplete task has a time of its own: years of them are drawn as their means.
    if (series.points.size() > 200) {
      std::vector<Point> fewer;
      const size_t step = series.points.size() / 100;
      for (size_t i = 0; i + step <= series.points.size(); i += step) {
        Point sum{0, 0};
        for (size_t k = i; k < i + step; ++k) {
          sum.x += series.points[k].x / static_cast<double>(step);
          sum.y += series.points[k].y / static_cast<double>(step);
        }
        fewer.push_back(sum);
      }
      series.points = std::move(fewer);
    }
    if (series.points.size() < 3) series.line = false;
    chart.series.push_back(std::move(series));
    rows.push_back({split.name, std::to_string(split.seeds), std::to_string(split.entities),
                    std::to_string(split.times.size()),
                    split.times.empty() ? "" : format_time(split.times.front().time),
                    split.times.empty() ? "" : format_time(split.times.back().time),
                    mean ? number(split.mean) : ""});
  }
  std::string out = html_table({"split", "labels", "entities", "times", "first", "last",
                                mean ? (binary ? "positive" : "mean") : ""},
                               rows, {1, 2, 3, 6});
  if (mean) out += draw_chart(chart);
  return html_section("Labels", out);
}

std::string result_section(const ReportData& data) {
  std::vector<std::string> head{"metric"};
  for (const Contestant& one : data.contestants) head.push_back(escape_html(one.name, 40));
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const std::string& metric) {
    std::vector<std::string> row{metric == data.task.metric ? "<b>" + metric + "</b>" : metric};
    for (const Contestant& one : data.contestants) {
      const MetricValue* found = find_metric(one, metric);
      row.push_back(found == nullptr ? "" : with_interval(*found));
    }
    rows.push_back(row);
  };
  add(data.task.metric);
  for (const MetricValue& metric : data.contestants.back().metrics)
    if (metric.name != data.task.metric) add(metric.name);
  std::string out = paragraph(
      fmt::format("On the {} labels of the {} split, with 95 % intervals over entities. The first "
                  "row decided between models, on validation.",
                  data.time.size(), data.split),
      kSoft);
  out += html_table(head, rows);
  if (!data.intervals.empty()) {
    std::vector<std::vector<std::string>> held;
    for (const IntervalCoverage& one : data.intervals)
      held.push_back({fmt::format("{:.0f} %", one.level * 100),
                      fmt::format("{:.1f} %", one.coverage * 100), number(one.width)});
    out += paragraph("Intervals around predictions, learned on validation:", kSoft) +
           html_table({"meant to hold", "hold", "mean width"}, held, {0, 1, 2});
  }
  return html_section("Result", out);
}

std::string features_section(const ReportData& data) {
  if (data.features.features.empty())
    return html_section("What it looks at",
                        paragraph("This model does not choose features.", kSoft));
  std::vector<Bar> bars;
  for (const RunFeature& feature : data.features.features) {
    if (bars.size() == 15) break;
    bars.push_back({feature.sentence, feature.share, fmt::format("{:.1f} %", 100 * feature.share)});
  }
  return html_section(
      "What it looks at",
      draw_bars("share of what the features gained in training, the largest", bars));
}

std::string check_section(const ReportData& data) {
  std::string out = paragraph(fmt::format("<span class=\"verdict {0}\">{0}</span> {1}",
                                          data.check.verdict, escape_html(data.check.sentence)));
  std::vector<std::vector<std::string>> rows;
  for (const CheckFinding& one : data.check.findings)
    rows.push_back({fmt::format("<span class=\"word {0}\">{0}</span>", one.level),
                    escape_html(one.message) + "<br><span class=\"soft\">" +
                        escape_html(one.advice) + "</span>"});
  if (!rows.empty()) out += html_table({"", "finding"}, rows);
  return html_section("Knowledge from later", out);
}

std::string how_section(const ReportData& data) {
  return html_section(
      "How to do it again",
      "<pre>" + escape_html(data.how, 4000) + "\n" +
          escape_html("cenote evaluate " + data.run + "\ncenote report " + data.run, 4000) +
          "</pre>\n" +
          paragraph("The same source, options and seed give the same model, byte for byte; of "
                    "model auto together with the run's schedule.json (--schedule).",
                    kSoft));
}

}  // namespace cenote
