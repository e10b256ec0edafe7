// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "base/lower.h"
#include "base/time.h"
#include "schema/manifest.h"

namespace cenote {
namespace {

/// A text as YAML: always in double quotes unless it is a plain word, so that "no", "1.0" or "a: b" stay texts.
std::string yaml_text(const std::string& text) {
  bool plain = !text.empty() && text.size() < 60;
  for (const char c : text) {
    plain &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
             (c >= '0' && c <= '9' && &c != text.data());
  }
  static const std::vector<std::string> kWords{"null", "true", "false", "yes", "no",
                                               "on",   "off",  "y",     "n"};
  const std::string small = to_lower(text);
  for (const std::string& word : kWords) plain &= small != word;
  if (plain) return text;
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string yaml_list(const std::vector<std::string>& names) {
  std::string out = "[";
  for (const std::string& name : names) out += (out.size() == 1 ? "" : ", ") + yaml_text(name);
  return out + "]";
}

/// A reason as a comment: one line, whatever the data put into it.
std::string comment(Evidence evidence, double confidence, const std::string& reason) {
  if (evidence != Evidence::inferred || reason.empty()) return "";
  std::string line = fmt::format("  # {} ({:.0f} %)", reason, 100 * confidence);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return line;
}

/// The short form where RelBench's readers understand it: one column that references a primary key.
void write_links(const Schema& schema, const Table& table, std::string& out) {
  std::string lines;
  for (const Link& link : schema.links) {
    if (link.from_table != table.name) continue;
    const bool plain =
        link.from_columns.size() == 1 && schema.table(link.to_table).primary_key == link.to_columns;
    const std::string why = comment(link.evidence, link.confidence, link.reason);
    if (plain) {
      lines += fmt::format("      {}: {}{}\n", yaml_text(link.from_columns[0]),
                           yaml_text(link.to_table), why);
    } else {
      lines += fmt::format("      {}: {{columns: {}, references: {}, to: {}}}{}\n",
                           yaml_text(link.name()), yaml_list(link.from_columns),
                           yaml_text(link.to_table), yaml_list(link.to_columns), why);
    }
  }
  out += lines.empty() ? "    fkeys: {}\n" : "    fkeys:\n" + lines;
}

void write_columns(const Table& table, std::string& out) {
  std::string lines;
  for (const Column& column : table.columns) {
    if (column.type == ColumnType::key || column.name == table.time_column) continue;
    const std::string name = yaml_text(column.name);
    if (column.type == ColumnType::ignored) {
      lines += fmt::format("      {}: {{ignore: {}}}\n", name, yaml_text(column.reason));
    } else {
      lines += fmt::format("      {}: {{type: {}}}{}\n", name, to_string(column.type),
                           comment(column.evidence, column.confidence, column.reason));
    }
  }
  if (!lines.empty()) out += "    columns:\n" + lines;
}

}  // namespace

std::string write_manifest(const Schema& schema) {
  std::string out = fmt::format("name: {}\nmanifest_version: 1\ndescription: {}\n",
                                yaml_text(schema.name), yaml_text(schema.description));
  const auto time = [](const std::optional<int64_t>& t) {
    return t ? yaml_text(format_time(*t)) : std::string("null");
  };
  if (!schema.val_timestamp || !schema.test_timestamp) {
    out += "# Where validation and test begin: training sees no row after val_timestamp.\n";
  }
  out += fmt::format("val_timestamp: {}\ntest_timestamp: {}\ntables:\n", time(schema.val_timestamp),
                     time(schema.test_timestamp));
  for (const Table& table : schema.tables) {
    out += fmt::format("  {}:\n", yaml_text(table.name));
    const std::string key = table.primary_key.empty()       ? "null"
                            : table.primary_key.size() == 1 ? yaml_text(table.primary_key[0])
                                                            : yaml_list(table.primary_key);
    if (!table.values_of.empty())
      out += fmt::format("    values_of: {}\n", yaml_list(table.values_of));
    const std::string time =
        !table.time_links.empty() ? fmt::format("{{through: {}}}", yaml_list(table.time_links))
        : table.time_column.empty() || !table.values_of.empty() ? "null"
                                                                : yaml_text(table.time_column);
    out += fmt::format("    pkey: {}\n    time_col: {}\n", key, time);
    write_links(schema, table, out);
    write_columns(table, out);
  }
  return out;
}

}  // namespace cenote
