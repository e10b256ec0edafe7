// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cenote/hooks.h"
#include "cenote/source.h"

namespace cenote {

struct InspectedColumn {
  std::string name;
  std::string type;  // number, category, text, timestamp, boolean, key, ignored
  double null_fraction = 0;
  std::string source;  // manifest, catalogue, inferred
  double confidence = 1;
  std::string reason;
  std::string database_type;  // as the source calls it
};

struct InspectedTable {
  std::string name;
  int64_t rows = 0;
  std::vector<std::string> primary_key;  // empty: none
  std::string time_column;               // empty: static
  std::string time_first, time_last;     // empty: no time column, or no time in it
  std::vector<InspectedColumn> columns;
};

struct InspectedLink {
  std::string from_table;
  std::vector<std::string> from_columns;
  std::string to_table;
  std::vector<std::string> to_columns;
  double matched_fraction = 1;  // of the references that are not null
  std::string source;
  double confidence = 1;
  std::string reason;
};

struct InspectedWarning {
  std::string code;    // "dangling_reference", "static_table", ...
  std::string table;   // may be empty
  std::string column;  // may be empty
  std::string message;
};

/// What a source holds, and how Cenote would read it.
struct Inspection {
  std::string source;  // without password
  std::string name;
  std::string description;
  std::string val_timestamp, test_timestamp;  // empty: not given
  std::vector<InspectedTable> tables;         // in name order
  std::vector<InspectedLink> links;
  std::vector<InspectedWarning> warnings;
  std::string manifest;  // all of this as the text of a manifest to edit
};

/// Opens a source read-only and says what is in it.
///
/// Types are inferred from the rows up to the validation timestamp where there is one, as fit does,
/// else from all rows.
/// Errors    Error(not_found, bad_input, bad_schema, unsupported, database, io).
Inspection inspect(const SourceOptions& options, const Hooks& hooks = {});

}  // namespace cenote
