// SPDX-License-Identifier: Apache-2.0
#include "engine/check.h"

#include <algorithm>

#include "base/check.h"
#include "base/time.h"
#include "engine/run_folder.h"
#include "engine/trained.h"

namespace cenote {
namespace {

constexpr int64_t kCandidates = 3000, kRows = 4000;
constexpr int64_t kFewCandidates = 300, kFewRows = 1000;  // what every fit can afford

/// A model for which nothing is at stake: that rows after a time do not matter is shown by a quick one too.
ModelFile quick_model(Prepared& prepared, uint64_t seed, ThreadPool& threads, const Hooks& hooks) {
  const bool links = prepared.task.type == TaskType::link_prediction;
  const std::string name = links ? "repeat" : "boost";
  const ChosenOptions options = apply_options(name, links ? TextPairs{}
                                                          : TextPairs{{"candidates", "1000"},
                                                                      {"features", "60"},
                                                                      {"sample", "4000"},
                                                                      {"max_rows", "20000"},
                                                                      {"rounds", "60"},
                                                                      {"search", "false"},
                                                                      {"bags", "1"}});
  prepared.selection = prepared.val;
  ModelFile model = make_model_file(prepared, make_part(name, options, seed));
  const auto trained = make_trained(prepared, model, model.scale, threads);
  trained->fit({.checkpoint = {}, .fingerprint = "", .resume = false, .hooks = hooks});
  trained->save(model);
  return model;
}

int weight(const std::string& level) { return level == kLeak ? 0 : level == kWarning ? 1 : 2; }

std::string counted(int64_t n, const std::string& what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

void settle_verdict(CheckResult& result) {
  std::stable_sort(result.findings.begin(), result.findings.end(),
                   [](const auto& a, const auto& b) { return weight(a.level) < weight(b.level); });
  const auto count = [&](const char* level) {
    return std::count_if(result.findings.begin(), result.findings.end(),
                         [&](const CheckFinding& one) { return one.level == level; });
  };
  const auto leaks = count(kLeak), warnings = count(kWarning);
  result.verdict = leaks > 0 ? "leak" : warnings > 0 ? "suspect" : "clean";
  const auto what_was_done = [&] {
    std::string out =
        fmt::format("{} and pools were tried alone", counted(result.features_alone, "column"));
    if (result.compared > 0)
      out = fmt::format(
          "{} stayed the same, bit for bit, after all later rows were deleted, "
          "shuffled or overwritten; {}",
          counted(result.predictions, "prediction"), out);
    return out;
  };
  if (leaks > 0) {
    result.sentence = fmt::format("{} and {}: knowledge from later is used", counted(leaks, "leak"),
                                  counted(warnings, "warning"));
  } else if (warnings > 0) {
    result.sentence = fmt::format("no leak is proved, but look at {}; {}",
                                  counted(warnings, "warning"), what_was_done());
  } else {
    result.sentence = "no leak found: " + what_was_done();
  }
}

}  // namespace

void warn_of_leaks(const Prepared& prepared, ThreadPool& threads, const Hooks& hooks) {
  std::vector<CheckFinding> findings = check_tables(prepared);
  const AloneFindings alone =
      check_alone(prepared, kFewCandidates, kFewRows, threads, Hooks{{}, {}, hooks.cancelled});
  findings.insert(findings.end(), alone.findings.begin(), alone.findings.end());
  for (const CheckFinding& one : findings) {
    if (one.level != kNote) hooks.warn(one.code, one.message + "; see 'cenote check'");
  }
}

CheckResult check(const CheckOptions& options, const Hooks& hooks) {
  CheckResult out;
  const auto threads = make_threads(options.threads);
  SourceOptions source = options.source;
  std::optional<OpenRun> run;
  if (!options.run.empty()) {
    SourceOptions of_run = source;  // its split times are its own
    of_run.val_timestamp = of_run.test_timestamp = "";
    run = open_run({options.run, of_run, "", options.threads});
    source.val_timestamp = format_time(run->model.task.val_timestamp);
    source.test_timestamp = format_time(run->model.task.test_timestamp);
  }
  const Protocol protocol = run ? run->protocol : parse_protocol(options.protocol);
  const AsOf as_of = run ? run->model.as_of : parse_as_of(options.as_of);
  // An entity that is there twice is a finding here, not the end.
  source.on_duplicate_key = "first";
  Hooks listening = hooks;
  listening.warning = [&](const std::string& code, const std::string& message) {
    if (code == "duplicate_key") {
      out.findings.push_back({kWarning, code, message.substr(0, message.find_first_of(".:")), "",
                              message, "which of the rows was known when? Keep one of each key"});
    } else if (code != "static_table") {
      hooks.warn(code, message);
    }
  };
  const auto prepared =
      prepare_training(source, {options.task, options.question, options.eval_times}, protocol,
                       as_of, {}, *threads, listening);
  out.task = prepared->task.name;
  out.protocol = to_string(protocol);
  CENOTE_CHECK(!run || run->model.task.name == out.task, bad_input,
               "the run '{}' is of task '{}', not of '{}'", options.run, run->model.task.name,
               out.task);
  const auto take = [&](std::vector<CheckFinding> findings) {
    out.findings.insert(out.findings.end(), findings.begin(), findings.end());
  };
  take(check_tables(*prepared));
  AloneFindings alone = check_alone(*prepared, kCandidates, kRows, *threads, hooks);
  out.features_alone = alone.tried;
  take(std::move(alone.findings));
  take(check_splits(*prepared));
  const ModelFile model = run ? run->model : quick_model(*prepared, options.seed, *threads, hooks);
  out.model = model.model;
  Snapshot snapshot = Snapshot::open(source, Hooks{hooks.progress, {}, hooks.cancelled});
  check_future(snapshot, model, run ? run->task : options.task, protocol, *threads, hooks, out);
  settle_verdict(out);
  return out;
}

}  // namespace cenote
