// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/entity_file.h"

#include <algorithm>
#include <string_view>

#include "base/check.h"
#include "base/files.h"
#include "engine/run_folder.h"

namespace cenote {
namespace {

constexpr int64_t kLargestFile = int64_t{1} << 30;

/// Takes one record of a CSV (RFC 4180) off the front of `text`; `line` counts line feeds.
std::vector<std::string> take_record(std::string_view& text, int64_t& line,
                                     const std::string& path) {
  std::vector<std::string> fields(1);
  const int64_t first_line = line;
  bool quoted = false;
  size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    if (quoted) {
      if (c != '"') {
        fields.back() += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        fields.back() += text[++i];
      } else {
        quoted = false;
      }
    } else if (c == '"' && fields.back().empty()) {
      quoted = true;
    } else if (c == ',') {
      fields.emplace_back();
    } else if (c == '\n') {
      ++i;
      break;
    } else if (c != '\r' || (i + 1 < text.size() && text[i + 1] != '\n')) {
      fields.back() += c;
    }
  }
  CENOTE_CHECK(!quoted, bad_input, "{}, line {}: a quote is opened and never closed", path,
               first_line);
  text.remove_prefix(i);
  return fields;
}

std::vector<std::string> parse_csv(std::string_view text, size_t column, const std::string& path) {
  std::vector<std::string> keys;
  int64_t line = 1;
  const size_t width = take_record(text, line, path).size();
  while (!text.empty()) {
    const int64_t at = line;
    const auto fields = take_record(text, line, path);
    if (fields.size() == 1 && fields[0].empty()) continue;  // an empty line
    CENOTE_CHECK(fields.size() == width, bad_input, "{}, line {}: {} fields, the head has {}", path,
                 at, fields.size(), width);
    CENOTE_CHECK(!fields[column].empty(), bad_input, "{}, line {}: the key is empty", path, at);
    keys.push_back(fields[column]);
  }
  return keys;
}

}  // namespace

std::vector<std::string> parse_entities(const std::string& bytes, const std::string& key_column,
                                        const std::string& path) {
  std::string_view text(bytes);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::string_view head = text;
  int64_t line = 1;
  // Only the first line: a lone quote in a list of plain keys is no open quote.
  head = head.substr(0, std::min(head.find('\n'), head.size()));
  std::vector<std::string> names;
  if (std::count(head.begin(), head.end(), '"') % 2 == 0) names = take_record(head, line, path);
  const auto found = std::find(names.begin(), names.end(), key_column);
  std::vector<std::string> keys;
  if (found != names.end()) {
    keys = parse_csv(text, static_cast<size_t>(found - names.begin()), path);
  } else {
    while (!text.empty()) {
      const size_t end = std::min(text.find('\n'), text.size());
      std::string_view key = text.substr(0, end);
      if (key.ends_with('\r')) key.remove_suffix(1);
      if (!key.empty()) keys.emplace_back(key);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }
  CENOTE_CHECK(!keys.empty(), bad_input, "{}: holds no key", path);
  return keys;
}

std::vector<std::string> read_entities(const std::string& path, const RunOptions& run) {
  const ModelFile model = open_run(run).model;
  const int64_t table = model.schema.find_table(model.task.entity_table);
  std::string column = model.task.entity_column;
  if (table >= 0 && column.empty()) {
    const auto& key = model.schema.tables[static_cast<size_t>(table)].primary_key;
    if (key.size() == 1) column = key[0];
  }
  return parse_entities(read_file(path, kLargestFile), column, path);
}

}  // namespace cenote
