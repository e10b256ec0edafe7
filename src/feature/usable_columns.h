// SPDX-License-Identifier: Apache-2.0
// What of a table's columns features are made of.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "feature/feature.h"
#include "feature/frequent_values.h"

namespace cenote {

struct UsableColumn {
  ColumnRef ref;
  ColumnType type;
  int32_t table;
  /// Whole numbers of which few values occur are categories (stars, pieces), but have an order, too.
  bool is_number = false;
};

/// Columns of a table's rows, and of the rows that relations `up` lead them to; neither keys, nor the table's time, nor
/// what a task removes (table, column).
std::vector<UsableColumn> usable_columns(
    const FeatureSpace& space, std::span<const std::pair<std::string, std::string>> removed,
    int32_t table, std::span<const int32_t> up);

/// Whether a row has each of the most frequent values, or words, of a column.
std::vector<Term> indicator_terms(const UsableColumn& column, FrequentValues& values);

}  // namespace cenote
