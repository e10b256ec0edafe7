// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/reporter.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/detail/terminal.h"

namespace cenote {
namespace {

volatile std::sig_atomic_t g_signal = 0;

extern "C" void remember_signal(int number) {
  g_signal = number;
  std::signal(SIGINT, SIG_DFL);  // the next one does not ask
  std::signal(SIGTERM, SIG_DFL);
}

std::string format_seconds(double seconds) {
  const auto whole = static_cast<int64_t>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

/// A line of the table of models: what, how good, how long.
std::string item_line(const Progress& p) {
  std::string line = fmt::format("{:<5}  {:<44}", p.phase, p.item);
  line += std::isnan(p.metric_value) ? fmt::format("  {} undefined", p.metric)
                                     : fmt::format("  {} {:.4f}", p.metric, p.metric_value);
  line += fmt::format("  {:>6.1f} s", p.item_seconds);
  if (!std::isnan(p.seconds_left))
    line += fmt::format("  {} left at most", format_seconds(p.seconds_left));
  return printable(line);
}

std::string progress_line(const Progress& p) {
  if (p.item_finished) return item_line(p);
  std::string line = p.item.empty() ? p.phase : p.item + "  " + p.phase;
  if (p.epochs > 0) line += fmt::format("  epoch {}/{}", p.epoch, p.epochs);
  if (p.total > 0 && !p.epoch_finished) {
    line += fmt::format("  {} of {}", format_count(p.done), format_count(p.total));
  } else if (p.done > 0 && !p.epoch_finished) {
    line += "  " + format_count(p.done);
  }
  if (!std::isnan(p.loss)) line += fmt::format("  loss {:.4f}", p.loss);
  if (!p.metric.empty() && !std::isnan(p.metric_value))
    line += fmt::format("  {} {:.4f}", p.metric, p.metric_value);
  if (!std::isnan(p.rows_per_second))
    line += fmt::format("  {} rows/s", format_count(std::llround(p.rows_per_second)));
  if (!std::isnan(p.seconds_left)) line += fmt::format("  {} left", format_seconds(p.seconds_left));
  return printable(line);
}

constexpr auto kBetweenUpdates = std::chrono::milliseconds(100);
constexpr int kWarningsPerCode = 5;

}  // namespace

struct Reporter::State {
  bool quiet = false, json = false, terminal = false, live = false;
  std::string phase;
  std::chrono::steady_clock::time_point shown{};
  std::map<std::string, int> warnings, untold;  // by code
  std::set<std::string> told;

  void clear() {
    if (live) std::fputs("\r\x1b[K", stderr);
    live = false;
  }

  void report(const Progress& p) {
    const auto now = std::chrono::steady_clock::now();
    const bool new_phase = p.phase != phase, lasting = p.epoch_finished || p.item_finished;
    phase = p.phase;
    if (!terminal) {
      // Plain lines: one per epoch or model, and one at the start of other phases.
      if (lasting)
        std::fprintf(stderr, "%s\n", progress_line(p).c_str());
      else if (new_phase && p.epochs == 0 && p.item.empty())
        std::fprintf(stderr, "%s\n", printable(p.phase).c_str());
      return;
    }
    if (!new_phase && !lasting && now - shown < kBetweenUpdates) return;
    shown = now;
    std::string line = progress_line(p);
    const int width = terminal_width(stderr) - 1;
    if (display_width(line) > width) line.resize(static_cast<size_t>(width));
    clear();
    std::fputs(line.c_str(), stderr);
    live = !lasting;
    if (lasting) std::fputs("\n", stderr);
    std::fflush(stderr);
  }

  void warn(const std::string& code, const std::string& message) {
    if (!told.insert(message).second || ++warnings[code] > kWarningsPerCode) {
      ++untold[code];
      return;
    }
    clear();
    if (json) {
      const nlohmann::json line{{"warning", {{"code", code}, {"message", message}}}};
      std::fprintf(stderr, "%s\n",
                   line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    } else {
      std::fprintf(stderr, "cenote: warning: %s\n", printable(message).c_str());
    }
  }

  /// How many warnings were like those that were shown.
  void count_untold() {
    for (const auto& [code, count] : untold) {
      if (json) {
        std::fprintf(stderr,
                     R"({"warning":{"code":"%s","more":%d}})"
                     "\n",
                     code.c_str(), count);
      } else {
        std::fprintf(stderr, "cenote: warning: %d more of '%s'\n", count, code.c_str());
      }
    }
    untold.clear();
  }
};

Reporter::Reporter(const CommonOptions& options) : state_(std::make_unique<State>()) {
  state_->quiet = options.quiet;
  state_->json = options.json;
  state_->terminal = is_terminal(stderr);
}

Reporter::~Reporter() { finish(); }

void Reporter::finish() {
  state_->clear();
  state_->count_untold();
}

Hooks Reporter::hooks() {
  Hooks hooks;
  hooks.cancelled = [] { return caught_signal() != 0; };
  if (state_->quiet) return hooks;
  State* state = state_.get();
  hooks.warning = [state](const std::string& code, const std::string& message) {
    state->warn(code, message);
  };
  // With --json every line on standard error is JSON; people at a terminal still see that it moves.
  if (state_->json && !state_->terminal) return hooks;
  hooks.progress = [state](const Progress& progress) { state->report(progress); };
  return hooks;
}

void catch_signals() {
  std::signal(SIGINT, remember_signal);
  std::signal(SIGTERM, remember_signal);
}

int caught_signal() { return g_signal; }

}  // namespace cenote
