// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/results.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>

#include "base/time.h"
#include "cli/detail/terminal.h"
#include "engine/output.h"

namespace cenote {
namespace {

using Json = nlohmann::ordered_json;

/// JSON has neither NaN nor infinity.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }

std::string metric_text(double value) {
  return std::isfinite(value) ? fmt::format("{:.4f}", value) : "undefined";
}

void print_wrapped(const std::string& head, const std::string& text) {
  const auto lines = wrap_text(text, terminal_width(stdout) - 14);
  for (size_t i = 0; i < lines.size(); ++i) {
    std::printf("  %-11s %s\n", i == 0 ? head.c_str() : "", lines[i].c_str());
  }
}

}  // namespace

void print_json(const Json& document) {
  std::printf("%s\n", document.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

Json to_json(const FitResult& result, const FitOptions& options) {
  Json out{{"run", result.run}, {"as_of", options.as_of}, {"seed", options.seed}};
  out.update(fit_json(result));
  return out;
}

Json to_json(const EvaluateResult& result) {
  Json metrics = Json::object();
  for (const MetricValue& metric : result.metrics) {
    metrics[metric.name] = {{"value", number(metric.value)},
                            {"low", number(metric.low)},
                            {"high", number(metric.high)}};
  }
  Json out{{"task", result.task},         {"model", result.model}, {"split", result.split},
           {"protocol", result.protocol}, {"seed", result.seed},   {"rows", result.rows},
           {"metrics", metrics}};
  if (!result.calibration.empty())
    out["calibration"] = {{"method", result.calibration},
                          {"ece_before", number(result.uncalibrated_error)}};
  for (const IntervalCoverage& one : result.intervals)
    out["intervals"].push_back(
        {{"level", one.level}, {"coverage", one.coverage}, {"mean_width", one.width}});
  for (const FrameMetric& one : result.frames)
    out["frames"].push_back({{"frame", one.frame},
                             {"rows", one.rows},
                             {one.metric.name,
                              {{"value", number(one.metric.value)},
                               {"low", number(one.metric.low)},
                               {"high", number(one.metric.high)}}}});
  return out;
}

Json to_json(const PredictResult& result) {
  Json out{{"task", result.task},
           {"task_type", result.task_type},
           {"model", result.model},
           {"protocol", result.protocol},
           {"entity_column", result.entity_column},
           {"time_column", result.time_column},
           {"target_column", result.target_column},
           {"rows", result.entity.size()}};
  if (!result.classes.empty()) out["classes"] = result.classes;
  return out;
}

Json rows_json(const PredictResult& result) {
  const QueryResult table = prediction_table(result);  // classes by name
  Json rows = Json::array();
  for (size_t i = 0; i < result.entity.size(); ++i) {
    const auto row = static_cast<int64_t>(i);
    Json item;
    item["entity"] =
        result.entity_is_number ? Json(table.columns[0].integers[i]) : Json(result.entity[i]);
    item["time"] = format_time(result.time[i]);
    if (!result.frame.empty()) item["frame"] = result.frame[i];
    if (is_recommendation(result)) {
      item["rank"] = result.rank[i];
      item["item"] =
          result.item_is_number ? Json(table.columns[3].integers[i]) : Json(result.item[i]);
      item["score"] = number(result.prediction[i]);
      rows.push_back(std::move(item));
      continue;
    }
    item["prediction"] =
        result.classes.empty() ? number(result.prediction[i]) : Json(table.columns[2].text(row));
    if (!result.low.empty()) {
      item["low"] = number(result.low[i]);
      item["high"] = number(result.high[i]);
    }
    for (size_t c = 0; c < result.classes.size(); ++c) {
      item["probabilities"][result.classes[c]] =
          number(result.probabilities[i * result.classes.size() + c]);
    }
    rows.push_back(std::move(item));
  }
  return rows;
}

namespace {

/// What was compared, what was kept of it and why.
void print_selection(const FitResult& result) {
  print_wrapped("kept", fmt::format("{}: {}", result.kept, result.why));
  TextTable contenders({{"model"}, {result.metric, true}, {"behind the best", true}});
  for (const FitContender& one : result.contenders) {
    contenders.add_row({one.name, metric_text(one.metric),
                        one.behind == 0 ? "-"
                                        : fmt::format("{} +- {}", metric_text(one.behind),
                                                      metric_text(one.standard_error))});
  }
  std::fputs(contenders.render(terminal_width(stdout), "  ").c_str(), stdout);
  TextTable members({{"made of"}, {"weight", true}, {result.metric, true}, {"seconds", true}});
  for (const FitTried& one : result.tried) {
    if (one.weight > 0)
      members.add_row({one.name, fmt::format("{:.2f}", one.weight), metric_text(one.metric),
                       fmt::format("{:.1f}", one.seconds)});
  }
  std::fputs(members.render(terminal_width(stdout), "  ").c_str(), stdout);
}

}  // namespace

void print_fit(const FitResult& result, const FitOptions& options) {
  std::printf("%s\n", printable(fmt::format("{} by {}, {}, {}, seed {}", result.task, result.model,
                                            result.protocol, options.as_of, options.seed))
                          .c_str());
  std::string validation = fmt::format("{} {}", result.metric, metric_text(result.best_metric));
  if (result.epochs > 0)
    validation += fmt::format(" (epoch {} of {})", result.best_epoch, result.epochs);
  print_wrapped("validation", validation);
  if (!result.selection.empty()) print_wrapped("selection", result.selection);
  if (result.calibration.method != "none")
    print_wrapped("calibrated",
                  fmt::format("{}: log loss {} -> {} on validation", result.calibration.method,
                              metric_text(result.calibration.loss_before),
                              metric_text(result.calibration.loss_after)));
  if (!result.kept.empty()) print_selection(result);
  if (result.parameters > 0)
    print_wrapped("parameters",
                  format_count(result.parameters) +
                      (result.precision.empty() ? "" : ", multiplied in " + result.precision));
  std::string seconds;
  for (const auto& [name, value] : result.seconds) {
    // Parts of a phase ("train.encode") are for programs.
    if (name.find('.') == std::string::npos)
      seconds += fmt::format("{}{} {:.1f}", seconds.empty() ? "" : ", ", name, value);
  }
  print_wrapped("seconds", seconds);
  for (const auto& [name, value] : result.counters) {
    if (name == "seeds_per_second")
      print_wrapped("speed", format_count(std::llround(value)) + " seeds/s");
  }
  print_wrapped("run", printable(result.run));
}

void print_profile(const FitResult& result) {
  constexpr std::string_view kTrain = "train.", kBackground = "in_background";
  double total = 0;
  std::pair<std::string, double> largest;
  for (const auto& [name, value] : result.seconds) {
    if (!name.starts_with(kTrain) || name.ends_with(kBackground)) continue;
    total += value;
    if (value > largest.second) largest = {name.substr(kTrain.size()), value};
  }
  if (total == 0) {
    print_wrapped("profile", "only a network that is trained by itself has phases of training");
    return;
  }
  TextTable table({{"phase of training"}, {"seconds", true}, {"share", true}});
  for (const auto& [name, value] : result.seconds) {
    if (!name.starts_with(kTrain)) continue;
    const bool beside = name.ends_with(kBackground);
    table.add_row({name.substr(kTrain.size()), fmt::format("{:.2f}", value),
                   beside ? "beside" : fmt::format("{:.1f} %", 100 * value / total)});
  }
  std::fputs(table.render(terminal_width(stdout), "  ").c_str(), stdout);
  print_wrapped("largest", fmt::format("{}, {:.0f} % of {:.2f} s", largest.first,
                                       100 * largest.second / total, total));
}

namespace {

std::string interval_text(const MetricValue& metric) {
  const bool known = std::isfinite(metric.low) && std::isfinite(metric.high);
  return known ? fmt::format("{:.4f} to {:.4f}", metric.low, metric.high) : "undefined";
}

}  // namespace

void print_evaluation(const EvaluateResult& result) {
  std::printf("%s\n", printable(fmt::format("{} by {}, {} split, {}, seed {}: {} rows", result.task,
                                            result.model, result.split, result.protocol,
                                            result.seed, format_count(result.rows)))
                          .c_str());
  TextTable table({{"metric"}, {"value", true}, {"95 % interval"}});
  for (const MetricValue& metric : result.metrics) {
    table.add_row({metric.name, metric_text(metric.value), interval_text(metric)});
  }
  std::fputs(table.render(terminal_width(stdout), "  ").c_str(), stdout);
  if (!result.calibration.empty() && result.calibration != "none")
    print_wrapped("calibrated", fmt::format("{}; before it, ece was {}", result.calibration,
                                            metric_text(result.uncalibrated_error)));
  if (!result.frames.empty()) {
    TextTable frames({{"frame", true},
                      {"rows", true},
                      {result.frames.front().metric.name, true},
                      {"95 % interval"}});
    for (const FrameMetric& one : result.frames)
      frames.add_row({fmt::format("{}", one.frame), format_count(one.rows),
                      metric_text(one.metric.value), interval_text(one.metric)});
    std::fputs(frames.render(terminal_width(stdout), "  ").c_str(), stdout);
  }
  if (result.intervals.empty()) return;
  TextTable intervals({{"intervals of", true}, {"hold", true}, {"mean width", true}});
  for (const IntervalCoverage& one : result.intervals)
    intervals.add_row({fmt::format("{:.0f} %", one.level * 100),
                       fmt::format("{:.1f} %", one.coverage * 100), metric_text(one.width)});
  std::fputs(intervals.render(terminal_width(stdout), "  ").c_str(), stdout);
}

}  // namespace cenote
