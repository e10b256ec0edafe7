// SPDX-License-Identifier: Apache-2.0
#include "engine/output.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/lower.h"
#include "base/files.h"
#include "base/time.h"
#include "database/write_parquet.h"
#include "engine/run_folder.h"
#include "task/task.h"

namespace cenote {
namespace {

/// Adds a column; a name that is taken (Parquet readers ignore case) gets underscores.
ColumnData& add_column(QueryResult& table, std::string name, StorageType type) {
  const auto taken = [&](const std::string& wanted) {
    return std::any_of(table.names.begin(), table.names.end(), [&](const std::string& known) {
      return to_lower(known) == to_lower(wanted);
    });
  };
  while (taken(name)) name += "_";
  table.names.push_back(name);
  return table.columns.emplace_back(make_column(type));
}

/// Keys as numbers where they are.
void append_key(ColumnData& column, const std::string& key) {
  column.type == StorageType::int64 ? append_integer(column, std::stoll(key))
                                    : append_text(column, key);
}

void add_keys(const PredictResult& p, QueryResult& table) {
  table.rows = static_cast<int64_t>(p.entity.size());
  ColumnData& entity = add_column(table, p.entity_column.empty() ? "entity" : p.entity_column,
                                  p.entity_is_number ? StorageType::int64 : StorageType::utf8);
  for (const std::string& key : p.entity) append_key(entity, key);
  ColumnData& time =
      add_column(table, p.time_column.empty() ? "time" : p.time_column, StorageType::time);
  for (const int64_t t : p.time) append_integer(time, t);
  if (p.frame.empty()) return;
  ColumnData& frame = add_column(table, "frame", StorageType::int64);
  for (const int64_t number : p.frame) append_integer(frame, number);
}

/// Rank, item, score.
void add_recommendations(const PredictResult& p, QueryResult& table) {
  ColumnData& rank = add_column(table, "rank", StorageType::int64);
  for (const int64_t place : p.rank) append_integer(rank, place);
  ColumnData& item = add_column(table, p.target_column.empty() ? "item" : p.target_column,
                                p.item_is_number ? StorageType::int64 : StorageType::utf8);
  for (const std::string& key : p.item) append_key(item, key);
  ColumnData& score = add_column(table, "score", StorageType::float64);
  for (const double value : p.prediction) append_real(score, value);
}

void append_number(ColumnData& column, double value) {
  if (std::isnan(value)) {
    append_null(column);
  } else {
    append_real(column, value);
  }
}

/// The class or classes of one row in words.
std::string class_names(const PredictResult& p, size_t row) {
  if (p.task_type == to_string(TaskType::multiclass_classification)) {
    return p.classes.at(static_cast<size_t>(p.prediction[row]));
  }
  std::string names;
  for (size_t c = 0; c < p.classes.size(); ++c) {
    if (p.probabilities[row * p.classes.size() + c] < 0.5) continue;
    names += (names.empty() ? "" : ";") + p.classes[c];
  }
  return names;
}

void append_field(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos && !text.empty()) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

/// How all times of a column are written: the coarsest of day, second, millisecond, microsecond that
/// loses nothing.
enum class TimeStyle { day, second, millisecond, microsecond };

TimeStyle time_style(const ColumnData& column) {
  TimeStyle style = TimeStyle::day;
  for (int64_t row = 0; row < column.size(); ++row) {
    const int64_t t = column.integers[static_cast<size_t>(row)];
    if (!column.is_valid(row) || t == kTimeNever || t == kTimeAlways) continue;
    if (t % 1000 != 0) return TimeStyle::microsecond;
    if (t % kMicrosPerSecond != 0) {
      style = TimeStyle::millisecond;
    } else if (t % kMicrosPerDay != 0) {
      style = std::max(style, TimeStyle::second);
    }
  }
  return style;
}

std::string time_text(int64_t time, TimeStyle style) {
  if (time == kTimeNever || time == kTimeAlways) return format_time(time);
  const CivilTime t = to_civil(time);
  std::string out = fmt::format("{:04}-{:02}-{:02}", t.year, t.month, t.day);
  if (style == TimeStyle::day) return out;
  out += fmt::format(" {:02}:{:02}:{:02}", t.hour, t.minute, t.second);
  if (style == TimeStyle::millisecond) out += fmt::format(".{:03}", t.microsecond / 1000);
  if (style == TimeStyle::microsecond) out += fmt::format(".{:06}", t.microsecond);
  return out;
}

}  // namespace

QueryResult prediction_table(const PredictResult& p) {
  QueryResult out;
  add_keys(p, out);
  if (is_recommendation(p)) {
    add_recommendations(p, out);
    return out;
  }
  if (p.classes.empty()) {
    ColumnData& column = add_column(out, "prediction", StorageType::float64);
    for (const double value : p.prediction) append_number(column, value);
    if (p.low.empty()) return out;
    ColumnData& low = add_column(out, "low", StorageType::float64);
    for (const double value : p.low) append_number(low, value);
    ColumnData& high = add_column(out, "high", StorageType::float64);
    for (const double value : p.high) append_number(high, value);
    return out;
  }
  ColumnData& column = add_column(out, "prediction", StorageType::utf8);
  for (size_t i = 0; i < p.prediction.size(); ++i) append_text(column, class_names(p, i));
  for (size_t c = 0; c < p.classes.size(); ++c) {
    ColumnData& probability = add_column(out, "probability_" + p.classes[c], StorageType::float64);
    for (size_t i = 0; i < p.prediction.size(); ++i) {
      append_number(probability, p.probabilities[i * p.classes.size() + c]);
    }
  }
  return out;
}

bool is_recommendation(const PredictResult& p) {
  return p.task_type == to_string(TaskType::link_prediction);
}

namespace {

/// A row a seed, its items as a JSON list of whole numbers.
QueryResult relbench_lists(const PredictResult& p) {
  CENOTE_CHECK(p.item_is_number, bad_input,
               "the items '{}' are named by texts; RelBench's leaderboard takes whole numbers",
               p.target_column);
  PredictResult seeds;
  seeds.entity_column = p.entity_column;
  seeds.time_column = p.time_column;
  seeds.entity_is_number = p.entity_is_number;
  std::vector<std::string> lists;
  for (size_t i = 0; i < p.item.size(); ++i) {
    if (p.rank[i] == 1) {
      seeds.entity.push_back(p.entity[i]);
      seeds.time.push_back(p.time[i]);
      lists.push_back("[");
    }
    lists.back() += (p.rank[i] == 1 ? "" : ", ") + p.item[i];
  }
  QueryResult out;
  add_keys(seeds, out);
  ColumnData& column = add_column(out, p.target_column, StorageType::utf8);
  CENOTE_CHECK(out.names.back() == p.target_column, bad_input,
               "the item '{}' is called as a key column, which RelBench's leaderboard cannot read",
               p.target_column);
  for (const std::string& list : lists) append_text(column, list + "]");
  return out;
}

}  // namespace

QueryResult relbench_table(const PredictResult& p) {
  if (is_recommendation(p)) return relbench_lists(p);
  CENOTE_CHECK(p.task_type == to_string(TaskType::binary_classification) ||
                   p.task_type == to_string(TaskType::regression),
               unsupported,
               "RelBench's leaderboard has no {} tasks such as '{}'; use csv or parquet",
               p.task_type, p.task);
  CENOTE_CHECK(p.frame.empty(), unsupported,
               "RelBench's leaderboard has no forecasts of several windows such as '{}'; use csv "
               "or parquet",
               p.task);
  QueryResult out;
  add_keys(p, out);
  ColumnData& column = add_column(out, p.target_column, StorageType::float64);
  CENOTE_CHECK(
      out.names.back() == p.target_column, bad_input,
      "the target '{}' is called as a key column, which RelBench's leaderboard cannot read",
      p.target_column);
  for (size_t i = 0; i < p.prediction.size(); ++i) {
    CENOTE_CHECK(
        std::isfinite(p.prediction[i]), bad_input,
        "the prediction of {} '{}' at {} is {}; RelBench's leaderboard takes finite numbers only",
        p.entity_column, p.entity[i], format_time(p.time[i]), p.prediction[i]);
    append_real(column, p.prediction[i]);
  }
  return out;
}

std::string relbench_file_name(const PredictResult& p) {
  return fmt::format("{}__{}.csv", plain_name(p.dataset.empty() ? "dataset" : p.dataset),
                     plain_name(p.task));
}

std::string to_csv(const QueryResult& table) {
  std::string out;
  std::vector<TimeStyle> styles(table.columns.size());
  for (size_t c = 0; c < table.columns.size(); ++c) {
    if (table.columns[c].type == StorageType::time) styles[c] = time_style(table.columns[c]);
    if (c > 0) out += ',';
    append_field(out, table.names[c]);
  }
  out += '\n';
  for (int64_t row = 0; row < table.rows; ++row) {
    for (size_t c = 0; c < table.columns.size(); ++c) {
      const ColumnData& column = table.columns[c];
      if (c > 0) out += ',';
      if (!column.is_valid(row)) continue;
      if (column.type == StorageType::float64) {
        out += fmt::format("{}", column.reals[static_cast<size_t>(row)]);
      } else if (column.type == StorageType::time) {
        out += time_text(column.integers[static_cast<size_t>(row)], styles[c]);
      } else {
        append_field(out, value_text(column, row));
      }
    }
    out += '\n';
  }
  return out;
}

void write_predictions(const PredictResult& predictions, const std::string& path,
                       const std::string& format) {
  if (format == "parquet") return write_parquet_file(path, prediction_table(predictions));
  CENOTE_CHECK(format == "csv" || format == "relbench", bad_input, "no format '{}'; {}", format,
               choices_hint(format, kOutputFormats));
  const bool relbench = format == "relbench";
  write_file_atomically(
      path, to_csv(relbench ? relbench_table(predictions) : prediction_table(predictions)));
}

}  // namespace cenote
