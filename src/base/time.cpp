// SPDX-License-Identifier: Apache-2.0
// Civil time by the days-from-civil formulas on the proleptic Gregorian calendar; every step is checked
// integer arithmetic, so that a year out of range is an error and never a wrapped instant.
#include "base/time.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "base/check.h"

namespace cenote {
namespace {

/// Days since 1970-01-01 of a civil date.
/// Source    Hinnant 2013, "chrono-compatible low-level date algorithms", days_from_civil.
int64_t days_from_civil(int64_t year, int month, int day) {
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

bool is_leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(int64_t year, int month) {
  static constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[static_cast<size_t>(month - 1)];
}

/// Reads characters from the front of a text; every member says whether it found what it wanted.
struct Scanner {
  std::string_view text;

  bool accept(char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
  }
  std::optional<int64_t> digits(size_t least, size_t most) {
    size_t n = 0;
    int64_t value = 0;
    while (n < text.size() && n < most && text[n] >= '0' && text[n] <= '9') {
      value = value * 10 + (text[n++] - '0');
    }
    if (n < least) return std::nullopt;
    text.remove_prefix(n);
    return value;
  }
  void skip_spaces() {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  }
};

/// The clock part "12:30[:00[.25]]" after a date, then "Z" or an offset. False if malformed.
bool scan_clock(Scanner& scan, CivilTime& civil, int64_t& offset_seconds) {
  const auto hour = scan.digits(2, 2);
  if (!hour || *hour > 23 || !scan.accept(':')) return false;
  const auto minute = scan.digits(2, 2);
  if (!minute || *minute > 59) return false;
  civil.hour = static_cast<int>(*hour);
  civil.minute = static_cast<int>(*minute);
  if (scan.accept(':')) {
    const auto second = scan.digits(2, 2);
    if (!second || *second > 59) return false;
    civil.second = static_cast<int>(*second);
    if (scan.accept('.')) {
      const size_t before = scan.text.size();
      auto fraction = scan.digits(1, 6);
      if (!fraction) return false;
      for (size_t n = before - scan.text.size(); n < 6; ++n) *fraction *= 10;
      // Finer than a microsecond rounds up: an instant is never earlier than it was.
      bool more = false;
      while (!scan.text.empty() && scan.text.front() >= '0' && scan.text.front() <= '9') {
        more |= scan.text.front() != '0';
        scan.text.remove_prefix(1);
      }
      civil.microsecond = static_cast<int>(*fraction) + (more ? 1 : 0);
    }
  }
  scan.skip_spaces();
  if (scan.accept('Z') || scan.accept('z')) return true;
  const bool plus = scan.accept('+');
  if (!plus && !scan.accept('-')) return true;
  const auto hours = scan.digits(2, 2);
  if (!hours || *hours > 23) return false;
  scan.accept(':');
  const auto minutes = scan.text.empty() ? std::optional<int64_t>(0) : scan.digits(2, 2);
  if (!minutes || *minutes > 59) return false;
  offset_seconds = (*hours * 3600 + *minutes * 60) * (plus ? 1 : -1);
  return true;
}

}  // namespace

CivilTime to_civil(int64_t micros) {
  int64_t days = micros / kMicrosPerDay;
  int64_t rest = micros % kMicrosPerDay;
  if (rest < 0) {
    rest += kMicrosPerDay;
    --days;
  }
  CivilTime civil{};
  civil.weekday = static_cast<int>(((days + 3) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
  civil.microsecond = static_cast<int>(rest % kMicrosPerSecond);
  rest /= kMicrosPerSecond;
  civil.second = static_cast<int>(rest % 60);
  civil.minute = static_cast<int>(rest / 60 % 60);
  civil.hour = static_cast<int>(rest / 3600);
  // Hinnant's civil_from_days.
  const int64_t shifted = days + 719468;
  const int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const int64_t day_of_era = shifted - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  civil.day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  civil.month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  civil.year = year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0);
  return civil;
}

int64_t from_civil(const CivilTime& civil) {
  CENOTE_CHECK(civil.year > -290000 && civil.year < 294000, bad_input,
               "year {} does not fit a time in microseconds", civil.year);
  CENOTE_CHECK(civil.month >= 1 && civil.month <= 12 && civil.day >= 1 &&
                   civil.day <= days_in_month(civil.year, civil.month),
               bad_input, "there is no day {:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
  const int64_t seconds = days_from_civil(civil.year, civil.month, civil.day) * 86'400 +
                          civil.hour * 3600 + civil.minute * 60 + civil.second;
  return seconds * kMicrosPerSecond + civil.microsecond;
}

int64_t add_months(int64_t micros, int64_t months) {
  CivilTime civil = to_civil(micros);
  const int64_t month = civil.year * 12 + civil.month - 1 + months;
  civil.year = month >= 0 ? month / 12 : (month - 11) / 12;
  civil.month = static_cast<int>(month - civil.year * 12) + 1;
  civil.day = std::min(civil.day, days_in_month(civil.year, civil.month));
  return from_civil(civil);
}

int64_t parse_time(std::string_view text) {
  const auto malformed = [&]() {
    fail(ErrorCode::bad_input,
         "'{}' is no time: write 2005-01-01, 2005-01-01 12:30:00 or 2005-01-01T12:30:00Z", text);
  };
  Scanner scan{text};
  scan.skip_spaces();
  while (!scan.text.empty() && scan.text.back() == ' ') scan.text.remove_suffix(1);
  CivilTime civil{};
  const auto year = scan.digits(4, 6);
  if (!year || !scan.accept('-')) malformed();
  const auto month = scan.digits(1, 2);
  if (!month || !scan.accept('-')) malformed();
  const auto day = scan.digits(1, 2);
  if (!day) malformed();
  civil.year = *year;
  civil.month = static_cast<int>(*month);
  civil.day = static_cast<int>(*day);
  int64_t offset_seconds = 0;
  if (!scan.text.empty()) {
    if (!scan.accept('T') && !scan.accept(' ')) malformed();
    if (!scan_clock(scan, civil, offset_seconds) || !scan.text.empty()) malformed();
  }
  if (civil.month < 1 || civil.month > 12 || civil.day < 1 ||
      civil.day > days_in_month(civil.year, civil.month)) {
    fail(ErrorCode::bad_input, "'{}' is no time: there is no such day", text);
  }
  return from_civil(civil) - offset_seconds * kMicrosPerSecond;
}

std::string format_time(int64_t micros) {
  if (micros == kTimeAlways) return "always";
  if (micros == kTimeNever) return "never";
  const CivilTime civil = to_civil(micros);
  std::string out = fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
  if (micros % kMicrosPerDay == 0) return out;
  out += fmt::format(" {:02}:{:02}:{:02}", civil.hour, civil.minute, civil.second);
  if (civil.microsecond != 0) {
    std::string fraction = fmt::format("{:06}", civil.microsecond);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    out += "." + fraction;
  }
  return out;
}

namespace {

struct Unit {
  std::string_view name;  // singular
  int64_t seconds;
};
constexpr std::array<Unit, 5> kUnits{
    {{"week", 7 * 86'400}, {"day", 86'400}, {"hour", 3600}, {"minute", 60}, {"second", 1}}};

std::optional<int64_t> unit_seconds(std::string_view word) {
  for (const Unit& unit : kUnits) {
    if (word == unit.name) return unit.seconds;
    if (word.size() == unit.name.size() + 1 && word.back() == 's' && word.starts_with(unit.name)) {
      return unit.seconds;
    }
  }
  return std::nullopt;
}

}  // namespace

int64_t parse_duration(std::string_view text) {
  Scanner scan{text};
  int64_t seconds = 0;
  int parts = 0;
  const auto malformed = [&](std::string_view why) {
    fail(ErrorCode::bad_input,
         "'{}' is no duration{}: write a number and weeks, days, hours, minutes or seconds, as '30 "
         "days'",
         text, why);
  };
  while (true) {
    scan.skip_spaces();
    if (scan.text.empty()) break;
    const auto count = scan.digits(1, 12);
    if (!count) malformed("");
    if (scan.accept(':')) {  // the clock part of "60 days 00:00:00"
      const auto minutes = scan.digits(2, 2);
      if (!minutes || !scan.accept(':')) malformed("");
      const auto rest = scan.digits(2, 2);
      if (!rest || *count > 23 || *minutes > 59 || *rest > 59) malformed("");
      seconds += *count * 3600 + *minutes * 60 + *rest;
    } else {
      scan.skip_spaces();
      size_t n = 0;
      while (n < scan.text.size() && std::isalpha(static_cast<unsigned char>(scan.text[n]))) ++n;
      std::string word(scan.text.substr(0, n));
      for (char& c : word) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
      scan.text.remove_prefix(n);
      const auto unit = unit_seconds(word);
      if (!unit) {
        malformed(word.starts_with("month") || word.starts_with("year")
                      ? " (months and years have no fixed length)"
                      : "");
      }
      if (*count > 100'000'000'000LL / *unit) malformed(" that fits microseconds");
      seconds += *count * *unit;
    }
    ++parts;
  }
  if (parts == 0 || seconds > 100'000'000'000LL) malformed("");
  return seconds * kMicrosPerSecond;
}

std::string format_duration(int64_t micros) {
  if (micros % kMicrosPerSecond != 0) {
    return fmt::format("{} seconds", static_cast<double>(micros) / kMicrosPerSecond);
  }
  const int64_t seconds = micros / kMicrosPerSecond;
  for (size_t i = 1; i < kUnits.size(); ++i) {  // no weeks: "60 days" is how tasks say it
    if (seconds % kUnits[i].seconds == 0) {
      const int64_t count = seconds / kUnits[i].seconds;
      return fmt::format("{} {}{}", count, kUnits[i].name, count == 1 ? "" : "s");
    }
  }
  return fmt::format("{} seconds", seconds);
}

}  // namespace cenote
