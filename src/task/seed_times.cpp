// SPDX-License-Identifier: Apache-2.0
// The seed times of a forecast, by RelBench's rule.
//
//   training    val - Δ, val - 2Δ, ... down to the first time of the database
//   validation  val, val + Δ, ...   up to min(val + (n - 1) Δ, test - Δ)
//   test        test, test + Δ, ... up to min(test + (n - 1) Δ, last - Δ)
//
// So a label window (t, t + Δ] never reaches into the next split.
#include <algorithm>

#include "base/check.h"
#include "base/time.h"
#include "task/task.h"

namespace cenote {
namespace {

// An hour over a century; a shorter step than that over so long a time is a mistake in the manifest.
constexpr int64_t kMostTimes = 1'000'000;

/// The time `count` windows after t, or before it. Counted from t, so that a month that is shorter than t's day
/// does not move the later ones.
int64_t step(const Task& task, int64_t t, int64_t count) {
  return task.horizon_months > 0 ? add_months(t, count * task.horizon_months)
                                 : t + count * task.horizon;
}

/// first, first + Δ, ... as long as the window ends by `until`.
std::vector<int64_t> forwards(const Task& task, int64_t first, int64_t most, int64_t until) {
  std::vector<int64_t> times;
  for (int64_t n = 0; n < most; ++n) {
    const int64_t t = step(task, first, n);
    if (window_end(task, t) > until) break;
    times.push_back(t);
  }
  return times;
}

}  // namespace

bool asks_at_own_time(const Task& task) {
  return task.kind == TaskKind::autocomplete && !task.time_column.empty();
}

bool splits_by_key(const Task& task) {
  return task.kind == TaskKind::autocomplete && task.time_column.empty();
}

int64_t window_end(const Task& task, int64_t t) {
  return task.horizon_months > 0 ? add_months(t, task.horizon_months) : t + task.horizon;
}

int64_t frame_time(const Task& task, int64_t t, int64_t frame) {
  return task.frame_months > 0 ? add_months(t, (frame - 1) * task.frame_months)
                               : t + (frame - 1) * task.frame_length;
}

int64_t label_end(const Task& task, int64_t seed_time) {
  const int64_t months = task.horizon_months - (task.frames - 1) * task.frame_months;
  return task.horizon_months > 0 ? add_months(seed_time, months) : seed_time + label_horizon(task);
}

int64_t label_horizon(const Task& task) {
  return task.horizon - (task.frames - 1) * task.frame_length;
}

std::string format_horizon(const Task& task) {
  const int64_t months = task.horizon_months;
  if (months == 0) return format_duration(task.horizon);
  const bool years = months % 12 == 0;
  const int64_t count = years ? months / 12 : months;
  return fmt::format("{} {}{}", count, years ? "year" : "month", count == 1 ? "" : "s");
}

SeedTimes make_seed_times(const Task& task, int64_t first_time, int64_t last_time) {
  SeedTimes times;
  if (task.horizon <= 0) return times;
  first_time = std::max(first_time, task.first_seed);
  const int64_t count = (task.val_timestamp - first_time) / task.horizon;
  CENOTE_CHECK(count <= kMostTimes, bad_input,
               "task '{}': a timedelta of {} gives {} seed times from {} on; the most is {}",
               task.name, format_horizon(task), count, format_time(first_time), kMostTimes);
  for (int64_t n = 1;; ++n) {
    const int64_t t = step(task, task.val_timestamp, -n);
    if (t < first_time) break;
    times.train.push_back(t);
  }
  std::reverse(times.train.begin(), times.train.end());
  times.val = forwards(task, task.val_timestamp, task.num_eval_timestamps, task.test_timestamp);
  times.test = forwards(task, task.test_timestamp, task.num_eval_timestamps, last_time);
  return times;
}

}  // namespace cenote
