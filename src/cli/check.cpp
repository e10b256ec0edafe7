// SPDX-License-Identifier: Apache-2.0
#include "cenote/check.h"

#include "cli/cli.h"
#include "cli/detail/reporter.h"
#include "cli/detail/results.h"
#include "cli/detail/terminal.h"
#include "query/question.h"

namespace cenote {
namespace {

nlohmann::ordered_json to_json(const CheckResult& result) {
  nlohmann::ordered_json findings = nlohmann::ordered_json::array();
  for (const CheckFinding& one : result.findings)
    findings.push_back({{"level", one.level},
                        {"code", one.code},
                        {"table", one.table},
                        {"column", one.column},
                        {"message", one.message},
                        {"advice", one.advice}});
  return {{"task", result.task},
          {"model", result.model},
          {"protocol", result.protocol},
          {"verdict", result.verdict},
          {"sentence", result.sentence},
          {"times", result.times},
          {"predictions", result.predictions},
          {"compared", result.compared},
          {"features_alone", result.features_alone},
          {"findings", findings}};
}

void print_lines(const std::string& head, const std::string& text) {
  bool first = true;
  for (const std::string& line : wrap_text(printable(text), terminal_width(stdout) - 9)) {
    std::printf("%-8s %s\n", first ? head.c_str() : "", line.c_str());
    first = false;
  }
}

void print_check(const CheckResult& result) {
  print_lines(result.verdict == "leak"      ? "LEAK"
              : result.verdict == "suspect" ? "SUSPECT"
                                            : "CLEAN",
              fmt::format("{}, {}: {}", result.task, result.protocol, result.sentence));
  for (const CheckFinding& one : result.findings) {
    print_lines(one.level, one.message);
    print_lines("", "-> " + one.advice);
  }
}

int run(const std::vector<std::string>& words) {
  CLI::App app("looks for knowledge from later in a database, a task and a model", "cenote check");
  CommonOptions common;
  CheckOptions options;
  std::string split;
  std::vector<std::string> question_or_run;
  add_source_options(app, options.source, true);
  app.add_option("QUESTION", question_or_run,
                 "\"PREDICT ... FOR EACH ...\" (or --task), and a run whose model is put to the "
                 "proof; without one a small model is made for it")
      ->expected(0, 2);
  app.add_option("--task", options.task,
                 "a name in the dataset folder, or a path to a task manifest");
  add_question_options(app, split, options.eval_times);
  app.add_option("--protocol", options.protocol, "which rows test seeds see; of a run: its own")
      ->check(CLI::IsMember({"rolling", "frozen"}))
      ->capture_default_str();
  app.add_option("--as-of", options.as_of, "whether rows at the seed's own moment count")
      ->check(CLI::IsMember({"inclusive", "strict"}))
      ->capture_default_str();
  add_common_options(app, common);
  if (!parse_words(app, words)) return 0;
  const bool asks = options.task.empty();
  if (asks && question_or_run.empty())
    throw UsageError("a question (\"PREDICT ...\") or --task is required, as of 'cenote fit'");
  if (!asks && question_or_run.size() > 1)
    throw UsageError("a question and --task are both given; one says what to look at");
  if (asks) {
    options.question = question_or_run.front();
    check_syntax(options.question);
  }
  if (question_or_run.size() > (asks ? 1u : 0u)) options.run = question_or_run.back();
  apply_split(split, options.source);
  options.threads = common.threads;

  Reporter reporter(common);
  const CheckResult result = check(options, reporter.hooks());
  reporter.finish();
  if (common.json) {
    print_json(to_json(result));
  } else {
    print_check(result);
  }
  return 0;
}

}  // namespace

CENOTE_CLI(check) {
  CliEntry entry;
  entry.info.summary = "whether anything leaks: later rows changed, columns tried alone, splits";
  entry.info.source = "ours";
  entry.info.example = "cenote check examples/f1 --task driver-top3";
  entry.usage =
      "cenote check SOURCE QUESTION|--task T [RUN] [--split VAL,TEST] [--protocol rolling|frozen] "
      "[--as-of inclusive|strict]";
  entry.run = run;
  return entry;
}

}  // namespace cenote
