// SPDX-License-Identifier: Apache-2.0
// The checks of a question, one clause after the other.
#pragma once

#include <string>
#include <string_view>

#include "query/names.h"

namespace cenote::query {

class Binder {
 public:
  Binder(std::string_view text, const Statement& statement, const Schema& schema)
      : text_(text), statement_(statement), names_(text, schema) {}
  BoundQuestion run();

 private:
  /// Where an expression stands: what it may hold, and which way its windows look.
  enum class Clause { target, where, assuming, rows };

  // bind.cpp
  Name entity_name() const;
  void entity();
  void answer();
  void ranking();
  void forecast();
  void missing();
  BoundNode condition(const Node& node, Clause clause);

  // bind_condition.cpp. `base`: the table whose rows columns are of.
  BoundNode expression(const Node& node, Clause clause, int64_t base);
  BoundNode column(const Node& node, Clause clause, int64_t base);
  BoundNode compare(const Node& node, Clause clause, int64_t base);
  BoundNode in_list(const Node& node, Clause clause, int64_t base);
  BoundNode match(const Node& node, Clause clause, int64_t base);
  BoundNode arithmetic(const Node& node, Clause clause, int64_t base);
  void fit_literal(const Node& literal, BoundNode& bound, const BoundNode& other);
  void need_condition(const Node& node, const BoundNode& bound) const;
  std::string described(const BoundNode& node) const;
  void need_comparable(const Node& node, const BoundNode& a, const BoundNode& b) const;

  // bind_aggregate.cpp
  BoundNode aggregate(const Node& node, Clause clause);
  void over(const Node& node, BoundAggregate& out) const;
  void check_function(const Node& node, const BoundAggregate& out) const;
  void check_window(const Node& node, Clause clause, BoundAggregate& out) const;

  const Column& column_at(const BoundColumn& at) const {
    return names_.table(at.table).columns[static_cast<size_t>(at.column)];
  }

  std::string_view text_;
  const Statement& statement_;
  Names names_;
  BoundQuestion out_;
  bool in_list_target_ = false;  // LIST_DISTINCT may stand here: it is the whole target
};

/// A whole or real number.
bool is_number(const std::optional<StorageType>& type);

}  // namespace cenote::query
