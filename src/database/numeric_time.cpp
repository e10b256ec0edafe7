// SPDX-License-Identifier: Apache-2.0
#include "database/numeric_time.h"

#include <array>

#include "base/check.h"
#include "base/time.h"

namespace cenote {
namespace {

struct Calendar {
  const char* digits;
  const char* pattern;
  int64_t first, last;  // of the years 1800 to 2200
};
constexpr std::array<Calendar, 5> kCalendars{
    {{"YYYYMMDD", "%Y%m%d", 18'000'101, 22'001'231},
     {"YYYYMMDDhhmmss", "%Y%m%d%H%M%S", 18'000'101'000'000, 22'001'231'235'959},
     {"YYYYMMDDhhmm", "%Y%m%d%H%M", 180'001'010'000, 220'012'312'359},
     {"YYYYMM", "%Y%m%d", 180'001, 220'012},
     {"YYYY", "%Y%m%d", 1800, 2200}}};

struct Unit {
  const char* name;
  int64_t per_second;
  const char* expression;
};
constexpr std::array<Unit, 4> kUnits{
    {{"seconds", 1, "make_timestamp({0} * 1000000)"},
     {"milliseconds", 1000, "make_timestamp({0} * 1000)"},
     {"microseconds", 1'000'000, "make_timestamp({0})"},
     // Up to the next microsecond: a row is never visible earlier than it was.
     {"nanoseconds", 1'000'000'000,
      "make_timestamp({0} // 1000 + CASE WHEN {0} % 1000 > 0 THEN 1 ELSE 0 END)"}}};

constexpr int64_t kFirst = -5'364'662'400, kLast = 7'258'118'400;  // 1800 and 2200, in seconds
constexpr int64_t kLikelyFirst = 315'532'800, kLikelyLast = 4'102'444'800;  // 1980 and 2100

/// The instant of the digits of a date, NULL where they are none. Month and day of a shorter form are the first.
std::string calendar_expression(const Calendar& form, const std::string& column) {
  const std::string digits = form.digits;
  return fmt::format("CASE WHEN {0} BETWEEN {1} AND {2} THEN try_strptime({0}{3}, '{4}') END",
                     column, form.first, form.last,
                     digits == "YYYY"     ? " || '0101'"
                     : digits == "YYYYMM" ? " || '01'"
                                          : " || ''",
                     form.pattern);
}

/// A value of another unit reads in this one as some hour or week after 1970, or as no plausible year at all.
std::string unit_misfit(size_t unit, const std::string& column) {
  const int64_t scale = kUnits[unit].per_second;
  std::string out =
      fmt::format("({0} NOT BETWEEN {1} AND {2}", column, kFirst * scale, kLast * scale);
  for (size_t smaller = 0; smaller < unit; ++smaller) {
    const int64_t s = kUnits[smaller].per_second;
    out += fmt::format(" OR {0} BETWEEN {1} AND {2}", column, kLikelyFirst * s, kLikelyLast * s);
  }
  return out + ")";
}

/// "milliseconds" for 1609459200000, "" where no unit gives a year of our time.
std::string likely_unit(int64_t value) {
  for (const Unit& unit : kUnits) {
    if (value >= kLikelyFirst * unit.per_second && value / unit.per_second <= kLikelyLast)
      return unit.name;
  }
  return "";
}

std::string rows(int64_t count) {
  return fmt::format("{} such row{}", count, count == 1 ? "" : "s");
}

void convert(Table& table, const std::string& column, const NumericTime& form,
             const std::string& expression, const Stage& stage) {
  convert_column(table, column, StorageType::time, expression, stage);
  const QueryResult range =
      stage.loader.query(fmt::format("SELECT epoch_us(min({0})), epoch_us(max({0})) FROM main.{1}",
                                     quote_identifier(column), quote_identifier(table.name)));
  std::string message = "whole numbers, read as " + form.form;
  if (range.columns[0].is_valid(0)) {
    message += fmt::format(": from {} to {}", format_time(range.columns[0].integers[0]),
                           format_time(range.columns[1].integers[0]));
  }
  if (form.year) message += "; its rows are visible from January 1st on";
  stage.warn("numeric_time", table.name, column, message);
}

}  // namespace

NumericTime find_numeric_time(const Table& table, const std::string& column, const Stage& stage) {
  const std::string name = quote_identifier(column);
  // Zeros, which often stand for nothing, have no say in the unit.
  std::string select = fmt::format(
      "count({0}), coalesce(quantile_disc(nullif(abs(CAST({0} AS DOUBLE)), 0), 0.5), 0)", name);
  for (const Calendar& form : kCalendars)
    select += fmt::format(", count({})", calendar_expression(form, name));
  const QueryResult n = stage.loader.query(
      fmt::format("SELECT {} FROM main.{}", select, quote_identifier(table.name)));
  NumericTime out;
  const int64_t values = n.columns[0].integers[0];
  for (size_t i = 0; i < kCalendars.size() && values > 0; ++i) {
    if (n.columns[2 + i].integers[0] * 2 < values) continue;
    out.form = fmt::format("{} written {}", i == 4 ? "years" : "dates", kCalendars[i].digits);
    out.expression = calendar_expression(kCalendars[i], name);
    out.misfit = fmt::format("({} IS NOT NULL AND ({}) IS NULL)", name, out.expression);
    out.calendar = true;
    out.year = i == 4;
    return out;
  }
  const double median = values > 0 ? n.columns[1].number(0) : 0;
  size_t unit = 0;
  while (unit + 1 < kUnits.size() &&
         median > static_cast<double>(kLast) * static_cast<double>(kUnits[unit].per_second))
    ++unit;
  out.form = fmt::format("{} since 1970-01-01 UTC", kUnits[unit].name);
  out.expression = fmt::format(fmt::runtime(kUnits[unit].expression), name);
  out.misfit = unit_misfit(unit, name);
  return out;
}

void convert_numbers_to_time(Table& table, const std::string& column, const Stage& stage) {
  const NumericTime form = find_numeric_time(table, column, stage);
  const QueryResult bad = stage.loader.query(
      fmt::format("SELECT count(*), arg_min({0}, rowid) FROM main.{1} WHERE {2}",
                  quote_identifier(column), quote_identifier(table.name), form.misfit));
  if (const int64_t count = bad.columns[0].integers[0]; count > 0) {
    const int64_t value = bad.columns[1].integers[0];
    const std::string row = describe_row(table, form.misfit, stage);
    const std::string unit = likely_unit(value);
    CENOTE_CHECK(unit.empty(), bad_input,
                 "table '{}': time column '{}' mixes units: most of it reads as {}, but {} in {} "
                 "looks like {} since 1970 ({}); write all of it in one unit, or as timestamps",
                 table.name, column, form.form, value, row, unit, rows(count));
    fail(ErrorCode::bad_input,
         "table '{}': time column '{}' reads as {}, but {} in {} is {} ({}); a time that is "
         "missing must be null, and if the column is no time, the manifest can say so: `time_col` "
         "names another one or null",
         table.name, column, form.form, value, row,
         form.calendar ? "no date of the years 1800 to 2200" : "outside the years 1800 to 2200",
         rows(count));
  }
  convert(table, column, form, form.expression, stage);
}

void convert_declared_numbers(Table& table, const std::string& column, const Stage& stage) {
  const NumericTime form = find_numeric_time(table, column, stage);
  const int64_t count = stage.loader.integer(fmt::format(
      "SELECT count(*) FROM main.{} WHERE {}", quote_identifier(table.name), form.misfit));
  if (count > 0) {
    stage.warn("type_mismatch", table.name, column,
               fmt::format("{} value{} no time of the years 1800 to 2200 as {}; read as missing",
                           count, count == 1 ? " is" : "s are", form.form));
  }
  convert(table, column, form,
          fmt::format("CASE WHEN NOT {} THEN {} END", form.misfit, form.expression), stage);
}

}  // namespace cenote
