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

std::vector<int64_t> forwards(int64_t first, int64_t step, int64_t count, int64_t last) {
  std::vector<int64_t> times;
  for (int64_t t = first; t <= last && static_cast<int64_t>(times.size()) < count; t += step)
    times.push_back(t);
  return times;
}

}  // namespace

SeedTimes make_seed_times(const Task& task, int64_t first_time, int64_t last_time) {
  SeedTimes times;
  const int64_t step = task.horizon;
  if (step <= 0) return times;
  const int64_t span = task.val_timestamp - first_time;
  CENOTE_CHECK(span / step <= kMostTimes, bad_input,
               "task '{}': a timedelta of {} gives {} seed times from {} on; the most is {}",
               task.name, format_duration(step), span / step, format_time(first_time), kMostTimes);
  for (int64_t t = task.val_timestamp - step; t >= first_time; t -= step) times.train.push_back(t);
  std::reverse(times.train.begin(), times.train.end());
  times.val =
      forwards(task.val_timestamp, step, task.num_eval_timestamps, task.test_timestamp - step);
  times.test = forwards(task.test_timestamp, step, task.num_eval_timestamps, last_time - step);
  return times;
}

}  // namespace cenote
