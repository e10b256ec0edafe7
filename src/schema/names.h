// SPDX-License-Identifier: Apache-2.0
// What names of tables and columns say: words, singular and plural, likeness.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cenote {

/// "constructorStandingsId", "order_line_ID" -> lower-case words: {"constructor", "standings", "id"}.
std::vector<std::string> name_words(std::string_view name);

/// "categories" -> "category", "buses" -> "bus", "races" -> "race": good enough to compare names.
std::string singular(std::string word);

/// The last word says that a number is a name for something: id, code, type, status, zip, ...
bool is_code_name(std::string_view name);

}  // namespace cenote
