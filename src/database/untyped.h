// SPDX-License-Identifier: Apache-2.0
// Types for tables whose every value is a text.
#pragma once

#include <string>
#include <vector>

#include "database/stage.h"

namespace cenote {

/// The type that fits every value of a text column, and the SQL that reads it so.
struct TextType {
  std::string database_type;  // BIGINT, DOUBLE, BOOLEAN, DATE, TIMESTAMP or VARCHAR
  std::string expression;
  StorageType storage = StorageType::utf8;
};

/// Decides over all values, so that neither a sample nor the order of the rows plays a part; empty texts
/// and markers such as NA, NULL or \N count as missing where everything else is a number, a boolean or a
/// time. Dates are ISO dates only: 01/02/2020 stays a text. Numbers that start with 0 stay texts.
/// `relation` holds the columns as VARCHAR.
std::vector<TextType> find_text_types(const std::string& relation, const std::string& table,
                                      const std::vector<std::string>& columns, const Stage& stage);

}  // namespace cenote
