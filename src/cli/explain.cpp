// SPDX-License-Identifier: Apache-2.0
#include "cenote/explain.h"

#include <fmt/format.h>

#include <cmath>

#include "base/time.h"
#include "cli/cli.h"
#include "cli/detail/arguments.h"
#include "cli/detail/reporter.h"
#include "cli/detail/results.h"
#include "cli/detail/terminal.h"

namespace cenote {
namespace {

/// Four digits, no sign of a rounded zero.
std::string signed_number(double value) {
  const std::string text = fmt::format("{:+.4f}", value);
  return text == "-0.0000" ? "+0.0000" : text;
}

std::string row_words(const ExplainedCell& cell) {
  std::string out = fmt::format("{} {}", cell.table, cell.row);
  if (!cell.time.empty()) out += fmt::format(" ({})", cell.time);
  if (!cell.column.empty()) out += fmt::format(": {} {}", cell.column, cell.value);
  return out;
}

/// "grid of results (by results.driverId), 14 features, most of all mean of grid in the last 3 ...: 4.7 (+0.0360)".
std::string group_words(const Explanation& one, size_t number) {
  const ContributionGroup& group = one.groups[number];
  const Contribution& largest = one.contributions[group.largest];
  const std::string sentence = fmt::format("{}: {}", largest.sentence, largest.value);
  if (group.contributions == 1) return sentence;
  const size_t last = group.link.rfind("> ");
  const std::string by = last == std::string::npos ? group.link : group.link.substr(last + 2);
  return fmt::format("{} of {}{}, {} features, most of all the {} ({})",
                     group.column.empty() ? "rows" : group.column, group.table,
                     by.empty() ? "" : fmt::format(" (by {})", by), group.contributions, sentence,
                     signed_number(largest.amount));
}

void print_cells(const std::vector<ExplainedCell>& cells, const char* title, size_t shown) {
  if (cells.empty() || shown == 0) return;
  TextTable table({{"effect", true}, {title}});
  for (size_t i = 0; i < std::min(shown, cells.size()); ++i)
    table.add_row({signed_number(cells[i].amount), printable(row_words(cells[i]))});
  std::printf("\n%s", table.render(terminal_width(stdout), "").c_str());
}

void print_explanation(const Explanations& all, const Explanation& one, size_t top) {
  std::string head = fmt::format("{} by {}, {}: {} {} at {}", all.task, all.model, all.protocol,
                                 all.entity_column, one.entity, format_time(one.time));
  if (!one.output.empty()) head += ", output " + one.output;
  std::printf("%s\n", printable(head).c_str());
  std::printf("  prediction  %.4f\n  average     %.4f\n  apart       %s\n", one.prediction,
              one.average, signed_number(one.prediction - one.average).c_str());
  if (one.contributions.empty()) {
    std::printf("\nthe model gives every seed this prediction\n");
    return;
  }
  TextTable table({{"effect", true}, {"what"}});
  const size_t shown = std::min(top, one.groups.size());
  double left = one.prediction - one.average;
  for (size_t i = 0; i < shown; ++i) {
    left -= one.groups[i].amount;
    table.add_row({signed_number(one.groups[i].amount), printable(group_words(one, i))});
  }
  if (shown < one.groups.size()) {
    table.add_row({signed_number(left), fmt::format("{} others together; --top N shows more",
                                                    one.groups.size() - shown)});
  }
  std::printf("\n%s", table.render(terminal_width(stdout), "").c_str());
  print_cells(one.rows, "row", std::min<size_t>(top, 5));
  print_cells(one.cells, "cell", std::min<size_t>(top, 5));
}

void print_importance(const Importance& run, size_t top) {
  std::printf("%s\n", printable(fmt::format("{} by {}, {}: {} {:.4f} on {} validation seeds",
                                            run.task, run.model, run.protocol, run.metric,
                                            run.value, format_count(run.rows)))
                          .c_str());
  std::string kind;
  size_t shown = 0, left = 0;
  TextTable table({{"without"}, {"worse", true}, {"95 % interval"}});
  const auto flush = [&] {
    if (shown == 0) return;
    std::printf("\n%s", table.render(terminal_width(stdout), "").c_str());
    if (left > 0) std::printf("and %zu more; --top N shows more of them\n", left);
  };
  for (const ImportanceItem& item : run.items) {
    if (item.kind != kind) {
      flush();
      kind = item.kind;
      shown = left = 0;
      table = TextTable({{kind}, {"worse without", true}, {"95 % interval"}});
    }
    if (shown == top) {
      ++left;
      continue;
    }
    ++shown;
    table.add_row({printable(item.name), signed_number(item.worse),
                   fmt::format("{} to {}", signed_number(item.low), signed_number(item.high))});
  }
  flush();
}

nlohmann::ordered_json cells_json(const std::vector<ExplainedCell>& cells) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const ExplainedCell& cell : cells) {
    nlohmann::ordered_json one = {{"table", cell.table}, {"row", cell.row}};
    if (!cell.time.empty()) one["time"] = cell.time;
    if (!cell.column.empty()) {
      one["column"] = cell.column;
      one["value"] = cell.value;
    }
    one["amount"] = cell.amount;
    out.push_back(std::move(one));
  }
  return out;
}

