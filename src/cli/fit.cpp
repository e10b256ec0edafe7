// SPDX-License-Identifier: Apache-2.0
#include "cenote/fit.h"

#include "cli/cli.h"
#include "cli/detail/reporter.h"
#include "cli/detail/results.h"
#include "cli/detail/run_path.h"
#include "engine/search.h"
#include "engine/trained.h"
#include "model/model.h"
#include "query/question.h"

namespace cenote {
namespace {

bool is_setting(const std::string& word) {
  const size_t equals = word.find('=');
  return equals != std::string::npos && equals > 0 &&
         word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == equals;
}

/// "--set a=1 b=2" -> "--set a=1 --set b=2", so that a word which is no setting ends the list.
std::vector<std::string> split_settings(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  bool in_list = false;
  for (const std::string& word : words) {
    if (in_list && is_setting(word) && out.back() != "--set") out.push_back("--set");
    in_list = word == "--set" || (in_list && is_setting(word));
    out.push_back(word);
  }
  return out;
}

/// `--precision` is the option of that name of the model, or of all members of one that is made of others.
void set_precision(FitOptions& options, const std::string& precision) {
  const Registry<ModelEntry>& models = model_registry();
  const auto has_it = [&](const std::string& name) {
    return Options(models.at(name).info.options).has("precision");
  };
  if (has_it(options.model)) {
    options.set.emplace_back("precision", precision);
    return;
  }
  if (!Options(models.at(options.model).info.options).has("models")) {
    throw UsageError(fmt::format(
        "--precision: model {} is no network; there is nothing to multiply", options.model));
  }
  for (const std::string& name : models.names()) {
    if (has_it(name)) options.set.emplace_back("model." + name + ".precision", precision);
  }
}

/// What the words say of model and options is wrong before anything is opened.
void check_words(FitOptions& options, const std::vector<std::string>& settings,
                 const std::string& precision) {
  if (options.task.empty() && options.question.empty()) {
    throw UsageError(
        "a question (\"PREDICT ...\") or --task is required: a name in the dataset folder or a "
        "task "
        "manifest");
  }
  if (!options.task.empty() && !options.question.empty())
    throw UsageError("a question and --task are both given; one says what to learn");
  if (!options.question.empty()) check_syntax(options.question);
  for (const std::string& setting : settings) {
    if (!is_setting(setting))
      throw UsageError(fmt::format("--set takes key=value, got '{}'", setting));
    const size_t equals = setting.find('=');
    options.set.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  try {
    if (!precision.empty()) set_precision(options, precision);
    apply_options(options.model, options.set);
    fit_budget(options);
  } catch (const Error& e) {
    throw UsageError(e.what());
  }
}

int run(const std::vector<std::string>& words) {
  CLI::App app("learns from a database and writes a run folder", "cenote fit");
  CommonOptions common;
  FitOptions options;
  std::string split;
  std::vector<std::string> settings;
  std::string precision;
  bool profile = false;
  add_source_options(app, options.source, true);
  app.add_option("QUESTION", options.question, "\"PREDICT ... FOR EACH ...\", see 'cenote ask'");
  app.add_option("--task", options.task,
                 "a name in the dataset folder, or a path to a task manifest");
  add_question_options(app, split, options.eval_times);
  app.add_option("--model", options.model, "see 'cenote list model'")->capture_default_str();
  app.add_option(
         "--protocol", options.protocol,
         "which rows test seeds see: those up to their own time (rolling), or none after the test "
         "timestamp (frozen)")
      ->check(CLI::IsMember({"rolling", "frozen"}))
      ->capture_default_str();
  app.add_option("--as-of", options.as_of, "whether rows at the seed's own moment count")
      ->check(CLI::IsMember({"inclusive", "strict"}))
      ->capture_default_str();
  app.add_option("--set", settings,
                 "key=value, an option of the model or of training; may be repeated")
      ->allow_extra_args(false)
      ->take_all();
  app.add_option("--precision", precision,
                 "of the products of networks; auto (the default): bfloat16 where the processor "
                 "multiplies it in tiles (AMX)")
      ->check(CLI::IsMember({"auto", "float32", "bfloat16"}));
  app.add_option("--seed", options.seed, "of all random draws")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--out", options.out, "the run folder; runs/<dataset>-<task>-<model> by default");
  app.add_option("--budget", options.budget,
                 "how long model auto may take in all, such as '90 seconds'; 5 minutes by default");
  app.add_option("--schedule", options.schedule,
                 "an earlier run of model auto: train what it trained, whatever time that takes");
  app.add_flag("--resume", options.resume, "go on from the run's checkpoint");
  app.add_flag("--profile", profile, "also show what training spent its time on");
  add_common_options(app, common);
  if (!parse_words(app, split_settings(words))) return 0;
  check_words(options, settings, precision);
  apply_split(split, options.source);
  options.threads = common.threads;
  if (options.out.empty()) options.out = default_run_path(options);

  Reporter reporter(common);
  const Hooks hooks = reporter.hooks();
  check_run_path(options, hooks);
  const FitResult result = fit(options, hooks);
  reporter.finish();
  if (common.json) {
    print_json(to_json(result, options));
  } else {
    print_fit(result, options);
    if (profile) print_profile(result);
  }
  return 0;
}

}  // namespace

CENOTE_CLI(fit) {
  CliEntry entry;
  entry.info.summary = "learn a task from a database and write a run folder";
  entry.info.source = "ours";
  entry.info.example = "cenote fit examples/f1 --task driver-top3 --seed 1 --set epochs=5";
  entry.usage =
      "cenote fit SOURCE QUESTION|--task T [--split VAL,TEST] [--model M] [--protocol "
      "rolling|frozen] [--as-of "
      "inclusive|strict] "
      "[--budget TIME] [--precision P] [--set key=value ...] [--seed N] [--threads N] [--out RUN] "
      "[--resume] "
      "[--profile]";
  entry.run = run;
  return entry;
}

}  // namespace cenote
