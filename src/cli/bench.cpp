// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "base/files.h"
#include "bench/bench_database.h"
#include "bench/bench_limits.h"
#include "bench/bench_pools.h"
#include "cli/cli.h"
#include "cli/detail/arguments.h"
#include "cli/detail/reporter.h"
#include "cli/detail/results.h"
#include "cli/detail/run_path.h"
#include "cli/detail/terminal.h"

namespace cenote {
namespace {

using Json = nlohmann::ordered_json;

const std::vector<std::string> kParts{"limits", "ingest", "sample",  "encode",
                                      "train",  "pools",  "predict", "all"};
constexpr char kSource[] = "examples/f1", kTask[] = "driver-position";
constexpr int64_t kMostBytes = 1 << 24;  // of an earlier result

struct BenchWords {
  std::string what, compare;
  CommonOptions common;
  BenchDatabaseOptions database;
  BenchPoolsOptions pools;
};

// Pools.

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

void print_pools(const std::vector<PoolTiming>& timings) {
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
}

// All other parts.

Json measurement_json(const Measurement& one) {
  Json out{{"part", one.part},
           {"what", one.what},
           {"seconds", one.seconds},
           {"seconds_lowest", one.lowest},
           {"seconds_highest", one.highest}};
  if (one.rate > 0) {
    out["rate"] = one.rate;
    out["unit"] = one.unit + (one.seconds > 0 ? " per second" : "");
  }
  if (one.limit > 0) {
    out["limit"] = one.limit;
    out["limit_name"] = one.limit_name;
    out["share_of_limit"] = one.rate / one.limit;
  }
  return out;
}

/// 21430000 links -> "21.4 M links/s".
std::string rate_text(const Measurement& one) {
  if (one.rate <= 0) return "";
  if (one.seconds <= 0) return fmt::format("{:.2f}", one.rate);
  double value = one.rate;
  std::string factor;
  for (const char* next : {"k", "M", "G", "T"}) {
    if (value < 1000) break;
    value /= 1000;
    factor = next;
  }
  return fmt::format("{:.{}f} {}{}/s", value, value < 10 ? 2 : 1,
                     factor + (factor.empty() ? "" : " "), one.unit);
}

std::string name_of(const std::string& part, const std::string& what) { return part + ": " + what; }

/// Seconds of an earlier result by name.
std::map<std::string, double> read_earlier(const std::string& path) {
  std::map<std::string, double> out;
  if (path.empty()) return out;
  try {
    const Json all = Json::parse(read_file(path, kMostBytes));
    for (const Json& one : all.at("measurements"))
      out[name_of(one.at("part"), one.at("what"))] = one.at("seconds");
  } catch (const Json::exception& error) {
    fail(ErrorCode::bad_input, "'{}' is no result of 'cenote bench --json': {}", path,
         error.what());
  }
  return out;
}

void print_measurements(const std::vector<Measurement>& all,
                        const std::map<std::string, double>& earlier) {
  std::vector<TextTable::Head> heads{
      {"part"}, {"what"}, {"ms", true}, {"spread", true}, {"rate", true}};
  if (!earlier.empty()) heads.push_back({"earlier ms", true});
  heads.push_back({"of the limit"});
  TextTable table(heads);
  for (const Measurement& one : all) {
    std::vector<std::string> row{
        one.part, one.what, one.seconds > 0 ? fmt::format("{:.3f}", 1e3 * one.seconds) : "",
        one.seconds > 0 ? fmt::format("{:.0f} %", 100 * (one.highest - one.lowest) / one.seconds)
                        : "",
        rate_text(one)};
    if (!earlier.empty()) {
      const auto found = earlier.find(name_of(one.part, one.what));
      row.push_back(
          found == earlier.end() || found->second <= 0 || one.seconds <= 0
              ? "-"
              : fmt::format("{:.3f} (x {:.2f})", 1e3 * found->second, one.seconds / found->second));
    }
    row.push_back(one.limit > 0
                      ? fmt::format("{:.0f} % of {}", 100 * one.rate / one.limit, one.limit_name)
                      : "");
    table.add_row(row);
  }
  std::fputs(table.render(terminal_width(stdout), "").c_str(), stdout);
}

/// The parts that were asked for, one after the other.
std::vector<Measurement> measure_parts(const BenchWords& words, const Hooks& hooks,
                                       const MeasurementHook& done) {
  const auto threads = make_threads(words.common.threads);
  std::vector<Measurement> all;
  bool stopped = false;
  const MeasurementHook watched = [&](const Measurement& one) {
    stopped = stopped || !done(one);
    return !stopped;
  };
  const auto is_asked = [&](const std::string& part) {
    return !stopped && (words.what == part || words.what == "all");
  };
  const auto take = [&](std::vector<Measurement> some) {
    all.insert(all.end(), some.begin(), some.end());
  };
  if (is_asked("limits")) take(bench_limits(*threads, words.database.repeats, watched));
  if (is_asked("ingest"))
    take(bench_ingest(words.database.source, words.database.repeats, *threads, watched, hooks));
  if (words.what == "limits" || words.what == "ingest" || stopped) return all;
  DatabaseBench database(words.database, *threads, hooks);
  if (is_asked("sample")) take(database.sample(watched));
  if (is_asked("encode")) take(database.encode(watched));
  if (is_asked("train")) take(database.train(watched));
  if (is_asked("predict")) take(database.predict(watched));
  return all;
}

void check_words(BenchWords& words, const std::vector<std::string>& settings) {
  BenchDatabaseOptions& database = words.database;
  if (database.source.source.empty()) {
    database.source.source = kSource;
    if (database.task.empty()) database.task = kTask;
  }
  const bool learns = words.what != "limits" && words.what != "ingest" && words.what != "pools";
  if (learns && database.task.empty())
    throw UsageError(fmt::format("bench {} of a source needs --task", words.what));
  for (const std::string& setting : settings) {
    const size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0)
      throw UsageError(fmt::format("--set takes key=value, got '{}'", setting));
    database.set.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  words.pools.repeats = database.repeats;
}

int run(const std::vector<std::string>& arguments) {
  CLI::App app("measures the parts of Cenote on this machine", "cenote bench");
  BenchWords words;
  std::vector<std::string> settings;
  app.add_option("WHAT", words.what,
                 "limits: what this machine can do at all; ingest: a source into memory; sample, "
                 "encode, train, "
                 "predict: those parts of the main job; pools: each pool forward and backward; all")
      ->required()
      ->check(CLI::IsMember(kParts));
  app.add_option("SOURCE", words.database.source.source,
                 "a database; examples/f1 and its task driver-position by default");
  app.add_option("--task", words.database.task, "a name in the dataset folder, or a task manifest");
  app.add_option("--set", settings, "key=value, an option of model sage; may be repeated")
      ->allow_extra_args(false)
      ->take_all();
  app.add_option("--pool", words.pools.pools, "of pools: only this one; may be given again");
  app.add_option("--shape", words.pools.shapes,
                 "of pools: only small, uniform, skewed, wide or large; may be given again");
  app.add_option("--repeats", words.database.repeats, "of which the median is shown")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--compare", words.compare, "an earlier result of --json, shown beside");
  add_common_options(app, words.common);
  if (!parse_words(app, arguments)) return 0;
  check_words(words, settings);
  const auto earlier = read_earlier(words.compare);

  Reporter reporter(words.common);
  const Hooks hooks = reporter.hooks();
  int64_t done = 0;
  const auto progress = [&](const std::string& part) {
    Progress progress;
    progress.phase = "bench " + part;
    progress.done = ++done;
    hooks.report(progress);
    return !hooks.is_cancelled();
  };
  std::vector<Measurement> measurements;
  std::vector<PoolTiming> timings;
  if (words.what != "pools")
    measurements =
        measure_parts(words, hooks, [&](const Measurement& one) { return progress(one.part); });
  if (words.what == "pools" || words.what == "all")
    timings = bench_pools(words.pools, [&](const PoolTiming& one) { return progress(one.shape); });
  reporter.finish();
  const auto megabytes = peak_memory() / 1'000'000;
  if (words.common.json) {
    Json all = Json::array(), pools = Json::array();
    for (const Measurement& one : measurements) all.push_back(measurement_json(one));
    for (const PoolTiming& one : timings) pools.push_back(timing_json(one));
    print_json({{"measurements", all}, {"timings", pools}, {"peak_megabytes", megabytes}});
    return 0;
  }
  if (!measurements.empty()) print_measurements(measurements, earlier);
  if (!timings.empty()) print_pools(timings);
  fmt::print("peak memory {} MB\n", megabytes);
  return 0;
}

}  // namespace

CENOTE_CLI(bench) {
  CliEntry entry;
  entry.info.summary = "how fast the parts of Cenote are on this machine, beside what it can do";
  entry.info.source = "ours";
  entry.info.example = "cenote bench sample --threads 1";
  entry.usage =
      "cenote bench limits|ingest|sample|encode|train|predict|pools|all [SOURCE --task T] [--set "
      "key=value ...] "
      "[--shape SHAPE] [--pool NAME] [--repeats N] [--compare FILE]";
  entry.run = run;
  return entry;
}

}  // namespace cenote
