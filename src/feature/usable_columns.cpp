// SPDX-License-Identifier: Apache-2.0
#include "feature/usable_columns.h"

#include <algorithm>

#include "schema/names.h"

namespace cenote {
namespace {

constexpr size_t kValues = 6;  // most frequent values of a column, each a feature
constexpr size_t kParentValues = 3;

}  // namespace

std::vector<UsableColumn> usable_columns(
    const FeatureSpace& space, std::span<const std::pair<std::string, std::string>> removed,
    int32_t table, std::span<const int32_t> up) {
  std::vector<UsableColumn> out;
  const auto of = [&](int32_t where, const Path& path) {
    const Table& described = space.schema.tables[where];
    for (size_t c = 0; c < described.columns.size(); ++c) {
      const Column& column = described.columns[c];
      if (column.type == ColumnType::ignored || column.type == ColumnType::key) continue;
      if (column.name == described.time_column) continue;
      const std::pair<std::string, std::string> name(described.name, column.name);
      if (std::find(removed.begin(), removed.end(), name) != removed.end()) continue;
      const bool counted = column.type == ColumnType::category &&
                           column.storage == StorageType::int64 && !is_code_name(column.name);
      const bool is_number =
          column.type == ColumnType::number || column.type == ColumnType::boolean || counted;
      out.push_back({{path, static_cast<int32_t>(c)}, column.type, where, is_number});
    }
  };
  of(table, {});
  for (const int32_t relation : up) of(space.graph.row_table(relation), {relation});
  return out;
}

std::vector<Term> indicator_terms(const UsableColumn& column, FrequentValues& values) {
  std::vector<Term> out;
  const bool word = column.type == ColumnType::text;
  const auto& frequent = values.of(column.table, column.ref.column);
  const size_t most = word ? kWords : column.ref.up.empty() ? kValues : kParentValues;
  // Of two values one tells all.
  const size_t count = frequent.size() == 2 && !word ? 1 : std::min(frequent.size(), most);
  for (size_t i = 0; i < count; ++i) {
    Term term;
    term.kind = TermKind::indicator;
    term.conditions.push_back({column.ref, frequent[i], word});
    out.push_back(std::move(term));
  }
  return out;
}

}  // namespace cenote
