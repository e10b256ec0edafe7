// SPDX-License-Identifier: Apache-2.0
#include "cenote/ask.h"

#include <cstdio>

#include "cli/cli.h"
#include "cli/detail/reporter.h"
#include "cli/detail/results.h"
#include "cli/detail/terminal.h"

namespace cenote {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Asked& asked) {
  Json words = Json::object(), splits = Json::array(), rows = Json::array(),
       warnings = Json::array();
  for (const auto& [name, text] : asked.words) words[name] = text;
  for (const AskedSplit& split : asked.splits) {
    Json distribution = Json::object();
    for (const auto& [name, value] : split.distribution) distribution[name] = value;
    Json one{
        {"name", split.name},           {"times", split.times},   {"first_time", split.first_time},
        {"last_time", split.last_time}, {"labels", split.labels}, {"entities", split.entities}};
    if (split.known >= 0) {
      one["pairs"] = {{"known", split.known},
                      {"chosen", split.chosen},
                      {"assumed", split.assumed},
                      {"empty", split.empty}};
    }
    one["distribution"] = distribution;
    splits.push_back(std::move(one));
  }
  for (const AskedRow& row : asked.rows) {
    Json one{{"split", row.split}, {"time", row.time}, {"entity", row.entity}};
    if (row.frame > 0) one["frame"] = row.frame;
    one["label"] = row.label;
    rows.push_back(std::move(one));
  }
  for (const auto& [code, message] : asked.warnings)
    warnings.push_back({{"code", code}, {"message", message}});
  return {{"question", asked.question},
          {"name", asked.name},
          {"kind", asked.kind},
          {"task_type", asked.task_type},
          {"entity_table", asked.entity_table},
          {"entity_key", asked.entity_key},
          {"words", words},
          {"empty_windows", asked.empty_rule},
          {"horizon", asked.horizon},
          {"val_timestamp", asked.val_timestamp},
          {"test_timestamp", asked.test_timestamp},
          {"split_from", asked.split_from},
          {"sql", asked.sql},
          {"splits", splits},
          {"rows", rows},
          {"warnings", warnings},
          {"cannot_fit", asked.cannot_fit}};
}

void print_wrapped(const std::string& head, const std::string& text, int width) {
  constexpr int kIndent = 14;
  const auto lines = wrap_text(printable(text), std::max(20, width - kIndent));
  for (size_t i = 0; i < lines.size(); ++i)
    std::printf("  %-*s%s\n", kIndent - 2, i == 0 ? printable(head).c_str() : "", lines[i].c_str());
}

std::string kind_words(const Asked& asked) {
  if (asked.kind == "ranking") return "ranking: which items, the most likely first";
  if (asked.kind == "forecast") return "forecast: a number for each of several windows";
  if (asked.kind == "missing")
    return fmt::format("missing values of a column ({})", asked.task_type);
  return asked.task_type;
}

/// "0: 62.1 %, 1: 37.9 %", or the five numbers and the mean.
std::string spread(const AskedSplit& split, const std::string& task_type) {
  std::string out;
  const bool classes =
      task_type == "binary_classification" || task_type == "multiclass_classification";
  constexpr size_t kShown = 6;
  for (size_t i = 0; i < split.distribution.size(); ++i) {
    const auto& [name, value] = split.distribution[i];
    if (i == kShown) return out + ", ...";
    out += i == 0 ? "" : ", ";
    out +=
        classes
            ? fmt::format("{}: {}", name, format_percent(value / static_cast<double>(split.labels)))
            : fmt::format(
                  "{} {:.4g}",
                  name.starts_with("quartile") ? name == "quartile_1" ? "25 %" : "75 %" : name,
                  value);
  }
  return out;
}

void print_splits(const Asked& asked, int width) {
  TextTable table(
      {{"split"}, {"times", true}, {"first"}, {"last"}, {"labels", true}, {"entities", true}});
  for (const AskedSplit& split : asked.splits) {
    table.add_row({split.name, format_count(split.times), split.first_time, split.last_time,
                   format_count(split.labels), format_count(split.entities)});
  }
  std::printf("\nlabels\n%s", table.render(width, "  ").c_str());
  for (const AskedSplit& split : asked.splits) {
    if (!split.distribution.empty())
      print_wrapped(split.name, spread(split, asked.task_type), width);
  }
}

