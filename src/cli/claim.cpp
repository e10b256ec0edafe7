// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <optional>

#include "base/files.h"
#include "base/time.h"
#include "claim/results.h"
#include "cli/cli.h"
#include "cli/detail/arguments.h"
#include "cli/detail/reporter.h"
#include "cli/detail/results.h"
#include "cli/detail/terminal.h"

namespace cenote {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

struct Words {
  CommonOptions common;
  std::string which, budget, data, out, page;
  bool list = false, quick = false;
  int64_t seeds = 0;
};

/// "all", a number (of one or several claims) or a name.
std::vector<std::string> chosen_claims(const std::string& which) {
  const std::vector<std::string> names = claim_registry().names();
  if (which == "all") return names;
  std::vector<std::string> chosen;
  const bool number =
      !which.empty() && which.size() <= 3 &&
      std::all_of(which.begin(), which.end(), [](unsigned char c) { return std::isdigit(c); });
  for (const std::string& name : names) {
    if (name == which || (number && claim_number(name) == std::stoll(which)))
      chosen.push_back(name);
  }
  if (chosen.empty())
    throw UsageError(fmt::format("no claim '{}'; {}", which, choices_hint(which, names)));
  return chosen;
}

double budget_seconds(const std::string& text) {
  if (text.empty()) return 0;
  // "10m" is as good as "10 minutes".
  const bool short_form = text.size() > 1 && text.back() == 'm';
  try {
    return static_cast<double>(
               parse_duration(short_form ? text.substr(0, text.size() - 1) + " minutes" : text)) /
           1e6;
  } catch (const Error& error) {
    throw UsageError(fmt::format("--budget: {}", error.what()));
  }
}

void print_list(bool json) {
  Json claims = Json::array();
  TextTable table({{"claim"}, {"minutes", true}, {"what the paper says"}});
  for (const auto& [name, entry] : claim_registry()) {
    claims.push_back({{"name", name},
                      {"summary", entry.info.summary},
                      {"source", entry.info.source},
                      {"setting", entry.setting},
                      {"data", entry.data},
                      {"minutes", entry.minutes}});
    table.add_row({name, fmt::format("{:g}", entry.minutes), entry.info.summary});
  }
  if (json) return print_json({{"claims", claims}});
  std::fputs(table.render(terminal_width(stdout), "").c_str(), stdout);
}

void print_result(const ClaimEntry& claim, const ClaimResult& result) {
  const int width = terminal_width(stdout);
  const std::string head = fmt::format("{}  {}", result.name, verdict_name(result.verdict));
  std::printf("%s\n", head.c_str());
  for (const std::string& line : wrap_text(claim.info.summary, width - 2))
    std::printf("  %s\n", line.c_str());
  for (const std::string& line : wrap_text(result.reason, width - 2))
    std::printf("  %s\n", line.c_str());
  if (result.figures.empty()) return;
  TextTable table({{"figure"}, {"mean", true}, {"95 % of means", true}});
  for (const auto& [name, values] : result.figures) {
    const MeanInterval mean = mean_interval(values);
    table.add_row({name, fmt::format("{:.4g}", mean.mean),
                   values.size() > 1 ? fmt::format("{:.4g} to {:.4g}", mean.low, mean.high) : ""});
  }
  std::fputs(table.render(width, "  ").c_str(), stdout);
  std::printf("  %lld seeds, %.1f s\n\n", static_cast<long long>(result.seeds), result.seconds);
  std::fflush(stdout);
}

void write_page(const Words& words) {
  const std::filesystem::path page = words.page, folder = words.out;
  const auto pictures =
      std::filesystem::relative(folder, std::filesystem::absolute(page).parent_path());
  write_file_atomically(page, claims_page(read_claim_results(folder), pictures.string()));
}

/// The result, or nothing where the budget is used up.
std::optional<ClaimResult> run_one(const std::string& name, const Words& words, double budget,
                                   Clock::time_point start, Reporter& reporter) {
  ClaimOptions options{.quick = words.quick,
                       .seeds = words.seeds,
                       .data = words.data,
                       .threads = words.common.threads};
  const ClaimEntry& claim = claim_registry().at(name);
  if (budget > 0) {
    options.seconds = budget - std::chrono::duration<double>(Clock::now() - start).count();
    if (options.seconds <= 0) return std::nullopt;
  }
  ClaimResult result = run_claim(name, claim, options, reporter.hooks());
  reporter.finish();
  if (!words.out.empty()) write_claim_result(words.out, claim, result);
  return result;
}

int run(const std::vector<std::string>& arguments) {
  CLI::App app("runs what a paper claims as an experiment", "cenote claim");
  Words words;
  app.add_option("CLAIM", words.which, "a paper's number, a claim's name, or all");
  app.add_flag("--list", words.list, "the claims that there are");
  app.add_flag("--quick", words.quick, "smaller runs with weaker thresholds");
  app.add_option("--budget", words.budget,
                 "no claim and no further seed begins after this time, such as 10m");
  app.add_option("--seeds", words.seeds, "instead of as many as the claim asks for")
      ->check(CLI::Range(1, 1000));
  app.add_option("--data", words.data,
                 "the folder of data sets; CENOTE_DATA or ../shared/data by default");
  app.add_option("--out", words.out, "a folder for the results as JSON, and charts as SVG");
  app.add_option("--page", words.page,
                 "a Markdown file made from all results in --out; without CLAIM nothing is run");
  add_common_options(app, words.common);
  if (!parse_words(app, arguments)) return 0;
  if (words.list) {
    print_list(words.common.json);
    return 0;
  }
  if (!words.page.empty() && words.out.empty())
    throw UsageError("--page needs --out, the folder with the results");
  if (words.which.empty() && words.page.empty())
    throw UsageError("which claim? A number, a name, or all; 'cenote claim --list' shows them");
  const auto names = words.which.empty() ? std::vector<std::string>() : chosen_claims(words.which);
  const double budget = budget_seconds(words.budget);

  const auto start = Clock::now();
  Reporter reporter(words.common);
  Json results = Json::array();
  for (const std::string& name : names) {
    const auto result = run_one(name, words, budget, start, reporter);
    if (!result) {
      reporter.hooks().warn("budget", fmt::format("{}: not run, the budget is used up", name));
      continue;
    }
    results.push_back(to_json(*result));
    if (!words.common.json) print_result(claim_registry().at(name), *result);
  }
  if (words.common.json) print_json({{"claims", results}});
  if (!words.page.empty()) write_page(words);
  return 0;
}

}  // namespace

CENOTE_CLI(claim) {
  CliEntry entry;
  entry.info.summary = "runs what a paper claims as an experiment, with a verdict from its figures";
  entry.info.source = "ours";
  entry.info.example = "cenote claim 6 --quick";
  entry.usage =
      "cenote claim NUMBER|NAME|all [--quick] [--budget TIME] [--out DIR [--page FILE]] | --list";
  entry.run = run;
  return entry;
}

}  // namespace cenote
