// SPDX-License-Identifier: Apache-2.0
#include "bench/bench_pools.h"
#include "cli/cli.h"
#include "cli/detail/arguments.h"
#include "cli/detail/reporter.h"
#include "cli/detail/results.h"
#include "cli/detail/terminal.h"

namespace cenote {
namespace {

using Json = nlohmann::ordered_json;

Json timing_json(const PoolTiming& timing) {
  if (!timing.left_out.empty())
    return {{"pool", timing.pool}, {"shape", timing.shape}, {"left_out", timing.left_out}};
  return {{"pool", timing.pool},
          {"shape", timing.shape},
          {"forward_seconds", timing.forward},
          {"backward_seconds", timing.backward},
          {"forward_bytes_per_second", timing.forward_rate},
          {"backward_bytes_per_second", timing.backward_rate},
          {"forward_share_of_gather", timing.forward_share},
          {"backward_share_of_gather", timing.backward_share}};
}

std::vector<std::string> timing_row(const PoolTiming& t) {
  if (!t.left_out.empty()) return {t.shape, t.pool, "", "", "", "", "", t.left_out};
  const auto share = [](double value) {
    return value > 0 ? fmt::format("{:.0f} %", 100 * value) : std::string("-");
  };
  return {t.shape,
          t.pool,
          fmt::format("{:.3f}", 1e3 * t.forward),
          fmt::format("{:.3f}", 1e3 * t.backward),
          fmt::format("{:.1f}", t.forward_rate / 1e9),
          share(t.forward_share),
          share(t.backward_share),
          ""};
}

int run(const std::vector<std::string>& words) {
  CLI::App app("measures the parts of Cenote on this machine", "cenote bench");
  CommonOptions common;
  BenchPoolsOptions options;
  std::string what;
  app.add_option("WHAT", what, "pools: each pool forward and backward, beside the gather limit")
      ->required()
      ->check(CLI::IsMember({"pools"}));
  app.add_option("--pool", options.pools, "only this one; may be given again");
  app.add_option("--shape", options.shapes,
                 "only small, uniform, skewed or wide; may be given again");
  app.add_option("--repeats", options.repeats, "of which the median is shown")
      ->check(CLI::Range(1, 1000));
  add_common_options(app, common);
  if (!parse_words(app, words)) return 0;

  Reporter reporter(common);
  const Hooks hooks = reporter.hooks();
  int64_t done = 0;
  const auto timings = bench_pools(options, [&](const PoolTiming& timing) {
    Progress progress;
    progress.phase = "bench " + timing.shape;
    progress.done = ++done;
    hooks.report(progress);
    return !hooks.is_cancelled();
  });
  reporter.finish();
  if (common.json) {
    Json rows = Json::array();
    for (const PoolTiming& timing : timings) rows.push_back(timing_json(timing));
    print_json({{"threads", 1}, {"timings", rows}});
    return 0;
  }
  TextTable table({{"shape"},
                   {"pool"},
                   {"forward ms", true},
                   {"backward ms", true},
                   {"GB/s", true},
                   {"of gather", true},
                   {"backward", true},
                   {""}});
  for (const PoolTiming& timing : timings) table.add_row(timing_row(timing));
  std::fputs(table.render(terminal_width(stdout), "").c_str(), stdout);
  return 0;
}

}  // namespace

CENOTE_CLI(bench) {
  CliEntry entry;
  entry.info.summary = "how fast the pools are on this machine, beside what it can gather";
  entry.info.source = "ours";
  entry.info.example = "cenote bench pools --shape skewed --pool mean --pool attention";
  entry.usage = "cenote bench pools [--shape SHAPE] [--pool NAME] [--repeats N]";
  entry.run = run;
  return entry;
}

}  // namespace cenote
