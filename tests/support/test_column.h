// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "schema/schema.h"

namespace cenote {

/// A column of a schema that a test makes up.
inline Column make_test_column(const std::string& name, StorageType storage, ColumnType type) {
  Column column;
  column.name = name;
  column.storage = storage;
  column.type = type;
  return column;
}

}  // namespace cenote
