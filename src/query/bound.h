// SPDX-License-Identifier: Apache-2.0
// A question whose names, types and windows have been checked against a schema.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/question.h"
#include "query/syntax.h"
#include "schema/schema.h"

namespace cenote::query {

/// A column of a row, or of a row that it refers to.
struct BoundColumn {
  std::vector<int64_t> up;  // links from the row's table towards its parents; empty: its own column
  int64_t table = 0;        // where the column is
  int64_t column = 0;
};

/// An expression with its type. `type` of a condition is boolean; of a literal that fits anything, none.
struct BoundNode {
  Node::Kind kind = Node::Kind::literal;
  std::optional<StorageType> type;  // nothing: NULL
  std::string op;
  bool negated = false;
  Literal literal;  // of a time: kind whole, microseconds
  BoundColumn column;
  int64_t aggregate = -1;  // position in BoundQuestion::aggregates
  std::vector<BoundNode> children;
};

/// Rows of a table that belong to the entity, within a window, made into one value.
struct BoundAggregate {
  Function function = Function::count;
  int64_t table = 0;
  std::vector<int64_t> path;          // links from that table up to the entity table
  std::optional<BoundColumn> column;  // nothing: the rows themselves
  std::optional<BoundNode> where;     // over the rows
  Window window;
  bool forward = true;
};

struct BoundQuestion {
  QuestionKind kind = QuestionKind::regression;
  int64_t entity_table = 0;
  int64_t entity_column = 0;
  BoundNode target;
  std::optional<BoundNode> where, assuming, chosen;
  std::vector<BoundAggregate> aggregates;  // of target, where, assuming in this order
  int64_t target_aggregates = 0;           // so many of them are of the target
  std::optional<int64_t> frames, top;
  bool multiclass_target = false;  // the answer of a `missing` is a class
};

/// Looks everything up and checks it.
/// Errors    bad_input at the place, with the nearest names; unsupported for what has a meaning but no labels.
BoundQuestion bind_question(std::string_view text, const Statement& statement,
                            const Schema& schema);

/// What a node can come to where one aggregate has no rows (or, with -1, where none has any).
struct Outcome {
  bool can_null = true;
  bool can_true = true, can_false = true;  // of a condition
  bool can_value = true;                   // of anything else
  std::optional<double> number;            // the value, where only one is possible

  bool never_true() const { return !can_true; }
  bool only_null() const { return !can_true && !can_false && !can_value; }
};
Outcome outcome_without_rows(const BoundQuestion& question, const BoundNode& node,
                             int64_t aggregate);

}  // namespace cenote::query
