// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/time.h"
#include "testing.h"

namespace cenote {
namespace {

constexpr int64_t kDay = kMicrosPerDay;

Task task_of(int64_t horizon, int64_t count) {
  Task task;
  task.name = "t";
  task.horizon = horizon;
  task.num_eval_timestamps = count;
  task.val_timestamp = 100 * kDay;
  task.test_timestamp = 200 * kDay;
  return task;
}

TEST(SeedTimes, TrainingGoesBackwardsToTheFirstRow) {
  const SeedTimes times = make_seed_times(task_of(30 * kDay, 1), 10 * kDay, 1000 * kDay);
  EXPECT_EQ(times.train, (std::vector<int64_t>{10 * kDay, 40 * kDay, 70 * kDay}));
  // One microsecond later and the first window no longer starts within the database.
  EXPECT_EQ(make_seed_times(task_of(30 * kDay, 1), 10 * kDay + 1, 1000 * kDay).train.size(), 2u);
}

TEST(SeedTimes, EvaluationGoesForwards) {
  const SeedTimes times = make_seed_times(task_of(30 * kDay, 2), 0, 1000 * kDay);
  EXPECT_EQ(times.val, (std::vector<int64_t>{100 * kDay, 130 * kDay}));
  EXPECT_EQ(times.test, (std::vector<int64_t>{200 * kDay, 230 * kDay}));
}

TEST(SeedTimes, WindowsEndBeforeTheNextSplitAndTheLastRow) {
  const SeedTimes times = make_seed_times(task_of(30 * kDay, 40), 0, 290 * kDay);
  EXPECT_EQ(times.val.back(), 160 * kDay);   // 160 + 30 <= 200 < 190 + 30
  EXPECT_EQ(times.test.back(), 260 * kDay);  // 260 + 30 <= 290
  EXPECT_EQ(make_seed_times(task_of(50 * kDay, 40), 0, 250 * kDay).val.back(), 150 * kDay);
  EXPECT_TRUE(make_seed_times(task_of(60 * kDay, 40), 0, 250 * kDay).test.empty());
  EXPECT_TRUE(make_seed_times(task_of(101 * kDay, 40), 0, 900 * kDay).val.empty());
}

TEST(SeedTimes, MonthsFollowTheCalendar) {
  Task task = task_of(31 * kDay, 40);
  task.horizon_months = 1;
  task.val_timestamp = parse_time("2021-03-31");
  task.test_timestamp = parse_time("2021-05-31");
  const SeedTimes times = make_seed_times(task, parse_time("2020-12-01"), parse_time("2021-08-31"));
  std::vector<std::string> all;
  for (const auto* split : {&times.train, &times.val, &times.test}) {
    for (const int64_t t : *split) all.push_back(format_time(t));
  }
  // Each counted from its split's time: a short February moves no later month.
  EXPECT_EQ(all,
            (std::vector<std::string>{"2020-12-31", "2021-01-31", "2021-02-28", "2021-03-31",
                                      "2021-04-30", "2021-05-31", "2021-06-30", "2021-07-31"}));
  EXPECT_EQ(format_time(window_end(task, parse_time("2021-01-31"))), "2021-02-28");
  EXPECT_EQ(format_horizon(task), "1 month");
}

TEST(SeedTimes, NoHorizonNoTimes) {
  const SeedTimes times = make_seed_times(task_of(0, 5), 0, 900 * kDay);
  EXPECT_TRUE(times.train.empty() && times.val.empty() && times.test.empty());
}

TEST(SeedTimes, TooManyAreRefused) {
  EXPECT_EQ(error_of([] {
              make_seed_times(task_of(1000, 1), 0, 900 * kDay);
            }).rfind("bad_input: task 't'", 0),
            0u);
}

}  // namespace
}  // namespace cenote
