// SPDX-License-Identifier: Apache-2.0
// Expressions as SQL, and the joins that their columns need.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "query/bound.h"

namespace cenote::query {

/// The rows of one table under an alias, with the rows that they refer to.
class SqlScope {
 public:
  /// `known_by`: SQL of the time by which a row must have happened to be seen.
  SqlScope(const BoundQuestion& question, const Schema& schema, std::string alias, int64_t table,
           std::string known_by)
      : question_(question),
        schema_(schema),
        alias_(std::move(alias)),
        table_(table),
        known_by_(std::move(known_by)) {}

  /// A condition or value; columns of parents add to joins(). `values`: SQL of each aggregate's value.
  std::string write(const BoundNode& node, const std::vector<std::string>& values);
  std::string column(const BoundColumn& at);
  /// "LEFT JOIN ... ON ..." lines.
  const std::string& joins() const { return joins_; }

 private:
  std::string number(const BoundNode& node, const std::vector<std::string>& values);
  std::string alias_of(const std::vector<int64_t>& up);

  const BoundQuestion& question_;
  const Schema& schema_;
  std::string alias_;
  int64_t table_;
  std::string known_by_;
  std::map<std::vector<int64_t>, std::string> aliases_;
  std::string joins_;
};

/// "a.x = b.y AND ..." of a link, child alias first.
std::string link_condition(const Link& link, const std::string& child, const std::string& parent);
/// `alias."name"`
std::string field(const std::string& alias, const std::string& name);

}  // namespace cenote::query
