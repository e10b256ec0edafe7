// SPDX-License-Identifier: Apache-2.0
// Names of a question -> tables, columns and ways along links.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/bound.h"

namespace cenote::query {

/// Looks up names. Exact spelling first; else any spelling that differs in the case of a-z only, if it is
/// the only one. Table names may have dots in them (PostgreSQL's schemas): the longest that fits is meant.
class Names {
 public:
  Names(std::string_view text, const Schema& schema) : text_(text), schema_(schema) {}

  /// The table that a name begins with, and how many of its parts that takes.
  struct Found {
    int64_t table = 0;
    size_t parts = 0;
  };
  Found table(const Name& name) const;

  /// A column of a table. `place` of the part that names it.
  int64_t column(int64_t table, const std::string& name, Span place) const;

  /// A column seen from a row of `base`: its own ("results.grid"), one of a row it refers to by the name of
  /// that table if there is one way ("races.year"), or along named links ("results.raceId.year").
  BoundColumn column_of(int64_t base, const Name& name) const;

  /// Follows the links that `parts` of a name stand for, from a table up. Errors at the part.
  std::vector<int64_t> follow(int64_t table, const Name& name, size_t first, size_t last) const;

  /// The shortest way from a table up to another. Errors if there is none, or several; then "name one:"
  /// and the first of them between `before` and `after`.
  std::vector<int64_t> way(int64_t from, int64_t to, Span place, const std::string& before,
                           const std::string& after) const;

  /// The table that a way ends at.
  int64_t end_of(int64_t table, const std::vector<int64_t>& links) const;
  /// "results.raceId.circuitId": how a way is written.
  std::string written(int64_t table, const std::vector<int64_t>& links) const;

  const Schema& schema() const { return schema_; }
  const Table& table(int64_t at) const { return schema_.tables[static_cast<size_t>(at)]; }
  std::string_view text() const { return text_; }

 private:
  std::vector<std::vector<int64_t>> ways(int64_t from, int64_t to) const;
  std::vector<std::string> column_names(int64_t table) const;

  std::string_view text_;
  const Schema& schema_;
};

/// A name as it is written in a question: quoted where it must be.
std::string write_name(std::string_view name);
/// A table's name, part by part.
std::string write_table(std::string_view name);

}  // namespace cenote::query
