// SPDX-License-Identifier: Apache-2.0
// The same bytes on any number of threads, after any interruption, alone or in company.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "base/time.h"
#include "cenote/error.h"
#include "engine/f1_copies.h"
#include "model/model.h"
#include "test_paths.h"

extern char** environ;

namespace cenote {
namespace {

constexpr int kEpochs = 3;

FitOptions dnf(const std::filesystem::path& run, int threads = 2) {
  FitOptions options = fit_options(f1_folder(), "driver-dnf", "sage", run, kEpochs);
  options.threads = threads;
  options.seed = 5;
  return options;
}

/// A run trained without interruption, shared by the tests.
struct Straight {
  TemporaryFolder folder{"cenote-straight"};
  std::filesystem::path run = folder.path() / "run";
  std::string bytes = fit_bytes(dnf(run, 1));
};
const Straight& straight() {
  static const Straight one;
  return one;
}

TEST(Determinism, ModelBytesDoNotDependOnThreads) {
  for (const int threads : {2, 3, 4}) {
    const TemporaryFolder folder("cenote-run");
    EXPECT_TRUE(fit_bytes(dnf(folder.path() / "run", threads)) == straight().bytes)
        << threads << " threads";
  }
  const TemporaryFolder folder("cenote-run");
  FitOptions other = dnf(folder.path() / "run");
  other.seed = 6;
  EXPECT_FALSE(fit_bytes(other) == straight().bytes);
}

TEST(Determinism, TreesDoNotDependOnThreads) {
  const auto bytes = [](int threads) {
    const TemporaryFolder folder("cenote-run");
    FitOptions options = fit_options(f1_folder(), "driver-top3", "boost", folder.path() / "run");
    // Two settings more and two bags: what threads share out.
    options.set = {{"candidates", "400"}, {"features", "40"}, {"rounds", "20"}, {"bags", "2"}};
    options.protocol = "frozen";
    options.threads = threads;
    return fit_bytes(options);
  };
  const std::string expected = bytes(1);
  for (const int threads : {2, 3, 4}) EXPECT_TRUE(bytes(threads) == expected) << threads;
}

TEST(Determinism, PredictionsDoNotDependOnThreads) {
  const PredictResult expected = predict_split(straight().run, "", "test", 1);
  for (const int threads : {2, 3, 4}) {
    EXPECT_TRUE(same_predictions(predict_split(straight().run, "", "test", threads), expected))
        << threads;
  }
}

TEST(Determinism, CancelledAndResumedIsTheSameAsStraight) {
  struct Point {
    const char* phase;
    int64_t epoch, step;
  };
  // Before training, at the first step, within an epoch, at its last step, within the last epoch.
  for (const Point& point : {Point{"labels", 0, 0},
                             {"train", 1, 1},
                             {"train", 2, 3},
                             {"train", 2, 6},
                             {"train", 3, 2}}) {
    const TemporaryFolder folder("cenote-run");
    FitOptions options = dnf(folder.path() / "run", 2);
    bool stop = false;
    Hooks hooks;
    hooks.progress = [&](const Progress& p) {
      stop = stop || (p.phase == point.phase && p.epoch == point.epoch && p.done >= point.step);
    };
    hooks.cancelled = [&] { return stop; };
    const std::string where = fmt::format("{} {} {}", point.phase, point.epoch, point.step);
    EXPECT_EQ(error_of([&] { fit(options, hooks); }).substr(0, 9), "cancelled") << where;
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "run" / "model.safetensors"));
    options.resume = true;
    options.threads = 3;
    EXPECT_TRUE(fit_bytes(options) == straight().bytes) << where;
  }
}

/// Runs `cenote fit` and kills it after some milliseconds. Returns its exit code, or -1 if it was killed.
int run_and_kill(const std::vector<std::string>& words, int milliseconds) {
  std::vector<char*> argv;
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_t child = 0;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", 1, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1, 0);
  const int spawned = posix_spawn(&child, CENOTE_BINARY, &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (spawned != 0) return 127;
  int status = 0;
  for (int waited = 0; waited < milliseconds; waited += 10) {
    if (::waitpid(child, &status, WNOHANG) == child)
      return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
    ::usleep(10'000);
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  return -1;
}

TEST(Determinism, KilledAndResumedIsTheSameAsStraight) {
  const TemporaryFolder folder("cenote-run");
  const auto run = folder.path() / "run";
  std::vector<std::string> words{CENOTE_BINARY, "fit",     f1_folder(), "--task",     "driver-dnf",
                                 "--model",     "sage",    "--seed",    "5",          "--threads",
                                 "2",           "--quiet", "--out",     run.string(), "--resume"};
  for (const auto& [name, value] : small("sage", kEpochs)) {
    words.push_back("--set");
    words.push_back(name + "=" + value);
  }
  // Later and later, so that every phase is hit and every try gets further; at last it is left alone.
  int code = -1, kills = 0;
  for (int milliseconds = 50; code == -1;
       milliseconds = milliseconds < 4000 ? milliseconds * 5 / 3 : 600'000) {
    code = run_and_kill(words, milliseconds);
    kills += code == -1;
    if (code == -1 && std::filesystem::exists(run / "model.safetensors"))
      break;  // killed after its last write
  }
  EXPECT_LE(code, 0);
  EXPECT_GE(kills, 2);
  EXPECT_TRUE(model_bytes(run) == straight().bytes);
}

TEST(Determinism, ASeedAloneIsPredictedAsAmongAll) {
  for (const auto& [model, entry] : model_registry()) {
    if (!entry.answers(TaskType::regression)) continue;
    const TemporaryFolder folder("cenote-run");
    fit(fit_options(f1_folder(), "driver-position", model, folder.path() / "run"));
    const PredictResult split = predict_split(folder.path() / "run", "", "test");
    // One moment of the split, then single entities of it.
    const int64_t at = split.time[split.time.size() / 2];
    std::map<std::string, double> expected;
    for (size_t i = 0; i < split.entity.size(); ++i) {
      if (split.time[i] == at) expected[split.entity[i]] = split.prediction[i];
    }
    ASSERT_GT(expected.size(), 5u);
    const PredictResult all = predict_at(folder.path() / "run", "", format_time(at));
    for (size_t i = 0; i < all.entity.size(); ++i) {
      const auto found = expected.find(all.entity[i]);
      if (found != expected.end()) {
        EXPECT_EQ(all.prediction[i], found->second) << model << " " << all.entity[i];
      }
    }
    for (auto it = expected.begin(); it != expected.end();
         std::advance(it, std::min<long>(9, std::distance(it, expected.end())))) {
      const PredictResult alone =
          predict_at(folder.path() / "run", "", format_time(at), {it->first});
      ASSERT_EQ(alone.prediction.size(), 1u);
      EXPECT_EQ(alone.prediction[0], it->second) << model << " " << it->first;
    }
  }
}

}  // namespace
}  // namespace cenote
