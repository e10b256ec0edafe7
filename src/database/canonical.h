// SPDX-License-Identifier: Apache-2.0
// DuckDB's types -> the five canonical ones, as SQL.
#pragma once

#include <string>
#include <string_view>

#include "schema/schema.h"

namespace cenote {

/// How a column of some DuckDB type is copied into a snapshot.
struct Canonical {
  StorageType storage = StorageType::utf8;
  std::string expression;  // SQL over the column; infinite or overflowing times become 'infinity'
  std::string
      unsupported;  // not empty: why the values mean nothing here; they are copied as they are
  bool may_exceed_int64 =
      false;  // 64 bits unsigned or wider: `expression` is the form for values that fit
};

/// `database_type` as DESCRIBE writes it ("DECIMAL(10,2)"); `column` is a quoted identifier.
Canonical canonical_form(std::string_view database_type, const std::string& column);

/// SQL that reads a text as a time, or gives NULL: ISO dates and times only, offsets applied (DuckDB's own
/// cast drops them), no zone means UTC, finer than a microsecond rounds up. `column` is a quoted identifier.
std::string text_as_time(const std::string& column);

/// The DuckDB type that holds a canonical type: BIGINT, DOUBLE, VARCHAR, BOOLEAN, TIMESTAMP.
std::string_view duckdb_type_name(StorageType type);

}  // namespace cenote