nlohmann::ordered_json to_json(const Explanations& all) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Explanation& one : all.explanations) {
    nlohmann::ordered_json parts = nlohmann::ordered_json::array();
    for (const Contribution& part : one.contributions) {
      parts.push_back({{"sentence", part.sentence},
                       {"value", part.value},
                       {"amount", part.amount},
                       {"table", part.table},
                       {"link", part.link},
                       {"column", part.column},
                       {"window", part.window},
                       {"rows", part.rows}});
    }
    nlohmann::ordered_json entity = one.entity;
    if (all.entity_is_number) entity = nlohmann::ordered_json::parse(one.entity);
    nlohmann::ordered_json document = {{"entity", entity}, {"time", format_time(one.time)}};
    if (!one.output.empty()) document["output"] = one.output;
    document["prediction"] = one.prediction;
    document["average"] = one.average;
    document["known_rows"] = one.known_rows;
    document["contributions"] = std::move(parts);
    nlohmann::ordered_json groups = nlohmann::ordered_json::array();
    for (const ContributionGroup& group : one.groups) {
      groups.push_back({{"table", group.table},
                        {"link", group.link},
                        {"column", group.column},
                        {"amount", group.amount},
                        {"largest", group.largest},
                        {"contributions", group.contributions}});
    }
    document["groups"] = std::move(groups);
    document["rows"] = cells_json(one.rows);
    document["cells"] = cells_json(one.cells);
    list.push_back(std::move(document));
  }
  return {{"task", all.task},
          {"task_type", all.task_type},
          {"model", all.model},
          {"protocol", all.protocol},
          {"entity_table", all.entity_table},
          {"entity_column", all.entity_column},
          {"target_column", all.target_column},
          {"explanations", std::move(list)}};
}

nlohmann::ordered_json to_json(const Importance& run) {
  nlohmann::ordered_json items = nlohmann::ordered_json::array();
  for (const ImportanceItem& item : run.items) {
    nlohmann::ordered_json one = {{"kind", item.kind}, {"name", item.name}};
    if (!item.table.empty()) one["table"] = item.table;
    if (!item.column.empty()) one["column"] = item.column;
    one["worse"] = item.worse;
    one["low"] = item.low;
    one["high"] = item.high;
    items.push_back(std::move(one));
  }
  return {{"task", run.task},         {"model", run.model}, {"protocol", run.protocol},
          {"metric", run.metric},     {"value", run.value}, {"rows", run.rows},
          {"items", std::move(items)}};
}

void explain_entities(const ExplainOptions& options, const CommonOptions& common, size_t top) {
  Reporter reporter(common);
  const Explanations result = explain(options, reporter.hooks());
  reporter.finish();
  if (common.json) {
    print_json(to_json(result));
    return;
  }
  for (size_t i = 0; i < result.explanations.size(); ++i) {
    if (i > 0) std::printf("\n");
    print_explanation(result, result.explanations[i], top);
  }
}

void explain_run(const ImportanceOptions& options, const CommonOptions& common, size_t top) {
  Reporter reporter(common);
  const Importance result = importance(options, reporter.hooks());
  reporter.finish();
  if (common.json) {
    print_json(to_json(result));
  } else {
    print_importance(result, top);
  }
}

int run(const std::vector<std::string>& words) {
  CLI::App app("why a prediction is what it is, or what a run's predictions rest on",
               "cenote explain");
  CommonOptions common;
  ExplainOptions options;
  ImportanceOptions whole;
  std::vector<std::string> entities;
  std::string at;
  int64_t top = 10;
  add_run_options(app, options.run);
  auto* keys = app.add_option(
      "--entity", entities, "keys of the entity table; without it the run as a whole is explained");
  app.add_option("--at", at, "the moment to predict from; the latest time by default")->needs(keys);
  app.add_option("--output", options.output, "which class or label; the likeliest by default")
      ->needs(keys);
  app.add_option("--top", top, "how many of each sort, largest first")
      ->check(CLI::Range(1, 1 << 30))
      ->capture_default_str();
  auto* repeats =
      app.add_option("--repeats", whole.repeats, "of the whole run: shuffles of a column")
          ->check(CLI::Range(1, 1000))
          ->capture_default_str();
  auto* seeds = app.add_option("--seeds", whole.seeds,
                               "of the whole run: validation seeds at most, drawn by content")
                    ->check(CLI::Range(1, 1 << 30))
                    ->capture_default_str();
  repeats->excludes(keys);
  seeds->excludes(keys);
  add_common_options(app, common);
  if (!parse_words(app, words)) return 0;
  options.run.threads = common.threads;
  if (!at.empty()) {
    try {
      parse_time(at);
    } catch (const Error& e) {
      throw UsageError(fmt::format("--at: {}", e.what()));
    }
  }
  if (entities.empty()) {
    whole.run = options.run;
    explain_run(whole, common, static_cast<size_t>(top));
    return 0;
  }
  for (const std::string& entity : entities) options.seeds.push_back({entity, at});
  options.cells = top;
  explain_entities(options, common, static_cast<size_t>(top));
  return 0;
}

}  // namespace

CENOTE_CLI(explain) {
  CliEntry entry;
  entry.info.summary = "why a prediction is what it is, and what a run's predictions rest on";
  entry.info.source =
      "Lundberg et al. 2018, arXiv:1802.03888; Sundararajan et al. 2017, arXiv:1703.01365; "
      "Breiman 2001";
  entry.info.example = "cenote explain runs/rel-f1-driver-top3-auto --entity 1 --at 2010-01-01";
  entry.usage =
      "cenote explain RUN [--entity KEY... [--at TIME] [--output NAME]] [--top N] [--repeats N] "
      "[--seeds N] [--source SOURCE] [--protocol rolling|frozen]";
  entry.run = run;
  return entry;
}

}  // namespace cenote
