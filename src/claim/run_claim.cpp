// SPDX-License-Identifier: Apache-2.0
#include "claim/run_claim.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <thread>

#include "base/threads.h"

namespace cenote {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::filesystem::path data_folder(const ClaimOptions& options) {
  if (!options.data.empty()) return options.data;
  const char* folder = std::getenv("CENOTE_DATA");
  return folder != nullptr && *folder != '\0' ? folder : "../shared/data";
}

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    const size_t at = line.find(": ");
    if (at != std::string::npos) return line.substr(at + 2);
  }
  return "unknown";
}

/// Figures by name over the seeds that ran. Every seed must give the same names.
void gather(const std::vector<std::optional<Figures>>& of_seed, ClaimResult& result) {
  for (const auto& figures : of_seed) {
    if (!figures) continue;
    if (result.seeds == 0) {
      for (const auto& [name, value] : figures->all()) result.figures.push_back({name, {}});
    }
    CENOTE_CHECK(figures->all().size() == result.figures.size(), internal,
                 "claim '{}': two seeds give different figures", result.name);
    for (auto& [name, values] : result.figures) values.push_back(figures->at(name));
    ++result.seeds;
  }
}

}  // namespace

const std::vector<double>& ClaimResult::figure(const std::string& wanted) const {
  for (const auto& [known, values] : figures) {
    if (known == wanted) return values;
  }
  fail(ErrorCode::internal, "claim '{}' has no figure '{}'", name, wanted);
}

ClaimResult run_claim(const std::string& name, const ClaimEntry& claim, const ClaimOptions& options,
                      const Hooks& hooks) {
  ClaimResult result{.name = name, .quick = options.quick};
  result.threads = options.threads > 0 ? options.threads : available_threads();
  result.processor = processor_name();
  result.version = CENOTE_VERSION;
  result.verdict = Verdict::skipped;
  const std::filesystem::path data = data_folder(options);
  for (const std::string& file : claim.data) {
    const bool bundled = file.starts_with("examples/");
    if (std::filesystem::exists(bundled ? std::filesystem::path(file) : data / file)) continue;
    result.reason = bundled
                        ? fmt::format("needs {}: run it in the folder of the repository", file)
                        : fmt::format("needs {}, which is not in {}; --data names another folder",
                                      file, data.string());
    return result;
  }
  if (options.quick && claim.quick_seeds == 0) {
    result.reason = "cannot be shown quickly; run it without --quick";
    return result;
  }
  const int64_t usual = options.quick ? claim.quick_seeds : claim.seeds;
  const int64_t seeds = options.seeds > 0 ? options.seeds : usual;

  const auto start = Clock::now();
  const auto caller = std::this_thread::get_id();
  std::atomic<int64_t> done{0};
  std::vector<std::optional<Figures>> of_seed(static_cast<size_t>(seeds));
  const auto run_seed = [&](int64_t seed) {
    if (seed > 0 && options.seconds > 0 && seconds_since(start) > options.seconds) return;
    const ClaimRun run{.quick = options.quick,
                       .seed = static_cast<uint64_t>(seed),
                       .data = data,
                       .threads = claim.alone ? result.threads : 1,
                       .cancelled = hooks.cancelled};
    run.check_cancelled();
    of_seed[static_cast<size_t>(seed)] = claim.run(run);
    const int64_t finished = ++done;
    if (std::this_thread::get_id() != caller) return;  // hooks are called from one thread only
    Progress progress;
    progress.phase = "claim";
    progress.done = finished;
    progress.total = seeds;
    progress.seconds_left = seconds_since(start) / static_cast<double>(finished) *
                            static_cast<double>(seeds - finished);
    progress.item = name;
    hooks.report(progress);
  };
  if (claim.alone) {
    for (int64_t seed = 0; seed < seeds; ++seed) run_seed(seed);
  } else {
    ThreadPool threads(result.threads, [] { at::set_num_threads(1); });
    at::set_num_threads(1);
    threads.parallel_for(seeds, run_seed);
  }
  result.seconds = seconds_since(start);

  gather(of_seed, result);
  for (const ClaimCondition& condition : claim.conditions) {
    result.conditions.push_back(judge(condition, options.quick, result.figure(condition.figure)));
  }
  const Judgement judgement = judge_all(result.conditions);
  result.verdict = judgement.verdict;
  result.reason = judgement.reason;
  return result;
}

}  // namespace cenote
