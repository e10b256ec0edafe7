// SPDX-License-Identifier: Apache-2.0
// The rows that labels may name: entities, and items that are recommended.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "task/task.h"

namespace cenote {

/// The keys of a table, of its rows with a time <= `until` (rows of a table without time: all). For
/// the splits that is the test time: RelBench drops labels of other rows from every split, and so do we.
///
/// A default-made set holds every key.
class EntityKeys {
 public:
  EntityKeys() = default;
  /// `column`: of the label table, which names the rows. Errors    bad_schema without a key of one column.
  EntityKeys(const std::string& table, std::string column, const Snapshot& snapshot, int64_t until);

  /// Label keys in the type of the table's keys: whole numbers may come as floating-point ones.
  /// Errors    bad_input where the types have nothing to do with each other.
  ColumnData align(const Task& task, const std::string& split, ColumnData keys) const;
  /// REQUIRES a column that align() gave.
  bool contains(const ColumnData& entity, int64_t row) const;

 private:
  bool everything_ = true;
  std::string table_, column_;
  StorageType type_ = StorageType::int64;
  std::vector<int64_t> integers_;          // sorted; int64, boolean, time
  std::unordered_set<std::string> bytes_;  // other types: append_key_bytes()
};

}  // namespace cenote
