// SPDX-License-Identifier: Apache-2.0
#include "cenote/predict.h"

#include <cstdio>
#include <filesystem>

#include "base/time.h"
#include "cli/cli.h"
#include "cli/detail/entity_file.h"
#include "cli/detail/reporter.h"
#include "cli/detail/results.h"
#include "cli/detail/terminal.h"
#include "engine/output.h"

namespace cenote {
namespace {

struct Destination {
  std::string format;  // empty: by the name of the file, else csv
  std::string out;     // "-" or empty: standard output

  bool is_stdout() const { return out.empty() || out == "-"; }
};

/// Fills in what was left open and refuses what cannot be done, before the work begins.
void settle(Destination& to, PredictOptions& options, const CommonOptions& common) {
  if (to.format.empty())
    to.format = std::filesystem::path(to.out).extension() == ".parquet" ? "parquet" : "csv";
  if (to.format == "parquet" && to.is_stdout())
    throw UsageError("--format parquet needs --out FILE");
  if (to.format == "relbench") {
    if (!options.at.empty() || !options.entities.empty() || options.top > 0 ||
        options.interval > 0) {
      throw UsageError(
          "RelBench's leaderboard takes a whole split: no --at, --entities, --top or --interval");
    }
    if (options.split.empty()) options.split = "test";
    if (to.out.empty()) to.out = ".";
  }
  if (common.json && to.out == "-")
    throw UsageError("--json and --out - both want standard output");
}

/// Where exactly: a folder takes RelBench's file under the name that the leaderboard wants.
void choose_file(Destination& to, const PredictResult& result, const Hooks& hooks) {
  if (to.format != "relbench" || to.is_stdout()) return;
  const std::string name = relbench_file_name(result);
  std::error_code error;
  if (std::filesystem::is_directory(to.out, error) || to.out.ends_with('/')) {
    to.out = (std::filesystem::path(to.out) / name).lexically_normal().string();
  } else if (std::filesystem::path(to.out).filename() != name) {
    hooks.warn("relbench_name",
               fmt::format("the leaderboard wants this file to be called '{}'", name));
  }
  if (result.protocol != "frozen") {
    hooks.warn("relbench_protocol",
               "these predictions saw rows after the test timestamp (rolling), RelBench's own "
               "loaders show none; --protocol frozen does the same");
  }
}

void print(const PredictResult& result, const PredictOptions& options, const Destination& to,
           const CommonOptions& common) {
  if (to.is_stdout() && !common.json) {
    const std::string text =
        to_csv(to.format == "relbench" ? relbench_table(result) : prediction_table(result));
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
  if (common.json) {
    auto document = to_json(result);
    if (!options.split.empty()) document["split"] = options.split;
    if (to.is_stdout()) {
      document["predictions"] = rows_json(result);
    } else {
      document["format"] = to.format;
      document["out"] = to.out;
    }
    print_json(document);
  } else if (!common.quiet) {
    // On standard error: standard output may be the predictions.
    const std::string where = to.is_stdout() ? "" : " to " + to.out;
    std::fprintf(
        stderr, "%s\n",
        printable(fmt::format("{} by {}, {}: {} predictions{}", result.task, result.model,
                              result.protocol,
                              format_count(static_cast<int64_t>(result.entity.size())), where))
            .c_str());
  }
}

int run(const std::vector<std::string>& words) {
  CLI::App app("predicts for entities at a time, or for the seeds of a split", "cenote predict");
  CommonOptions common;
  PredictOptions options;
  Destination to;
  std::string entities;
  int interval = 0;
  add_run_options(app, options.run);
  auto* at =
      app.add_option("--at", options.at, "the moment to predict from; the latest time by default");
  auto* split = app.add_option("--split", options.split, "the seeds of a split instead")
                    ->check(CLI::IsMember({"train", "val", "test"}));
  auto* keys = app.add_option("--entities", entities,
                              "a file with one key a line, or a CSV with the key column");
  at->excludes(split);
  keys->excludes(split);
  app.add_option("--top", options.top,
                 "only the N largest predictions, largest first; of links N items for each entity")
      ->check(CLI::Range(1, 1 << 30));
  app.add_option("--interval", interval,
                 "with the ends between which the number lies in 50, 80, 90 or 95 % of cases")
      ->check(CLI::IsMember({50, 80, 90, 95}));
  app.add_option("--format", to.format,
                 "csv, parquet, or relbench: the file that its leaderboard takes")
      ->check(CLI::IsMember(kOutputFormats));
  app.add_option("--out", to.out, "a file (relbench: or a folder); standard output by default");
  add_common_options(app, common);
  if (!parse_words(app, words)) return 0;
  options.run.threads = common.threads;
  options.interval = interval / 100.0;
  if (!options.at.empty()) {
    try {
      parse_time(options.at);
    } catch (const Error& e) {
      throw UsageError(fmt::format("--at: {}", e.what()));
    }
  }
  if (!entities.empty()) options.entities = read_entities(entities, options.run);
  settle(to, options, common);

  Reporter reporter(common);
  const Hooks hooks = reporter.hooks();
  const PredictResult result = predict(options, hooks);
  choose_file(to, result, hooks);
  if (!to.is_stdout()) write_predictions(result, to.out, to.format);
  reporter.finish();
  print(result, options, to, common);
  return 0;
}

}  // namespace

CENOTE_CLI(predict) {
  CliEntry entry;
  entry.info.summary =
      "predictions of a run, in key order, as CSV, Parquet or for RelBench's leaderboard";
  entry.info.source = "ours";
  entry.info.example = "cenote predict runs/rel-f1-driver-top3-sage --at 2023-07-01 --top 5";
  entry.usage =
      "cenote predict RUN [--source SOURCE] [--at TIME | --split val|test] [--entities FILE] "
      "[--top N] [--interval 50|80|90|95] "
      "[--protocol rolling|frozen] [--format csv|parquet|relbench] [--out FILE]";
  entry.run = run;
  return entry;
}

}  // namespace cenote
