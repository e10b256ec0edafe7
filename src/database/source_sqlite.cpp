// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "database/source.h"

namespace cenote {

std::vector<SourceTable> list_sqlite(const std::filesystem::path& file, DuckDatabase& loader,
                                     std::vector<Finding>& findings) {
  fail(ErrorCode::unsupported, "'{}': SQLite is not built yet", file.string());
}

std::vector<SourceTable> list_postgres(const std::string& url, DuckDatabase& loader, std::vector<Finding>& findings) {
  fail(ErrorCode::unsupported, "'{}': PostgreSQL is not built yet", display_source(url));
}

}  // namespace cenote
