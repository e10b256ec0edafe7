// SPDX-License-Identifier: Apache-2.0
#include "query/question.h"

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "base/time.h"
#include "query/label_sql.h"
#include "query/lexer.h"
#include "query/words.h"

namespace cenote {
namespace {

using namespace query;

constexpr std::array<std::string_view, 6> kKinds{"binary",  "regression", "multiclass",
                                                 "ranking", "forecast",   "missing"};

// Of seconds ... weeks; months and years have none.
constexpr std::array<int64_t, 5> kMicros{kMicrosPerSecond, 60 * kMicrosPerSecond,
                                         3600 * kMicrosPerSecond, kMicrosPerDay, 7 * kMicrosPerDay};
constexpr int64_t kLongestMonth = 31 * kMicrosPerDay;

int64_t months_of(const Window& window, int64_t amount) {
  return window.unit == Unit::months ? amount : window.unit == Unit::years ? 12 * amount : 0;
}

/// Windows of fixed length and calendar windows together have no exact length; the longest months are used.
void set_horizon(const BoundQuestion& bound, Question& out) {
  int64_t micros = 0, months = 0;
  bool fixed = false;
  for (const BoundAggregate& one : bound.aggregates) {
    if (!one.forward) continue;
    int64_t end = one.window.end;
    if (bound.frames) end = *one.window.start + *bound.frames * (end - *one.window.start);
    const bool calendar = one.window.unit >= Unit::months;
    fixed |= !calendar;
    const int64_t in_months = months_of(one.window, end);
    months = std::max(months, in_months);
    micros = std::max(micros, calendar ? in_months * kLongestMonth
                                       : end * kMicros[static_cast<size_t>(one.window.unit)]);
  }
  if (bound.frames) {
    const Window& window = bound.aggregates.front().window;
    const int64_t length = window.end - *window.start;
    out.frame_months = months_of(window, length);
    out.frame_length = out.frame_months > 0 ? out.frame_months * kLongestMonth
                                            : length * kMicros[static_cast<size_t>(window.unit)];
  }
  out.horizon = micros;
  out.horizon_months = fixed ? 0 : months;
}

/// A name that no other of the label table has.
std::string unused(std::string name, const std::vector<std::string>& taken) {
  const auto is_taken = [&] {
    return std::any_of(taken.begin(), taken.end(),
                       [&](const std::string& other) { return capitals(other) == capitals(name); });
  };
  while (is_taken()) name += "_";
  return name;
}

std::string item_table(const BoundQuestion& bound, const Schema& schema) {
  const BoundColumn& at = *bound.aggregates.front().column;
  const Table& table = schema.tables[static_cast<size_t>(at.table)];
  const std::string& column = table.columns[static_cast<size_t>(at.column)].name;
  for (const Link& link : schema.links) {
    if (link.from_table == table.name && link.from_columns == std::vector<std::string>{column})
      return link.to_table;
  }
  return table.name;
}

}  // namespace

std::string_view to_string(QuestionKind kind) { return kKinds[static_cast<size_t>(kind)]; }

void check_syntax(std::string_view text) { parse_question(text); }

std::string question_name(std::string_view text) {
  constexpr size_t kMostWords = 4;
  const auto tokens = read_tokens(text);
  std::string out;
  size_t words = 0;
  for (size_t i = 1; i < tokens.size() && words < kMostWords; ++i) {
    const Token& token = tokens[i];
    const bool name = token.kind == TokenKind::name || token.kind == TokenKind::quoted_name;
    if (token.is_symbol(",") || token.is_keyword("FOR") || token.is_keyword("WHERE")) break;
    if (!name) continue;
    out += words++ == 0 ? "" : "-";
    for (const char c : token.text) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : plain ? c : '_';
    }
  }
  return fmt::format("{}-{:06x}", out.empty() ? "question" : out.substr(0, 60),
                     hash_bytes(text) & 0xFFFFFF);
}

Question read_question(std::string_view text, const Schema& schema) {
  const Statement statement = parse_question(text);
  const BoundQuestion bound = bind_question(text, statement, schema);
  const Table& entity = schema.tables[static_cast<size_t>(bound.entity_table)];
  Question out;
  out.text = std::string(text);
  out.name = question_name(text);
  out.kind = bound.kind;
  out.entity_table = entity.name;
  out.entity_key = entity.primary_key.front();
  out.filtered = bound.where || bound.assuming;
  out.empty = empty_rule(bound);
  out.words = question_words(bound, schema, out.empty);
  if (bound.kind == QuestionKind::missing) {
    const Column& column = entity.columns[static_cast<size_t>(bound.target.column.column)];
    out.multiclass = bound.multiclass_target;
    out.boolean = column.storage == StorageType::boolean;
    out.time_column = entity.time_column;
    out.target_column = column.name;
    out.tables = {entity.name};
    return out;
  }
  out.entity_column = out.entity_key;
  out.time_column = unused("timestamp", {out.entity_column});
  out.target_column = unused("target", {out.entity_column, out.time_column});
  if (bound.frames) {
    out.frames = *bound.frames;
    out.frame_column = unused("frame", {out.entity_column, out.time_column, out.target_column});
  }
  if (bound.kind == QuestionKind::ranking) {
    out.top = *bound.top;
    out.item_table = item_table(bound, schema);
  }
  set_horizon(bound, out);
  for (const BoundAggregate& one : bound.aggregates) {
    const std::string& table = schema.tables[static_cast<size_t>(one.table)].name;
    if (one.forward && std::find(out.tables.begin(), out.tables.end(), table) == out.tables.end())
      out.tables.push_back(table);
  }
  out.sql = label_sql(bound, schema,
                      {out.time_column, out.entity_column, out.frame_column, out.target_column});
  out.count_sql = count_sql(bound, schema);
  return out;
}

}  // namespace cenote
