// SPDX-License-Identifier: Apache-2.0
// How much a name alone speaks for a column being a key, a reference or the time of its row.
// A score in [0, 1]; 0 means that the name says nothing. Values decide the rest (database/infer.h).
#pragma once

#include <string>
#include <string_view>

namespace cenote {

/// Of `column` being the primary key of `table`: id, <table>_id, then other names that end like a key.
double primary_key_likeness(std::string_view table, std::string_view column);

/// Of `column` of `child` referring to `key` of `parent`: the same name, the parent's name with or without
/// "id", either of them with words in front (home_team_id), a relative (parent_id) within one table.
double link_likeness(std::string_view child, std::string_view column, std::string_view parent,
                     std::string_view key);

/// What a column that ends like an identifier identifies: userId -> "user", home_team_id -> "home_team"; "" for others,
/// codes among them (country_code, statusId, type_id), and for an `id` alone.
std::string identified_subject(std::string_view column);

/// Of `column` being when its row happened: created, date, timestamp, then other events; low where rows
/// are changed later (updated); 0 for what lies in the past or future of the row (birth, due, expiry).
double time_likeness(std::string_view column);

/// Whether the name says that its values are years: year, start_year.
bool names_year(std::string_view column);

}  // namespace cenote
