// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/arguments.h"

#include <algorithm>
#include <cstdio>

namespace cenote {

void add_common_options(CLI::App& app, CommonOptions& options) {
  app.add_flag("--json", options.json, "write JSON for programs");
  app.add_flag("--quiet", options.quiet, "no progress and no warnings");
  app.add_option("--threads", options.threads,
                 "threads to use; as many as there are cores by default")
      ->check(CLI::Range(1, 1024));
}

void add_source_options(CLI::App& app, SourceOptions& options, bool positional) {
  auto* source = app.add_option(
      positional ? "SOURCE,--source" : "--source", options.source,
      "dataset folder, folder of CSV or Parquet files, DuckDB or SQLite file, postgres:// URL");
  if (positional) source->required();
  app.add_option("--manifest", options.manifest, "a manifest to use instead of the source's own");
  app.add_option("--on-duplicate-key", options.on_duplicate_key,
                 "two rows with one primary key: error, or keep the first")
      ->check(CLI::IsMember({"error", "first"}));
  app.add_option("--val-timestamp", options.val_timestamp,
                 "where validation begins, instead of the manifest's");
  app.add_option("--test-timestamp", options.test_timestamp,
                 "where the test begins, instead of the manifest's");
}

bool parse_words(CLI::App& app, const std::vector<std::string>& words) {
  std::vector<std::string> reversed(words.rbegin(),
                                    words.rend());  // CLI11 takes them from the back
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    return false;
  } catch (const CLI::ParseError& e) {
    std::string message = e.what();
    std::replace(message.begin(), message.end(), '\n', ' ');
    throw UsageError(message);
  }
  return true;
}

}  // namespace cenote
