// SPDX-License-Identifier: Apache-2.0
// The PREDICT language: a question in one sentence -> what it asks, in words, and its label SQL.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/schema.h"

namespace cenote {

/// What kind of answer a question asks for: yes or no, a number, a class, a ranked list, numbers of several
/// windows, or the missing values of a column.
enum class QuestionKind { binary, regression, multiclass, ranking, forecast, missing };
std::string_view to_string(QuestionKind kind);

/// What becomes of an entity at a time t where nothing lies in the windows of the target.
struct EmptyRule {
  enum class Kind { dropped, counted, varies } kind = Kind::dropped;
  std::string
      text;  // "no label: MIN of no rows has no value", "the label is 0: COUNT of no rows is 0"
};

/// A question, understood. Label SQL has the form of a task manifest's (docs/formats-tasks.md): it sees
/// the tables and timestamps(timestamp), and gives one row for each label.
struct Question {
  std::string text;
  std::string name;  // question_name()
  QuestionKind kind = QuestionKind::regression;
  bool multiclass = false;  // of `missing`: the column holds classes
  bool boolean = false;     // of `missing`: the column holds true and false
  std::string entity_table, entity_key;
  std::string time_column, entity_column,
      target_column;         // of the label table; missing: of the table
  std::string frame_column;  // of a forecast's: 1, 2, ...
  std::string item_table;    // of a ranking: what is ranked
  int64_t frames = 1, top = 0;
  bool filtered = false;  // there is a WHERE or an ASSUMING
  int64_t horizon = 0;  // microseconds from t to the end of the last window; at least, if in months
  int64_t horizon_months = 0;  // > 0: the windows follow the calendar, and this is exact
  int64_t frame_length = 0, frame_months = 0;  // of a forecast: one window, likewise
  std::string sql;                             // empty for `missing`
  std::string
      count_sql;  // one row: known, chosen, assumed, labels, empty (pairs of entity and time)
  EmptyRule empty;
  std::vector<std::string> tables;  // with a time column, whose rows labels are made of
  std::vector<std::pair<std::string, std::string>> words;  // {"predict", "whether ..."}, ...
};

/// Reads a question without a schema. Errors as read_question(), of those that need none.
void check_syntax(std::string_view text);

/// A short name for files, from the text alone: "min-qualifying-position-4f1c22".
/// Errors    bad_input for what has no words at all (read_tokens()).
std::string question_name(std::string_view text);

/// Reads a question and checks it against a schema whose column types are known.
/// Errors    bad_input with line, column and caret; unsupported likewise.
Question read_question(std::string_view text, const Schema& schema);

}  // namespace cenote
