// SPDX-License-Identifier: Apache-2.0
#include "database/parquet_file.h"

#include "base/check.h"
#include "base/files.h"
#include "base/lower.h"
#include "database/settings.h"

namespace cenote {
QueryResult read_parquet_file(const std::filesystem::path& file,
                              const std::vector<std::string>& columns, const std::string& list,
                              ListsAs lists) {
  std::error_code error;
  CENOTE_CHECK(std::filesystem::exists(file, error), not_found, "there is no '{}'", file.string());
  CENOTE_CHECK(std::filesystem::is_regular_file(file, error), bad_input, "'{}' is no regular file",
               file.string());
  const TemporaryFolder spill("cenote-read");
  const DuckDatabase database = open_loader({}, spill.path());
  const std::string relation = fmt::format("read_parquet({})", quote_literal(file.string()));
  try {
    const QueryResult names = database.query(
        fmt::format("SELECT column_name FROM (DESCRIBE SELECT * FROM {})", relation));
    std::string select;
    for (int64_t i = 0; i < names.rows; ++i) {
      const std::string name(names.columns[0].text(i)), quoted = quote_identifier(name);
      bool wanted = false;
      for (const std::string& column : columns) wanted |= to_lower(column) == to_lower(name);
      if (!wanted) continue;
      std::string value = quoted;
      if (!list.empty() && to_lower(list) == to_lower(name)) {
        value = lists == ListsAs::text ? fmt::format("CAST({0} AS VARCHAR) AS {0}", quoted)
                                       : fmt::format("unnest({0}) AS {0}", quoted);
      }
      select += (select.empty() ? "" : ", ") + value;
    }
    if (select.empty()) return {};
    return database.query(fmt::format("SELECT {} FROM {}", select, relation));
  } catch (const Error& e) {
    fail(e.code(), "cannot read '{}': {}", file.string(), e.what());
  }
}

}  // namespace cenote
