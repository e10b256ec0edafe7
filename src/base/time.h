// SPDX-License-Identifier: Apache-2.0
// Time inside the engine: int64 microseconds since 1970-01-01 UTC. No locale, no time zone database.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cenote {

inline constexpr int64_t kMicrosPerSecond = 1'000'000;
inline constexpr int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

/// Row times with a meaning. A row is visible to a seed at t iff its time is <= t, so a row without a
/// time column compares as "always" and a null time as "never" without a special case.
inline constexpr int64_t kTimeAlways = INT64_MIN;
inline constexpr int64_t kTimeNever = INT64_MAX;

struct CivilTime {
  int64_t year;
  int month, day;  // 1-based
  int hour, minute, second;
  int microsecond;
  int weekday;  // 0 = Monday
};

CivilTime to_civil(int64_t micros);
int64_t from_civil(const CivilTime& civil);  // weekday is not read

/// The same day and time so many months later or earlier; the last day of a month that is shorter.
/// Errors    bad_input for a year out of range.
int64_t add_months(int64_t micros, int64_t months);

/// "2005-01-01", "2005-01-01 12:30:00.25", "2005-01-01T12:30:00Z", "+01:00" offsets; naive = UTC.
/// Errors    bad_input naming the text; also for year overflow.
int64_t parse_time(std::string_view text);

/// Shortest ISO text: "2005-01-01" at midnight, else "2005-01-01 12:30:00[.ffffff]".
std::string format_time(int64_t micros);

/// "30 days", "1 hour", "2 weeks", "90 minutes", "3600 seconds", "60 days 00:00:00".
/// Errors    bad_input; months and years are refused here (they have no fixed length).
int64_t parse_duration(std::string_view text);
std::string format_duration(int64_t micros);

}  // namespace cenote
