// SPDX-License-Identifier: Apache-2.0
#include "database/declared.h"

#include <algorithm>

#include "base/check.h"

namespace cenote {
namespace {

[[noreturn]] void refuse(const SourceTable& source, const Column& column) {
  fail(ErrorCode::bad_schema,
       "column '{}.{}' is declared as {}, but it holds {}: declare another type or `ignored`",
       source.name, column.name, to_string(column.type), column.database_type);
}

void read_text(const Column& column, Canonical& form) {
  const std::string name = quote_identifier(column.name);
  if (column.type == ColumnType::number) {
    form.storage = StorageType::float64;
    form.expression = fmt::format("TRY_CAST({} AS DOUBLE)", name);
  } else if (column.type == ColumnType::boolean) {
    form.storage = StorageType::boolean;
    form.expression = fmt::format(
        "CASE WHEN lower(trim({0})) IN ('t', 'true', 'yes', 'y', '1', 'on') THEN true "
        "WHEN lower(trim({0})) IN ('f', 'false', 'no', 'n', '0', 'off') THEN false END",
        name);
  } else if (column.type == ColumnType::timestamp) {
    form.storage = StorageType::time;
    form.expression = text_as_time(form.expression);
  }
}

}  // namespace

bool is_declared_key(const SourceTable& source, const std::string& column) {
  const auto has = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), column) != names.end();
  };
  if (source.primary_key && has(*source.primary_key)) return true;
  return source.links && std::any_of(source.links->begin(), source.links->end(),
                                     [&](const ManifestLink& link) { return has(link.columns); });
}

void apply_declared_type(const ManifestColumn& declared, const SourceTable& source, Column& column,
                         Canonical& form) {
  column.type = *declared.type;
  column.evidence = Evidence::manifest;
  column.reason = declared.ignored_because;
  if (source.time_column == column.name || is_declared_key(source, column.name)) return;
  const bool textual = column.type == ColumnType::category || column.type == ColumnType::text;
  if (!form.unsupported.empty()) {
    if (!textual) return;  // copy_table() ignores it and says so
    form = {StorageType::utf8, fmt::format("CAST({} AS VARCHAR)", quote_identifier(column.name)),
            "", false};
    return;
  }
  switch (form.storage) {
    case StorageType::utf8: read_text(column, form); return;
    case StorageType::time:
      if (column.type == ColumnType::boolean) refuse(source, column);
      break;
    case StorageType::float64:
    case StorageType::boolean:
      if (column.type == ColumnType::timestamp) refuse(source, column);
      break;
    case StorageType::int64: break;
  }
  if (column.type == ColumnType::text) {
    form.storage = StorageType::utf8;
    // A CSV file has the text itself: '007' and '1.50' stay as they were written.
    form.expression = source.untyped ? quote_identifier(column.name)
                                     : fmt::format("CAST({} AS VARCHAR)", form.expression);
  }
}

void count_misfits(const SourceTable& source, const std::string& relation, const Column& column,
                   const Canonical& form, const Stage& stage) {
  const std::string name = quote_identifier(column.name);
  const std::string misfit = fmt::format("{} IS NOT NULL AND ({}) IS NULL", name, form.expression);
  const QueryResult n = stage.loader.query(fmt::format(
      "SELECT count({0}), count(*) FILTER ({1}), left(CAST(min({0}) FILTER ({1}) AS VARCHAR), 60) "
      "FROM {2}",
      name, misfit, relation));
  const int64_t values = n.columns[0].integers[0], misfits = n.columns[1].integers[0];
  if (misfits == 0) return;
  stage.warn("type_mismatch", source.name, column.name,
             fmt::format("{} of {} value{} not of the declared type {}, such as '{}'; read as "
                         "missing",
                         misfits == values ? "all" : std::to_string(misfits), values,
                         values == 1 ? " is" : "s are", to_string(column.type),
                         value_text(n.columns[2], 0)));
}

}  // namespace cenote
