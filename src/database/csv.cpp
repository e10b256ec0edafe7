// SPDX-License-Identifier: Apache-2.0
#include "database/csv.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "base/check.h"
#include "base/lower.h"

namespace cenote {
namespace {

/// The delimiter that the header has most of, outside quotes; a comma where there is none.
char find_delimiter(const std::filesystem::path& file, std::string_view line) {
  std::string name = file.filename().string();
  if (name.find(".tsv") != std::string::npos) return '\t';
  constexpr std::array<char, 4> kCandidates{',', ';', '\t', '|'};
  char best = ',';
  int64_t most = 0;
  for (const char candidate : kCandidates) {
    bool quoted = false;
    int64_t count = 0;
    for (const char c : line) {
      if (c == '"') quoted = !quoted;
      count += !quoted && c == candidate;
    }
    if (count > most) {
      most = count;
      best = candidate;
    }
  }
  return best;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("+-.0123456789eE") == std::string_view::npos &&
         text.find_first_of("0123456789") != std::string_view::npos;
}

/// "line 3 ends with LF, ...": the first line that does not end as the first one does; "" if all do, or if the
/// file is compressed. Line feeds within quotes end no line.
std::string mixed_line_ends(const std::filesystem::path& file) {
  if (file.extension() == ".gz" || file.extension() == ".zst") return "";
  std::ifstream in(file, std::ios::binary);
  std::string first;
  int64_t line = 1;
  bool quoted = false;
  for (int c = in.get(); c != EOF; c = in.get()) {
    if (c == '"') quoted = !quoted;
    if (quoted || (c != '\n' && c != '\r')) continue;
    std::string end = c == '\n' ? "LF" : "CR";
    if (c == '\r' && in.peek() == '\n') {
      in.get();
      end = "CRLF";
    }
    if (first.empty()) first = end;
    if (end != first)
      return fmt::format("line {} ends with {}, the lines before it with {}: write one kind of end",
                         line, end, first);
    ++line;
  }
  return "";
}

}  // namespace

std::vector<std::string> split_csv_line(std::string_view line, char delimiter) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') {
      if (quoted && i + 1 < line.size() && line[i + 1] == '"') {
        fields.back() += line[++i];
      } else {
        quoted = !quoted;
      }
    } else if (c == delimiter && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

std::string csv_relation(const std::filesystem::path& file, const DuckDatabase& loader) {
  const std::string path = quote_literal(file.string());
  QueryResult first;
  try {
    // One field per line: \x01 does not occur in texts.
    first = loader.query(fmt::format(
        "SELECT line FROM read_csv({}, auto_detect = false, delim = '\x01', quote = '', "
        "escape = '', header = false, columns = {{'line': 'VARCHAR'}}) LIMIT 1",
        path));
  } catch (const Error& e) {
    if (e.code() == ErrorCode::cancelled) throw;
    fail(ErrorCode::bad_input, "'{}': {}", file.string(), shorten_csv_error(e.what(), file));
  }
  CENOTE_CHECK(first.rows == 1, bad_input,
               "'{}' is empty: it needs a line with the names of its columns", file.string());
  const std::string line = value_text(first.columns[0], 0);
  const char delimiter = find_delimiter(file, line);
  std::vector<std::string> names = split_csv_line(line, delimiter);
  std::string columns;
  for (size_t i = 0; i < names.size(); ++i) {
    CENOTE_CHECK(!is_number(names[i]), bad_input,
                 "'{}': its first line must name the columns, but column {} is '{}'", file.string(),
                 i + 1, names[i]);
    // pandas writes its row numbers into a column without a name.
    if (names[i].empty()) names[i] = fmt::format("column_{}", i + 1);
    for (size_t j = 0; j < i; ++j) {
      CENOTE_CHECK(names[i] != names[j], bad_schema, "'{}': two columns are called '{}'",
                   file.string(), names[i]);
      CENOTE_CHECK(to_lower(names[i]) != to_lower(names[j]), bad_schema,
                   "'{}': columns '{}' and '{}' differ only in case", file.string(), names[j],
                   names[i]);
    }
    columns += fmt::format("{}{}: 'VARCHAR'", i == 0 ? "" : ", ", quote_literal(names[i]));
  }
  return fmt::format(
      "read_csv({}, auto_detect = false, delim = {}, quote = '\"', escape = '\"', header = true, "
      "allow_quoted_nulls = false, columns = {{{}}})",
      path, quote_literal(std::string(1, delimiter)), columns);
}

std::string shorten_csv_error(const std::string& message, const std::filesystem::path& file) {
  const std::string mark = "CSV Error on Line: ";
  const size_t at = message.find(mark);
  if (at == std::string::npos) {
    const std::string ends = mixed_line_ends(file);
    // Behind its sentence stand all of the reader's settings.
    return ends.empty() ? message.substr(0, message.find(" Possible fixes")) : ends;
  }
  size_t end = message.size();
  for (const char* tail : {" Possible ", " file = "}) end = std::min(end, message.find(tail, at));
  std::string rest = message.substr(at + mark.size(), end - at - mark.size());
  const size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  const std::string line = rest.substr(0, digits);
  // "Original Line: ..." may be gigabytes long; what is wrong stands after it.
  for (const char* what : {"Expected Number of Columns: ", "Value with unterminated quote",
                           "Invalid unicode", "Maximum line size"}) {
    const size_t found = rest.rfind(what);
    if (found == std::string::npos) continue;
    std::string reason = rest.substr(found);
    if (const size_t count = reason.find(" Found: ");
        count != std::string::npos && reason.starts_with("Expected")) {
      reason = fmt::format("{} columns expected, found {}", reason.substr(28, count - 28),
                           reason.substr(count + 8));
    }
    return fmt::format("line {}: {}", line, reason);
  }
  constexpr size_t kLongestEcho = 300;
  return fmt::format("line {}: {}", line, rest.substr(digits, kLongestEcho));
}

}  // namespace cenote
