// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/time.h"
#include "cenote/error.h"

namespace cenote {
namespace {

TEST(Time, MonthsFollowTheCalendar) {
  const auto moved = [](const char* from, int64_t months) {
    return format_time(add_months(parse_time(from), months));
  };
  EXPECT_EQ(moved("2021-01-31", 1), "2021-02-28");
  EXPECT_EQ(moved("2020-01-31 12:30:00", 1), "2020-02-29 12:30:00");
  EXPECT_EQ(moved("2021-01-15", -1), "2020-12-15");
  EXPECT_EQ(moved("2021-12-15", 1), "2022-01-15");
  EXPECT_EQ(moved("2021-03-31", -13), "2020-02-29");
  EXPECT_EQ(moved("1969-03-31", 0), "1969-03-31");
  EXPECT_EQ(moved("1970-01-31", -24), "1968-01-31");
  EXPECT_THROW(add_months(0, 12 * 400'000), Error);
}

TEST(Time, ReadsWhatPeopleWrite) {
  EXPECT_EQ(parse_time("1970-01-01"), 0);
  EXPECT_EQ(parse_time("2005-01-01"), 1'104'537'600 * kMicrosPerSecond);
  EXPECT_EQ(parse_time("2005-01-01 12:30:00.25"), 1'104'582'600'250'000);
  EXPECT_EQ(parse_time("2005-01-01T12:30:00Z"), parse_time("2005-01-01 12:30"));
  EXPECT_EQ(parse_time("2005-01-01T12:30:00+01:00"), parse_time("2005-01-01 11:30"));
  EXPECT_EQ(parse_time("2005-01-01 12:30:00-0530"), parse_time("2005-01-01 18:00"));
  EXPECT_EQ(parse_time(" 2005-1-2 "), parse_time("2005-01-02"));
  EXPECT_EQ(parse_time("1969-12-31 23:59:59.999999"), -1);
}

TEST(Time, RoundsUpWhatIsFinerThanAMicrosecond) {
  EXPECT_EQ(parse_time("1970-01-01 00:00:00.0000001"), 1);
  EXPECT_EQ(parse_time("1970-01-01 00:00:00.0000010"), 1);
  EXPECT_EQ(parse_time("1969-12-31 23:59:59.9999991"), 0);
}

TEST(Time, RefusesWhatIsNone) {
  for (const char* text :
       {"", "yesterday", "2005", "2005-13-01", "2005-02-29", "2005-01-00", "01/02/2005",
        "2005-01-01 25:00", "2005-01-01 12:60", "2016-12-31 23:59:60", "2005-01-01x",
        "2005-01-01 12:30 +25:00", "999999-01-01", "infinity", "2005-01-01T", "20050101"}) {
    EXPECT_THROW(parse_time(text), Error) << text;
  }
}

TEST(Time, GoesThereAndBack) {
  // Every 1,001st day of 1,200 years and the seams of months, leap years and eras.
  for (int64_t day = -250'000; day < 190'000; day += 1001) {
    const int64_t t = day * kMicrosPerDay + 3'600'000'001;
    EXPECT_EQ(from_civil(to_civil(t)), t);
    EXPECT_EQ(parse_time(format_time(t)), t);
  }
  for (const char* text : {"1600-02-29", "1900-02-28", "1900-03-01", "2000-02-29", "2000-03-01",
                           "0001-01-01", "9999-12-31"}) {
    EXPECT_EQ(format_time(parse_time(text)), text);
  }
}

TEST(Time, KnowsTheWeekday) {
  EXPECT_EQ(to_civil(parse_time("1970-01-01")).weekday, 3);
  EXPECT_EQ(to_civil(parse_time("2024-02-26")).weekday, 0);
  EXPECT_EQ(to_civil(parse_time("1969-12-28")).weekday, 6);
}

TEST(Time, FormatsShortest) {
  EXPECT_EQ(format_time(parse_time("2005-01-01")), "2005-01-01");
  EXPECT_EQ(format_time(parse_time("2005-01-01 12:30")), "2005-01-01 12:30:00");
  EXPECT_EQ(format_time(parse_time("2005-01-01 12:30:00.250000")), "2005-01-01 12:30:00.25");
  EXPECT_EQ(format_time(kTimeNever), "never");
  EXPECT_EQ(format_time(kTimeAlways), "always");
}

TEST(Duration, ReadsAndWrites) {
  EXPECT_EQ(parse_duration("30 days"), 30 * kMicrosPerDay);
  EXPECT_EQ(parse_duration("1 hour"), 3600 * kMicrosPerSecond);
  EXPECT_EQ(parse_duration("2 weeks"), 14 * kMicrosPerDay);
  EXPECT_EQ(parse_duration("60 days 00:00:00"), 60 * kMicrosPerDay);
  EXPECT_EQ(parse_duration("1 day 06:30:00"), kMicrosPerDay + 23'400 * kMicrosPerSecond);
  EXPECT_EQ(parse_duration("90 Minutes"), 5400 * kMicrosPerSecond);
  EXPECT_EQ(format_duration(30 * kMicrosPerDay), "30 days");
  EXPECT_EQ(format_duration(kMicrosPerDay), "1 day");
  EXPECT_EQ(format_duration(5400 * kMicrosPerSecond), "90 minutes");
  EXPECT_EQ(parse_duration(format_duration(123'456 * kMicrosPerSecond)),
            123'456 * kMicrosPerSecond);
}

TEST(Duration, RefusesWhatHasNoFixedLength) {
  for (const char* text : {"", "30", "days", "1 month", "2 years", "-1 day", "1.5 days",
                           "999999999999 weeks", "1 day x"}) {
    EXPECT_THROW(parse_duration(text), Error) << text;
  }
  try {
    parse_duration("1 month");
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("fixed length"), std::string::npos);
  }
}

}  // namespace
}  // namespace cenote
