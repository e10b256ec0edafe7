// SPDX-License-Identifier: Apache-2.0
// Plots of predictions against labels, and of the training.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "report/chart.h"
#include "report/html.h"
#include "report/sections.h"

namespace cenote {
namespace {

constexpr size_t kMostPoints = 200, kMostDots = 1500;

/// Thins a curve evenly; the ends stay.
std::vector<Point> thinned(std::vector<Point> points, size_t most) {
  if (points.size() <= most) return points;
  std::vector<Point> out;
  for (size_t k = 0; k < most; ++k) out.push_back(points[k * (points.size() - 1) / (most - 1)]);
  return out;
}

struct Curves {
  std::vector<Point> roc, precision_recall;
};

/// Over all thresholds; equal predictions are one step.
Curves curves_of(const ReportData& data) {
  std::vector<size_t> order;
  double positives = 0, negatives = 0;
  for (size_t i = 0; i < data.label.size(); ++i) {
    if (std::isnan(data.label[i])) continue;
    order.push_back(i);
    (data.label[i] > 0 ? positives : negatives) += 1;
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return data.prediction[a] > data.prediction[b]; });
  Curves out;
  if (positives == 0 || negatives == 0) return out;
  out.roc.push_back({0, 0});
  double hit = 0, miss = 0;
  for (size_t k = 0; k < order.size(); ++k) {
    (data.label[order[k]] > 0 ? hit : miss) += 1;
    if (k + 1 < order.size() && data.prediction[order[k + 1]] == data.prediction[order[k]])
      continue;
    out.roc.push_back({miss / negatives, hit / positives});
    out.precision_recall.push_back({hit / positives, hit / (hit + miss)});
  }
  return out;
}

/// Ten parts with equally many rows: mean prediction against the share of ones.
std::vector<Point> calibration_points(const std::vector<double>& prediction,
                                      const std::vector<double>& label) {
  std::vector<size_t> order;
  for (size_t i = 0; i < label.size(); ++i)
    if (!std::isnan(label[i])) order.push_back(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return prediction[a] < prediction[b]; });
  std::vector<Point> out;
  for (size_t part = 0; part < 10; ++part) {
    const size_t begin = order.size() * part / 10, end = order.size() * (part + 1) / 10;
    if (begin == end) continue;
    Point mean{0, 0, 5};
    for (size_t k = begin; k < end; ++k) {
      mean.x += prediction[order[k]] / static_cast<double>(end - begin);
      mean.y += label[order[k]] / static_cast<double>(end - begin);
    }
    out.push_back(mean);
  }
  return out;
}

std::string binary_plots(const ReportData& data) {
  Curves curves = curves_of(data);
  Chart roc{.title = "hits against false alarms (ROC)",
            .x = {.label = "false alarms, of all negatives", .high = 1},
            .y = {.label = "hits, of all positives", .high = 1},
            .series = {{"", thinned(std::move(curves.roc), kMostPoints)}},
            .diagonal = true};
  Chart pr{.title = "precision against recall",
           .x = {.label = "recall", .high = 1},
           .y = {.label = "precision", .high = 1},
           .series = {{"", thinned(std::move(curves.precision_recall), kMostPoints)}}};
  Chart calibration{.title = "what is called probable, and how often it came true",
                    .x = {.label = "predicted probability"},
                    .y = {.label = "share of positives"},
                    .series = {{"shown", calibration_points(data.prediction, data.label), false}},
                    .diagonal = true};
  if (data.calibration != "none")
    calibration.series.push_back(
        {"before " + data.calibration, calibration_points(data.raw, data.label), false});
  return draw_chart(roc) + draw_chart(pr) + draw_chart(calibration);
}

