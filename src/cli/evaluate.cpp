// SPDX-License-Identifier: Apache-2.0
#include "cenote/predict.h"
#include "cli/cli.h"
#include "cli/detail/reporter.h"
#include "cli/detail/results.h"

namespace cenote {
namespace {

int run(const std::vector<std::string>& words) {
  CLI::App app("compares a run's predictions with the labels of a split", "cenote evaluate");
  CommonOptions common;
  EvaluateOptions options;
  add_run_options(app, options.run);
  app.add_option("--split", options.split, "whose labels")
      ->check(CLI::IsMember({"train", "val", "test"}))
      ->capture_default_str();
  add_common_options(app, common);
  if (!parse_words(app, words)) return 0;
  options.run.threads = common.threads;

  Reporter reporter(common);
  const EvaluateResult result = evaluate(options, reporter.hooks());
  reporter.finish();
  if (common.json) {
    print_json(to_json(result));
  } else {
    print_evaluation(result);
  }
  return 0;
}

}  // namespace

CENOTE_CLI(evaluate) {
  CliEntry entry;
  entry.info.summary = "metrics of a run on validation or test labels, with 95 % intervals";
  entry.info.source = "ours";
  entry.info.example =
      "cenote evaluate runs/rel-f1-driver-top3-sage --split test --protocol frozen";
  entry.usage =
      "cenote evaluate RUN [--source SOURCE] [--split val|test] [--protocol rolling|frozen]";
  entry.run = run;
  return entry;
}

}  // namespace cenote
