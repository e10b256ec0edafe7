// SPDX-License-Identifier: Apache-2.0
#include "database/settings.h"

#include <algorithm>

#include "base/check.h"
#include "base/threads.h"
#include "cenote/memory.h"

namespace cenote {
namespace {

constexpr int64_t kLeastMemory = int64_t{256} << 20;

/// DuckDB gets half of the memory budget.
DuckDatabase::Settings common_settings(const std::filesystem::path& spill) {
  return {
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
      {"allow_community_extensions", "false"},
      {"memory_limit", std::to_string(std::max(memory_budget() / 2, kLeastMemory) >> 20) + "MiB"},
      {"temp_directory", spill.string()}};
}

}  // namespace

DuckDatabase open_loader(const std::filesystem::path& file, const std::filesystem::path& spill) {
  DuckDatabase::Settings settings = common_settings(spill);
  settings.emplace_back("threads", std::to_string(available_threads()));
  DuckDatabase loader(file, settings);
  // Texts without a zone are UTC, wherever the machine stands.
  loader.execute("SET TimeZone = 'UTC'");
  return loader;
}

DuckDatabase open_locked(const std::filesystem::path& file, const std::filesystem::path& spill,
                         int threads) {
  DuckDatabase::Settings settings = common_settings(spill);
  const std::string count = std::to_string(threads);
  settings.insert(
      settings.end(),
      {{"access_mode", "READ_ONLY"}, {"threads", count}, {"enable_external_access", "false"}});
  DuckDatabase database(file, settings);
  database.execute("SET TimeZone = 'UTC'");
  database.execute("SET lock_configuration = true");
  const DuckDatabase::Settings expected{{"lock_configuration", "true"},
                                        {"enable_external_access", "false"},
                                        {"autoinstall_known_extensions", "false"},
                                        {"autoload_known_extensions", "false"},
                                        {"threads", count}};
  for (const auto& [name, value] : expected) {
    const std::string found =
        database.text(fmt::format("SELECT CAST(current_setting('{}') AS VARCHAR)", name));
    CENOTE_CHECK(found == value, internal,
                 "DuckDB's {} is {} and not {}: task SQL would not be locked in", name, found,
                 value);
  }
  return database;
}

}  // namespace cenote
