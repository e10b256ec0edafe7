// SPDX-License-Identifier: Apache-2.0
#include "claim/results.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/json_text.h"
#include "report/chart.h"

namespace cenote {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kLargestResult = 16 << 20;

/// JSON has no NaN: null stands for what is not finite.
Json number_json(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
double number_of(const nlohmann::json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

const char* bound_name(Bound bound) { return bound == Bound::at_least ? "at least" : "at most"; }

Chart chart_of(const ClaimChart& chart, const ClaimResult& result) {
  Chart out{.title = chart.title, .x = {.label = chart.x}, .y = {.label = chart.y}};
  for (const std::string& name : chart.series) {
    Series series;
    series.name = name;
    for (const double x : chart.at) {
      series.points.push_back({x, mean_interval(result.figure(figure_at(name, x))).mean});
    }
    out.series.push_back(std::move(series));
  }
  return out;
}

std::string time_text(double seconds) {
  return seconds < 90 ? fmt::format("{:.0f} s", seconds) : fmt::format("{:.0f} min", seconds / 60);
}

std::string figures_table(const ClaimResult& result) {
  std::string out = "| figure | mean | 95 % of means | by seed |\n|---|--:|--:|---|\n";
  for (const auto& [name, values] : result.figures) {
    const MeanInterval mean = mean_interval(values);
    std::string seeds;
    for (const double value : values)
      seeds += fmt::format("{}{:.4g}", seeds.empty() ? "" : " ", value);
    out += fmt::format("| {} | {:.4g} | {:.4g} to {:.4g} | {} |\n", name, mean.mean, mean.low,
                       mean.high, seeds);
  }
  return out;
}

std::string claim_section(const ClaimEntry& claim, const ClaimResult& result,
                          const std::string& pictures) {
  std::string out = fmt::format("\n## {}: {}\n\n", result.name, verdict_name(result.verdict));
  out += fmt::format("{}\n\n- Source: {}\n- Here: {}\n- Other than in the paper: {}\n",
                     claim.info.summary, claim.info.source, claim.setting, claim.departs);
  for (const JudgedCondition& one : result.conditions) {
    out += fmt::format("- Condition: {} {} {:g}: {}.\n", one.condition.figure,
                       bound_name(one.condition.bound), one.threshold, verdict_name(one.verdict));
  }
  out += fmt::format("- Reason: {}.\n- Run: {} seeds, {}, {} threads, {}.\n\n", result.reason,
                     result.seeds, time_text(result.seconds), result.threads, result.processor);
  if (!result.figures.empty()) out += figures_table(result);
  if (claim.chart && !result.figures.empty())
    out += fmt::format("\n![{}]({}/{}.svg)\n", claim.chart->title, pictures, result.name);
  return out;
}

}  // namespace

Json to_json(const ClaimResult& result) {
  Json figures = Json::object();
  for (const auto& [name, values] : result.figures) {
    figures[name] = Json::array();
    for (const double value : values) figures[name].push_back(number_json(value));
  }
  Json conditions = Json::array();
  for (const JudgedCondition& one : result.conditions) {
    conditions.push_back({{"figure", one.condition.figure},
                          {"bound", bound_name(one.condition.bound)},
                          {"threshold", one.threshold},
                          {"mean", number_json(one.value.mean)},
                          {"low", number_json(one.value.low)},
                          {"high", number_json(one.value.high)},
                          {"verdict", verdict_name(one.verdict)}});
  }
  return {{"name", result.name},
          {"quick", result.quick},
          {"verdict", verdict_name(result.verdict)},
          {"reason", result.reason},
          {"seeds", result.seeds},
          {"conditions", conditions},
          {"figures", figures},
          {"seconds", number_json(result.seconds)},
          {"threads", result.threads},
          {"processor", result.processor},
          {"version", result.version}};
}

ClaimResult claim_result_from(const std::string& text, const std::string& what) {
  const nlohmann::json document = parse_json(text, what);
  ClaimResult out;
  try {
    out.name = document.at("name");
    out.quick = document.at("quick");
    out.verdict = verdict_of(document.at("verdict"));
    out.reason = document.at("reason");
    out.seeds = document.at("seeds");
    // In the order of the file, not of the alphabet.
    const Json ordered = Json::parse(text);
    for (const auto& [name, values] : ordered.at("figures").items()) {
      out.figures.push_back({name, {}});
      for (const auto& value : values) out.figures.back().second.push_back(number_of(value));
    }
    for (const auto& one : document.at("conditions")) {
      JudgedCondition condition;
      condition.condition.figure = one.at("figure");
      condition.condition.bound = one.at("bound") == "at least" ? Bound::at_least : Bound::at_most;
      condition.threshold = one.at("threshold");
      condition.value = {number_of(one.at("mean")), number_of(one.at("low")),
                         number_of(one.at("high"))};
      condition.verdict = verdict_of(one.at("verdict"));
      out.conditions.push_back(condition);
    }
    out.seconds = number_of(document.at("seconds"));
    out.threads = document.at("threads");
    out.processor = document.at("processor");
    out.version = document.at("version");
  } catch (const nlohmann::json::exception&) {
    fail(ErrorCode::bad_input, "{}: is no result of a claim", what);
  }
  return out;
}

void write_claim_result(const std::filesystem::path& folder, const ClaimEntry& claim,
                        const ClaimResult& result) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  CENOTE_CHECK(!error, io, "cannot make the folder {}: {}", folder.string(), error.message());
  write_file_atomically(folder / (result.name + ".json"), to_json(result).dump(2) + "\n");
  if (claim.chart && !result.figures.empty())
    write_file_atomically(folder / (result.name + ".svg"),
                          chart_file(chart_of(*claim.chart, result)));
}

std::vector<ClaimResult> read_claim_results(const std::filesystem::path& folder) {
  std::vector<ClaimResult> out;
  for (const std::string& name : claim_registry().names()) {
    const std::filesystem::path path = folder / (name + ".json");
    if (std::filesystem::exists(path))
      out.push_back(claim_result_from(read_file(path, kLargestResult), path.string()));
  }
  return out;
}

std::string claims_page(const std::vector<ClaimResult>& results, const std::string& pictures) {
  std::string out =
      "# Claims of the literature, as experiments\n\n"
      "Written by `cenote claim all --out claims/results --page docs/claims.md`. Each claim is a "
      "file of `claims/` with its data, sizes and thresholds, fixed before it was run; the verdict "
      "follows from the figures by a rule (`src/claim/verdict.h`): *holds* if the 95 % interval "
      "of the mean over seeds keeps every bound, *fails* if it breaks one, else *undecided*.\n\n"
      "| claim | verdict | what the paper says | why | seeds | time |\n|---|---|---|---|--:|--:|\n";
  for (const ClaimResult& result : results) {
    const ClaimEntry& claim = claim_registry().at(result.name);
    out += fmt::format("| [{0}](#{0}-{1}) | {1} | {2} | {3} | {4} | {5} |\n", result.name,
                       verdict_name(result.verdict), claim.info.summary, result.reason,
                       result.seeds, time_text(result.seconds));
  }
  for (const ClaimResult& result : results)
    out += claim_section(claim_registry().at(result.name), result, pictures);
  return out;
}

}  // namespace cenote
