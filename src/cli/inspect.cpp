// SPDX-License-Identifier: Apache-2.0
#include "cenote/inspect.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "cli/cli.h"
#include "cli/detail/reporter.h"
#include "cli/detail/terminal.h"

namespace cenote {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const InspectedTable& table) {
  Json columns = Json::array();
  for (const InspectedColumn& column : table.columns) {
    columns.push_back({{"name", column.name},
                       {"type", column.type},
                       {"null_fraction", column.null_fraction},
                       {"source", column.source},
                       {"confidence", column.confidence},
                       {"reason", column.reason},
                       {"database_type", column.database_type}});
  }
  const auto or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  Json range = table.time_first.empty() ? Json() : Json::array({table.time_first, table.time_last});
  return {{"name", table.name},
          {"rows", table.rows},
          {"primary_key", table.primary_key},
          {"time_column", or_null(table.time_column)},
          {"time_range", range},
          {"columns", columns}};
}

Json to_json(const Inspection& found) {
  Json tables = Json::array(), links = Json::array(), warnings = Json::array();
  for (const InspectedTable& table : found.tables) tables.push_back(to_json(table));
  for (const InspectedLink& link : found.links) {
    links.push_back({{"from", {{"table", link.from_table}, {"columns", link.from_columns}}},
                     {"to", {{"table", link.to_table}, {"columns", link.to_columns}}},
                     {"matched_fraction", link.matched_fraction},
                     {"source", link.source},
                     {"confidence", link.confidence},
                     {"reason", link.reason}});
  }
  for (const InspectedWarning& warning : found.warnings) {
    warnings.push_back({{"code", warning.code},
                        {"table", warning.table},
                        {"column", warning.column},
                        {"message", warning.message}});
  }
  return {{"source", found.source}, {"tables", tables}, {"links", links}, {"warnings", warnings}};
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

/// "inferred 70 %", or nothing where there is no doubt and the reason says where it comes from.
std::string how_sure(const std::string& source, double confidence) {
  return source == "inferred" ? fmt::format("inferred, {:.0f} %", 100 * confidence) : source;
}

void print_table(const InspectedTable& table, int width) {
  std::string head =
      fmt::format("{}  {} row{}", table.name, format_count(table.rows), table.rows == 1 ? "" : "s");
  if (!table.primary_key.empty()) head += fmt::format("  key {}", joined(table.primary_key));
  std::string time = "static";
  if (!table.time_column.empty()) {
    time = fmt::format("time {}", table.time_column);
    if (!table.time_first.empty())
      time += fmt::format(": {} to {}", table.time_first, table.time_last);
  }
  std::printf("\n%s\n  %s\n", printable(head).c_str(), printable(time).c_str());
  TextTable columns({{"column"}, {"type"}, {"nulls", true}, {"why"}});
  for (const InspectedColumn& column : table.columns) {
    columns.add_row({printable(column.name), column.type,
                     column.null_fraction == 0 ? "" : format_percent(column.null_fraction),
                     printable(fmt::format("{} ({})", column.reason,
                                           how_sure(column.source, column.confidence)))});
  }
  std::fputs(columns.render(width, "  ").c_str(), stdout);
}

/// "races" where the primary key is meant, else "races (year, round)".
std::string target(const Inspection& found, const InspectedLink& link) {
  for (const InspectedTable& table : found.tables) {
    if (table.name == link.to_table && table.primary_key == link.to_columns) return link.to_table;
  }
  return fmt::format("{} ({})", link.to_table, joined(link.to_columns));
}

void print_links(const Inspection& found, int width) {
  if (found.links.empty()) return;
  std::printf("\nlinks\n");
  TextTable links({{"from"}, {"to"}, {"matched", true}, {"from where"}});
  for (const InspectedLink& link : found.links) {
    links.add_row({printable(link.from_table + "." + joined(link.from_columns)),
                   printable(target(found, link)), format_percent(link.matched_fraction),
                   how_sure(link.source, link.confidence)});
  }
  std::fputs(links.render(width, "  ").c_str(), stdout);
}

/// Warnings that say the same are one, of several places.
void print_warnings(const Inspection& found, int width) {
  std::vector<std::pair<std::string, std::string>> grouped;  // message, places
  for (const InspectedWarning& warning : found.warnings) {
    const std::string place = warning.table + (warning.column.empty() ? "" : "." + warning.column);
    auto group = std::find_if(grouped.begin(), grouped.end(),
                              [&](const auto& g) { return g.first == warning.message; });
    if (group == grouped.end()) {
      grouped.emplace_back(warning.message, place);
    } else {
      group->second += ", " + place;
    }
  }
  if (!grouped.empty()) std::printf("\nwarnings\n");
  for (const auto& [message, places] : grouped) {
    const auto lines = wrap_text(
        printable(fmt::format("{}{}{}", places, places.empty() ? "" : ": ", message)), width - 4);
    for (size_t i = 0; i < lines.size(); ++i)
      std::printf("%s%s\n", i == 0 ? "  " : "    ", lines[i].c_str());
  }
}

void print_inspection(const Inspection& found) {
  const int width = terminal_width(stdout);
  int64_t rows = 0;
  for (const InspectedTable& table : found.tables) rows += table.rows;
  std::printf("%s\n", printable(found.name.empty() || found.name == found.source
                                    ? found.source
                                    : found.name + " (" + found.source + ")")
                          .c_str());
  if (!found.description.empty()) {
    for (const std::string& line : wrap_text(printable(found.description), width))
      std::printf("%s\n", line.c_str());
  }
  const auto counted = [](int64_t n, const char* what) {
    return fmt::format("{} {}{}", format_count(n), what, n == 1 ? "" : "s");
  };
  std::printf("%s, %s, %s\n", counted(std::ssize(found.tables), "table").c_str(),
              counted(rows, "row").c_str(), counted(std::ssize(found.links), "link").c_str());
  if (!found.val_timestamp.empty() || !found.test_timestamp.empty()) {
    std::printf("validation from %s, test from %s\n", found.val_timestamp.c_str(),
                found.test_timestamp.c_str());
  }
  for (const InspectedTable& table : found.tables) print_table(table, width);
  print_links(found, width);
  print_warnings(found, width);
}

int run(const std::vector<std::string>& words) {
  CLI::App app("what a database holds and how Cenote reads it", "cenote inspect");
  CommonOptions common;
  SourceOptions source;
  std::string write_manifest;
  add_source_options(app, source, true);
  app.add_option("--write-manifest", write_manifest, "write a manifest to edit");
  add_common_options(app, common);
  if (!parse_words(app, words)) return 0;
  Reporter reporter(common);
  Hooks hooks = reporter.hooks();
  hooks.warning = {};  // they are part of the result
  std::error_code error;
  if (!write_manifest.empty() && std::filesystem::exists(write_manifest, error)) {
    throw Error(
        ErrorCode::bad_input,
        fmt::format("'{}' is there already; remove it or choose another name", write_manifest));
  }
  const Inspection found = inspect(source, hooks);
  reporter.finish();
  if (!write_manifest.empty()) write_file_atomically(write_manifest, found.manifest);
  if (common.json) {
    std::printf("%s\n", to_json(found).dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  } else {
    print_inspection(found);
  }
  return 0;
}

}  // namespace

CENOTE_CLI(inspect) {
  CliEntry entry;
  entry.info.summary = "tables, columns, keys, links and warnings of a database";
  entry.info.source = "ours";
  entry.info.example = "cenote inspect examples/f1";
  entry.usage =
      "cenote inspect SOURCE [--write-manifest FILE] [--manifest FILE] [--on-duplicate-key "
      "error|first] [--json]";
  entry.run = run;
  return entry;
}

}  // namespace cenote
