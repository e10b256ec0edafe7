// SPDX-License-Identifier: Apache-2.0
// Runs the built program as a shell would.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "test_paths.h"
#include "base/files.h"

namespace cenote {

struct Outcome {
  int code = -1;  // 128 + signal for a program that a signal ended
  std::string out, err;

  nlohmann::json json() const { return nlohmann::json::parse(out); }
};

/// A started program; its output goes to files, so that it never waits for the test.
class Program {
 public:
  Program(const std::string& path, const std::vector<std::string>& words) {
    std::vector<char*> arguments{const_cast<char*>(path.c_str())};
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const std::string out = (folder_.path() / "out").string(),
                      err = (folder_.path() / "err").string();
    pid_ = ::fork();
    if (pid_ != 0) return;
    ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
    ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
    ::dup2(::open("/dev/null", O_RDONLY), 0);
    if (::chdir(folder_.path().c_str()) == 0) ::execv(path.c_str(), arguments.data());
    ::_exit(127);
  }
  ~Program() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }

  void signal(int number) const { ::kill(pid_, number); }

  /// Waits until `path` is there; false if the program ended before that.
  bool wait_for(const std::filesystem::path& path) {
    while (!std::filesystem::exists(path)) {
      siginfo_t info{};
      ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
      if (info.si_pid != 0) return false;
      ::usleep(2000);
    }
    return true;
  }

  Outcome wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    Outcome outcome;
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    outcome.out = read_file(folder_.path() / "out");
    outcome.err = read_file(folder_.path() / "err");
    return outcome;
  }

 private:
  TemporaryFolder folder_;
  pid_t pid_ = 0;
};

inline Outcome run_cenote(const std::vector<std::string>& words) {
  return Program(CENOTE_BINARY, words).wait();
}

inline std::string f1() { return std::string(CENOTE_SOURCE_DIR) + "/examples/f1"; }

/// A fit that takes seconds.
inline std::vector<std::string> tiny_fit(const std::string& out,
                                         std::vector<std::string> more = {}) {
  std::vector<std::string> words{"fit",         f1(),       "--task",     "driver-top3", "--model",
                                 "sage",        "--out",    out,          "--set",       "epochs=1",
                                 "channels=32", "blocks=0", "fanout=4,2", "max_steps=4"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// One trained run for all tests of the program, and what fit said of it.
struct TrainedRun {
  TemporaryFolder folder;
  std::string path;
  Outcome fit;
};
inline const TrainedRun& trained_run() {
  static const TrainedRun run = [] {
    TrainedRun made;
    made.path = (made.folder.path() / "run").string();
    made.fit = run_cenote(tiny_fit(made.path, {"--json"}));
    EXPECT_EQ(made.fit.code, 0) << made.fit.err;
    return made;
  }();
  return run;
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

inline void expect_fits_terminal(const std::string& text) {
  for (const std::string& line : lines_of(text)) EXPECT_LE(line.size(), 80u) << line;
}

/// One line on standard error that says all of `parts`, nothing on standard output.
inline void expect_refused(const Outcome& outcome, int code,
                           const std::vector<std::string>& parts) {
  EXPECT_EQ(outcome.code, code) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  ASSERT_FALSE(outcome.err.empty());
  const std::string last = lines_of(outcome.err).back();
  EXPECT_EQ(last.rfind("cenote: ", 0), 0u) << last;
  for (const std::string& part : parts)
    EXPECT_NE(last.find(part), std::string::npos) << last << "\nlacks " << part;
}

}  // namespace cenote
