// SPDX-License-Identifier: Apache-2.0
#include "cenote/report.h"

#include "cli/cli.h"
#include "cli/detail/reporter.h"
#include "cli/detail/results.h"
#include "cli/detail/terminal.h"

namespace cenote {
namespace {

int run(const std::vector<std::string>& words) {
  CLI::App app("writes a run as one HTML file", "cenote report");
  CommonOptions common;
  ReportOptions options;
  add_run_options(app, options.run);
  app.add_option("--out", options.out, "the file; report.html in the run folder by default");
  add_common_options(app, common);
  if (!parse_words(app, words)) return 0;
  options.run.threads = common.threads;

  Reporter reporter(common);
  const std::string out = write_report(options, reporter.hooks());
  reporter.finish();
  if (common.json) {
    print_json({{"report", out}});
  } else if (!common.quiet) {
    std::printf("%s\n", printable(out).c_str());
  }
  return 0;
}

}  // namespace

CENOTE_CLI(report) {
  CliEntry entry;
  entry.info.summary = "a run as one HTML file: question, database, result, plots, leaks";
  entry.info.source = "ours";
  entry.info.example = "cenote report runs/rel-f1-driver-top3-auto --out top3.html";
  entry.usage = "cenote report RUN [--source SOURCE] [--protocol rolling|frozen] [--out FILE]";
  entry.run = run;
  return entry;
}

}  // namespace cenote
