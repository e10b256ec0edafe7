// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/arguments.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "base/check.h"
#include "cenote/memory.h"

namespace cenote {
namespace {

/// Bytes of "8GB", "500 MiB", "1.5g": units are powers of 1024, and a number without one is refused as a likely slip.
int64_t parse_size(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  std::string unit(end);
  std::erase(unit, ' ');
  std::transform(unit.begin(), unit.end(), unit.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  const size_t power = unit.empty() ? std::string::npos : std::string("kmgt").find(unit[0]);
  const std::string rest = unit.empty() ? "" : unit.substr(1);
  const bool known = power != std::string::npos && (rest.empty() || rest == "b" || rest == "ib");
  if (end == text.c_str() || !known || !(number > 0 && number < 1e6))
    throw UsageError(fmt::format("--memory takes a size as 8GB or 512MB, got '{}'", text));
  const double bytes = number * std::exp2(10.0 * static_cast<double>(power + 1));
  if (bytes < 256 * 1048576.0)
    throw UsageError(fmt::format("--memory is at least 256MB, got '{}'", text));
  return static_cast<int64_t>(bytes);
}

/// The word that no option and no position took.
std::string unknown_word(const CLI::App& app) {
  const std::vector<std::string> left = app.remaining();
  const auto option = std::find_if(left.begin(), left.end(),
                                   [](const std::string& w) { return w.starts_with("-"); });
  if (option == left.end())
    return fmt::format("'{}' is one word too many", left.empty() ? "" : left.front());
  std::vector<std::string> known;
  for (const CLI::Option* one : app.get_options()) {
    for (const std::string& name : one->get_lnames()) known.push_back("--" + name);
  }
  std::sort(known.begin(), known.end());
  const std::string name = option->substr(0, option->find('='));
  return fmt::format("no option '{}'; {}", name, choices_hint(name, known));
}

}  // namespace

void add_common_options(CLI::App& app, CommonOptions& options) {
  app.add_flag("--json", options.json, "write JSON for programs");
  app.add_flag("--quiet", options.quiet, "no progress and no warnings");
  app.add_option("--threads", options.threads,
                 "threads to use; as many as there are cores by default")
      ->check(CLI::Range(1, 1024));
  app.add_option_function<std::string>(
      "--memory", [](const std::string& size) { set_memory_budget(parse_size(size)); },
      "most memory to use, as 8GB; three quarters of the machine's by default");
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

void add_question_options(CLI::App& app, std::string& split, int64_t& eval_times) {
  app.add_option("--split", split,
                 "VAL,TEST: when validation and test begin, instead of the manifest's times");
  app.add_option("--eval-times", eval_times,
                 "of a question: at how many times validation and test ask at most")
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}))
      ->capture_default_str();
}

void apply_split(const std::string& split, SourceOptions& source) {
  if (split.empty()) return;
  const size_t comma = split.find(',');
  if (comma == std::string::npos || split.find(',', comma + 1) != std::string::npos)
    throw UsageError(fmt::format("--split takes two times, VAL,TEST, got '{}'", split));
  if (!source.val_timestamp.empty() || !source.test_timestamp.empty())
    throw UsageError("--split and --val-timestamp or --test-timestamp are both given");
  source.val_timestamp = split.substr(0, comma);
  source.test_timestamp = split.substr(comma + 1);
}

void add_run_options(CLI::App& app, RunOptions& options) {
  app.add_option("RUN", options.run, "a run folder")->required();
  app.add_option("--protocol", options.protocol,
                 "rolling or frozen; as the run was trained by default")
      ->check(CLI::IsMember({"rolling", "frozen"}));
  add_source_options(app, options.source, false);
  // Refused by open_run(), which says why; so they are not in the help.
  for (const char* name : {"--val-timestamp", "--test-timestamp"}) app.get_option(name)->group("");
}

bool parse_words(CLI::App& app, const std::vector<std::string>& words) {
  std::vector<std::string> reversed(words.rbegin(),
                                    words.rend());  // CLI11 takes them from the back
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    return false;
  } catch (const CLI::ExtrasError&) {
    throw UsageError(unknown_word(app));
  } catch (const CLI::ParseError& e) {
    std::string message = e.what();
    std::replace(message.begin(), message.end(), '\n', ' ');
    throw UsageError(message);
  }
  return true;
}

}  // namespace cenote
