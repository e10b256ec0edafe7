// SPDX-License-Identifier: Apache-2.0
// The tables in memory: typed columns and row times, in an order that the source cannot influence.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/threads.h"
#include "database/column.h"
#include "database/snapshot.h"
#include "schema/schema.h"

namespace cenote {

/// Columns that say nothing of a row: what a task asks for, and what it forbids to look at. (table, column)
using HiddenColumns = std::vector<std::pair<std::string, std::string>>;

/// One table. Rows are ordered by (time, primary key bytes, all columns that are used but for hidden ones), so
/// sources, scan threads and row order cannot change a byte of a model, and the order tells nothing that is hidden.
struct StoredTable {
  std::string name;
  int64_t rows = 0;
  bool timed = false;
  std::vector<ColumnData> columns;  // as in Schema's table; columns that nothing needs are empty
  PagedVector<int64_t> time;        // [N]: kTimeAlways in static tables, kTimeNever for a null time
  PagedVector<uint64_t>
      key_hash;  // [N]: hash of the key (where there is none, of the row without hidden columns): keys random draws
  PagedVector<int64_t> snapshot_row;  // [N]: the snapshot's rowid
};

struct ColumnStore {
  std::vector<StoredTable> tables;  // as in the schema
};

/// Reads, as `schema` has it (the snapshot's own, or that of a model), every column whose type is not `ignored`, and all keys and time columns.
/// Warnings  null times, counted.
ColumnStore load_columns(const Snapshot& snapshot, const Schema& schema,
                         const HiddenColumns& hidden, ThreadPool& threads, const Hooks& hooks);

/// From key values to rows of a table: open addressing over hashes, values compared on a hit.
///
/// Values are matched by content: an int64 key never equals a text key. The first of several rows with
/// one key wins. The columns must outlive the index.
/// Threads    find() is safe to call concurrently.
class KeyIndex {
 public:
  explicit KeyIndex(std::vector<const ColumnData*> key);
  /// The row whose key equals row `row` of `values` (as many columns as the key), or -1; -1 for a null.
  int64_t find(const std::vector<const ColumnData*>& values, int64_t row) const;

 private:
  std::vector<const ColumnData*> key_;
  PagedVector<int32_t> slots_;  // row + 1, 0 = free
  uint64_t mask_ = 0;
};

/// Hash of row `row` over several columns; equal values of one type hash equally.
uint64_t hash_values(const std::vector<const ColumnData*>& columns, int64_t row);

}  // namespace cenote
