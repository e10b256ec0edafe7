// SPDX-License-Identifier: Apache-2.0
#include "cenote/features.h"

#include <fmt/format.h>

#include "cli/cli.h"
#include "cli/detail/arguments.h"
#include "cli/detail/results.h"
#include "cli/detail/terminal.h"

namespace cenote {
namespace {

void print_features(const RunFeatures& run, size_t shown) {
  if (run.features.empty()) {
    std::printf("%s\n",
                printable(fmt::format("the model of this run, {}, chooses no features", run.model))
                    .c_str());
    return;
  }
  TextTable table({{"share", true}, {"feature"}});
  for (size_t i = 0; i < shown; ++i) {
    table.add_row({fmt::format("{:.1f} %", 100 * run.features[i].share), run.features[i].sentence});
  }
  std::fputs(table.render(terminal_width(stdout), "").c_str(), stdout);
  if (shown < run.features.size())
    std::printf("and %zu more; --top N shows more of them, --sql all as a query\n",
                run.features.size() - shown);
}

int run(const std::vector<std::string>& words) {
  CLI::App app("what the boosted trees of a run look at", "cenote features");
  CommonOptions common;
  std::string folder;
  bool sql = false;
  int64_t top = 20;
  app.add_option("RUN", folder, "a run folder")->required();
  app.add_flag("--sql", sql, "all of them as one query that DuckDB understands");
  app.add_option("--top", top, "how many, best first")->capture_default_str();
  add_common_options(app, common);
  if (!parse_words(app, words)) return 0;
  if (top < 1) throw UsageError(fmt::format("--top must be at least 1, got {}", top));

  const RunFeatures run = features(folder);
  if (common.json) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const RunFeature& feature : run.features)
      list.push_back(
          {{"feature", feature.sentence}, {"share", feature.share}, {"sql", feature.sql}});
    print_json(
        {{"model", run.model}, {"task", run.task}, {"features", list}, {"query", run.query}});
  } else if (sql && !run.query.empty() && !run.features.empty()) {
    std::fputs(run.query.c_str(), stdout);
  } else {
    print_features(run, std::min(static_cast<size_t>(top), run.features.size()));
  }
  return 0;
}

}  // namespace

CENOTE_CLI(features) {
  CliEntry entry;
  entry.info.summary = "the features that a run's boosted trees look at, as sentences or SQL";
  entry.info.source = "ours";
  entry.info.example = "cenote features runs/rel-f1-driver-top3-auto --sql";
  entry.usage = "cenote features RUN [--sql] [--top N]";
  entry.run = run;
  return entry;
}

}  // namespace cenote
