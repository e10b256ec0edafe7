// SPDX-License-Identifier: Apache-2.0
// Databases with something taken away, for as long as an object lives: what becomes of predictions then says what it
// was worth.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "engine/prepared.h"

namespace cenote {

/// Changes a prepared database in place and puts everything back at its end. Models made for the database see the
/// change: they refer to it.
class Without {
 public:
  explicit Without(Prepared& prepared) : prepared_(prepared) {}
  ~Without();
  Without(const Without&) = delete;

  /// Cells lose their values. REQUIRES a column.
  void cells(const std::vector<Cell>& cells);
  /// A column's values are dealt anew among the first `rows` rows of its table, by `key`.
  void order(int32_t table, const std::vector<int32_t>& columns, int64_t rows, uint64_t key);
  /// Nobody follows the link.
  void link(size_t link);
  /// No label of the past is known.
  void labels();

 private:
  void keep(int32_t table, int32_t column);
  void encode(int32_t table);

  Prepared& prepared_;
  std::map<std::pair<int32_t, int32_t>, ColumnData> columns_;
  std::map<int32_t, TableCodes> codes_;
  std::map<size_t, GraphLink> links_;
  std::optional<std::vector<SeedTable>> splits_;
};

}  // namespace cenote