void print_counts(const Asked& asked, int width) {
  for (const AskedSplit& split : asked.splits) {
    if (split.known < 0) return;
  }
  if (asked.splits.empty()) return;
  const char* what =
      asked.kind == "forecast" ? "entities, times and frames" : "pairs of entity and time";
  TextTable table({{what}, {"train", true}, {"val", true}, {"test", true}});
  const auto row = [&](const char* name, int64_t AskedSplit::*count) {
    table.add_row({name, format_count(asked.splits[0].*count), format_count(asked.splits[1].*count),
                   format_count(asked.splits[2].*count)});
  };
  row("that exist", &AskedSplit::known);
  bool where = false, assuming = false;
  for (const auto& [name, text] : asked.words) {
    where |= name == "only where";
    assuming |= name == "assuming";
  }
  if (where) row("kept by WHERE", &AskedSplit::chosen);
  if (assuming) row("kept by ASSUMING", &AskedSplit::assumed);
  row(asked.empty_rule == "dropped" ? "no rows: dropped" : "no rows: label kept",
      &AskedSplit::empty);
  std::printf("\n%s", table.render(width, "  ").c_str());
}

void print_rows(const Asked& asked, int width) {
  if (asked.rows.empty()) return;
  const bool frames = asked.kind == "forecast";
  std::vector<TextTable::Head> heads{{"time"}, {asked.entity_table + "." + asked.entity_key}};
  if (frames) heads.push_back({"frame", true});
  heads.push_back({"label"});
  TextTable table(heads);
  for (const AskedRow& row : asked.rows) {
    std::vector<std::string> cells{row.time, printable(row.entity)};
    if (frames) cells.push_back(std::to_string(row.frame));
    cells.push_back(printable(row.label));
    table.add_row(std::move(cells));
  }
  std::printf("\nfirst labels of %s\n%s", asked.rows.front().split.c_str(),
              table.render(width, "  ").c_str());
}

void print_asked(const Asked& asked) {
  const int width = terminal_width(stdout);
  std::printf("understood\n");
  for (const auto& [name, text] : asked.words) print_wrapped(name, text, width);
  print_wrapped("kind", kind_words(asked), width);
  const std::string from = asked.split_from == "data"      ? "chosen from the range of the data"
                           : asked.split_from == "options" ? "as given"
                                                           : "from the database's manifest";
  if (asked.split_from == "keys") {
    print_wrapped(
        "split", "70 % of the rows to train, 15 % each to validate and test, by their keys", width);
  } else {
    print_wrapped("times",
                  fmt::format("{}validation from {}, test from {} ({})",
                              asked.horizon.empty() ? "" : fmt::format("every {}; ", asked.horizon),
                              asked.val_timestamp, asked.test_timestamp, from),
                  width);
  }
  if (!asked.splits.empty()) {
    print_splits(asked, width);
    print_counts(asked, width);
  }
  print_rows(asked, width);
  if (!asked.sql.empty()) {
    std::printf("\nlabel SQL\n");
    for (size_t at = 0; at < asked.sql.size();) {
      const size_t end = std::min(asked.sql.find('\n', at), asked.sql.size());
      std::printf("  %s\n", printable(asked.sql.substr(at, end - at)).c_str());
      at = end + 1;
    }
  }
  if (!asked.warnings.empty() || !asked.cannot_fit.empty()) std::printf("\nwarnings\n");
  for (const auto& [code, message] : asked.warnings) {
    for (const std::string& line : wrap_text(printable(message), width - 2))
      std::printf("  %s\n", line.c_str());
  }
  if (!asked.cannot_fit.empty()) {
    for (const std::string& line :
         wrap_text(printable("fit would refuse: " + asked.cannot_fit), width - 2))
      std::printf("  %s\n", line.c_str());
  }
}

int run(const std::vector<std::string>& words) {
  CLI::App app("what a question means, its label SQL and its labels, before anything is trained",
               "cenote ask");
  CommonOptions common;
  AskOptions options;
  std::string split;
  add_source_options(app, options.source, true);
  app.add_option("QUESTION", options.question, "\"PREDICT ... FOR EACH ...\"")->required();
  add_question_options(app, split, options.eval_times);
  app.add_option("--rows", options.rows, "so many labels to show")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  add_common_options(app, common);
  if (!parse_words(app, words)) return 0;
  apply_split(split, options.source);
  Reporter reporter(common);
  const Asked asked = ask(options, reporter.hooks());
  reporter.finish();
  if (common.json) {
    print_json(to_json(asked));
  } else {
    print_asked(asked);
  }
  return 0;
}

}  // namespace

CENOTE_CLI(ask) {
  CliEntry entry;
  entry.info.summary = "what a question means, its label SQL and its labels; nothing is trained";
  entry.info.source = "ours";
  entry.info.example =
      "cenote ask examples/f1 \"PREDICT MIN(qualifying.position, 0, 30, days) <= 3 FOR EACH "
      "drivers.driverId\"";
  entry.usage =
      "cenote ask SOURCE QUESTION [--split VAL,TEST] [--eval-times N] [--rows N] [--manifest FILE] "
      "[--json]";
  entry.run = run;
  return entry;
}

}  // namespace cenote