std::string regression_plots(const ReportData& data) {
  Chart scatter{.title = "label against prediction",
                .x = {.label = "prediction"},
                .y = {.label = "label"},
                .series = {{"", {}, false}},
                .diagonal = true};
  std::vector<double> errors;
  const size_t step = std::max<size_t>(1, data.label.size() / kMostDots);
  for (size_t i = 0; i < data.label.size(); ++i) {
    if (!std::isfinite(data.label[i]) || !std::isfinite(data.prediction[i])) continue;
    errors.push_back(data.label[i] - data.prediction[i]);
    if (i % step == 0) scatter.series[0].points.push_back({data.prediction[i], data.label[i], 2.5});
  }
  Chart residuals{.title = "by how much labels miss predictions",
                  .x = {.label = "label less prediction"},
                  .y = {.label = "rows"},
                  .series = {{"", {}, true}}};
  if (!errors.empty()) {
    std::sort(errors.begin(), errors.end());
    const double low = errors[errors.size() / 200],
                 high = errors[errors.size() - 1 - errors.size() / 200];
    constexpr int kParts = 24;
    std::array<double, kParts> counts{};
    for (const double error : errors) {
      const double at = high > low ? (error - low) / (high - low) * kParts : 0;
      counts[static_cast<size_t>(std::clamp(at, 0.0, kParts - 1.0))] += 1;
    }
    for (int k = 0; k < kParts; ++k) {
      const double left = low + (high - low) * k / kParts,
                   right = low + (high - low) * (k + 1) / kParts;
      residuals.series[0].points.push_back({left, counts[k]});
      residuals.series[0].points.push_back({right, counts[k]});
    }
    residuals.y.high = *std::max_element(counts.begin(), counts.end()) * 1.05;
  }
  return draw_chart(scatter) + draw_chart(residuals);
}

std::string confusion(const ReportData& data) {
  const auto classes = static_cast<size_t>(data.width);
  if (classes > 20) return "<p class=\"soft\">too many classes for a table of confusions</p>\n";
  std::vector<std::vector<int64_t>> counts(classes, std::vector<int64_t>(classes));
  for (size_t i = 0; i < data.label.size(); ++i) {
    const auto label = static_cast<int64_t>(data.label[i]);
    if (label < 0 || label >= data.width) continue;
    const auto row = data.prediction.begin() + static_cast<std::ptrdiff_t>(i * classes);
    const auto guess = std::max_element(row, row + static_cast<std::ptrdiff_t>(classes)) - row;
    ++counts[static_cast<size_t>(label)][static_cast<size_t>(guess)];
  }
  const auto name = [&](size_t c) {
    return escape_html(c < data.classes.size() ? data.classes[c] : std::to_string(c), 30);
  };
  std::vector<std::string> head{"label, predicted as"};
  std::vector<size_t> numbers;
  std::vector<std::vector<std::string>> rows;
  for (size_t c = 0; c < classes; ++c) {
    head.push_back(name(c));
    numbers.push_back(c + 1);
    std::vector<std::string> row{name(c)};
    for (size_t k = 0; k < classes; ++k) row.push_back(std::to_string(counts[c][k]));
    rows.push_back(row);
  }
  return html_table(head, rows, numbers);
}

}  // namespace

std::string plots_section(const ReportData& data) {
  switch (data.task.type) {
    case TaskType::binary_classification:
      return html_section("Predictions and labels", binary_plots(data));
    case TaskType::regression:
      return html_section("Predictions and labels", regression_plots(data));
    case TaskType::multiclass_classification:
      return html_section("Predictions and labels", confusion(data));
    default: return "";
  }
}

std::string training_section(const ReportData& data) {
  Series loss{"loss", {}}, metric{"", {}};
  std::vector<Bar> tried;
  for (const nlohmann::json& line : data.log) {
    const auto number = [&](const std::string& name) {
      return line.contains(name) && line[name].is_number() ? line[name].get<double>() : NAN;
    };
    if (line.contains("epoch")) {
      loss.points.push_back({number("epoch"), number("loss")});
      metric.points.push_back({number("epoch"), number(data.task.metric)});
    } else if (line.contains("model") && line["model"].is_string()) {
      const bool trial = line.value("trial", false);
      tried.push_back({line["model"].get<std::string>() + (trial ? " (trial)" : ""),
                       number(data.task.metric), fmt::format("{:.4f}", number(data.task.metric))});
    }
  }
  std::string out;
  if (!loss.points.empty()) {
    const Axis epochs{.label = "epoch"};
    out += draw_chart(
        {.title = "training loss", .x = epochs, .y = {.label = "loss"}, .series = {loss}});
    out += draw_chart({.title = data.task.metric + " on validation",
                       .x = epochs,
                       .y = {.label = data.task.metric},
                       .series = {metric}});
  }
  if (!tried.empty())
    out += draw_bars(data.task.metric + " on validation of what was tried", tried);
  const auto chosen = data.fitted.find("chosen");
  if (chosen != data.fitted.end() && chosen->is_object())
    out += fmt::format("<p>Kept: <b>{}</b>, {}.</p>\n", escape_html(chosen->value("kept", "")),
                       escape_html(chosen->value("why", "")));
  return out.empty() ? "" : html_section("Training", out);
}

}  // namespace cenote
