// SPDX-License-Identifier: Apache-2.0
// What tables and links show by themselves: traces of rows that were written to after their time.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <span>

#include "base/check.h"
#include "base/hash.h"
#include "base/lower.h"
#include "base/time.h"
#include "engine/check.h"
#include "schema/names.h"

namespace cenote {
namespace {

/// Rows of a table that shares of values are counted in, evenly spread where there are more.
constexpr int64_t kMostCounted = 250'000;
/// The content of so many entities may be held in memory to look for equal ones.
constexpr int64_t kMostTwins = 500'000;

std::string percent_of(int64_t part, int64_t whole) {
  return fmt::format("{:.0f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

bool has_time(int64_t time) { return time != kTimeNever && time != kTimeAlways; }

/// A time that is known beforehand may lie after its row's.
bool is_plan(const std::string& column) {
  static const std::array<std::string, 16> kPlans{
      "due",    "deadline", "expir",  "plan",    "schedul", "valid",   "until", "effective",
      "target", "promis",   "expect", "estimat", "renew",   "appoint", "matur", "next"};
  const std::string lower = to_lower(column);
  return std::any_of(kPlans.begin(), kPlans.end(), [&](const std::string& word) {
    return lower.find(word) != std::string::npos;
  });
}

class TableCheck {
 public:
  TableCheck(const Prepared& prepared, int64_t t)
      : prepared_(prepared),
        table_(prepared.schema.tables[t]),
        stored_(prepared.graph.store.tables[t]) {}

  void run(std::vector<CheckFinding>& out) {
    if (stored_.timed) {
      find_filled_later(out);
      find_far_future(out);
    }
    const auto& links = prepared_.schema.links;
    const bool has_children = std::any_of(
        links.begin(), links.end(), [&](const Link& link) { return link.to_table == table_.name; });
    if (table_.name == prepared_.task.entity_table && has_children && stored_.rows <= kMostTwins)
      find_twins(out);
  }

 private:
  const ColumnData* column(size_t c) const {
    return stored_.columns[c].size() == stored_.rows && stored_.rows > 0 ? &stored_.columns[c]
                                                                         : nullptr;
  }

  /// Columns with times after the row's: the row was written to again.
  void find_filled_later(std::vector<CheckFinding>& out) const {
    for (size_t c = 0; c < table_.columns.size(); ++c) {
      const Column& one = table_.columns[c];
      const ColumnData* values = column(c);
      if (values == nullptr || values->type != StorageType::time || is_plan(one.name) ||
          one.name == table_.time_column)
        continue;
      int64_t known = 0, later = 0;
      for (int64_t row = 0; row < stored_.rows; ++row) {
        if (!values->is_valid(row) || !has_time(stored_.time[row])) continue;
        ++known;
        later += values->integers[row] > stored_.time[row];
      }
      if (later < 5 || later * 20 < known) continue;
      const auto told = told_by(*values, c);
      out.push_back({kWarning, "filled_later", table_.name, one.name,
                     fmt::format("'{}.{}' lies after the row's time '{}' in {} of {} rows ({}): "
                                 "rows were written to again later{}",
                                 table_.name, one.name, table_.time_column, later, known,
                                 percent_of(later, known),
                                 told.empty() ? "" : ", and " + told + " tells whether they were"),
                     fmt::format("{} seen before that is knowledge from later: ignore {} "
                                 "(ignore: in the manifest)",
                                 told.empty() ? "the column" : "what they hold",
                                 told.empty() ? "it" : "those columns")});
    }
  }

  /// Categories and booleans of which each value goes with filled, or with empty, cells of another column.
  std::string told_by(const ColumnData& filled, size_t except) const {
    std::string names;
    for (size_t c = 0; c < table_.columns.size(); ++c) {
      const ColumnType type = table_.columns[c].type;
      const ColumnData* values = column(c);
      if (values == nullptr || c == except ||
          (type != ColumnType::category && type != ColumnType::boolean))
        continue;
      std::map<std::string, std::array<int64_t, 2>> counts;  // by value: empty, filled
      for (int64_t row = 0; row < stored_.rows; row += stored_.rows / kMostCounted + 1)
        if (values->is_valid(row)) ++counts[value_text(*values, row)][filled.is_valid(row)];
      int64_t of_empty = 0, of_filled = 0, mixed = 0, all = 0;
      for (const auto& [value, n] : counts) {
        const int64_t rows = n[0] + n[1];
        all += rows;
        if (n[0] * 50 <= rows) {
          of_filled += rows;
        } else if (n[1] * 50 <= rows) {
          of_empty += rows;
        } else {
          mixed += rows;
        }
      }
      if (of_empty == 0 || of_filled == 0 || mixed * 10 > all) continue;
      names += fmt::format("{}'{}'", names.empty() ? "" : ", ", table_.columns[c].name);
    }
    return names;
  }

  /// The last rows, if they stand alone: after a gap of a fifth of all time, and ten times any gap before.
  void find_far_future(std::vector<CheckFinding>& out) const {
    // Rows are in order of time: those without one stand before and after the others.
    const std::span all(stored_.time);
    const auto begin = std::upper_bound(all.begin(), all.end(), kTimeAlways);
    const std::span times(begin, std::lower_bound(begin, all.end(), kTimeNever));
    if (times.size() < 20) return;
    const size_t late = std::max<size_t>(1, times.size() / 100);
    int64_t usual = 0;
    for (size_t i = 1; i < times.size() - late; ++i)
      usual = std::max(usual, times[i] - times[i - 1]);
    for (size_t i = times.size() - late; i < times.size(); ++i) {
      const int64_t gap = times[i] - times[i - 1];
      if (gap < 10 * usual || gap * 5 < times[i - 1] - times[0]) {
        usual = std::max(usual, gap);
        continue;
      }
      const auto rows = static_cast<int64_t>(times.size() - i);
      out.push_back({kWarning, "far_future", table_.name, table_.time_column,
                     fmt::format("{} row{} of '{}' {} dated {} after all others, the first at {}",
                                 rows, rows == 1 ? "" : "s", table_.name, rows == 1 ? "is" : "are",
                                 format_duration(gap), format_time(times[i])),
                     "a date that stands for 'not yet', or a mistake? Nothing sees such a row "
                     "before its date; correct it, or leave it without a time"});
      return;
    }
  }

  /// Entities that are equal in all that describes them, under another key.
  void find_twins(std::vector<CheckFinding>& out) const {
    std::vector<const ColumnData*> described;
    for (size_t c = 0; c < table_.columns.size(); ++c) {
      const Column& one = table_.columns[c];
      if (column(c) == nullptr || one.type == ColumnType::key || one.type == ColumnType::ignored ||
          one.name == table_.time_column)
        continue;
      described.push_back(column(c));
    }
    if (described.size() < 2) return;
    std::map<std::string, std::vector<int64_t>> rows;  // by content
    for (int64_t row = 0; row < stored_.rows; ++row) {
      const bool known = std::count_if(described.begin(), described.end(),
                                       [&](const auto* c) { return c->is_valid(row); }) *
                             2 >=
                         std::ssize(described);
      std::string bytes;
      for (const ColumnData* c : described) append_key_bytes(*c, row, bytes);
      if (known) rows[bytes].push_back(row);
    }
    int64_t twins = 0;
    const std::vector<int64_t>* example = nullptr;
    for (const auto& [bytes, same] : rows) {
      if (same.size() < 2) continue;
      twins += std::ssize(same) - 1;
      if (example == nullptr) example = &same;
    }
    // Where few columns tell little, equal rows are nothing special.
    if (twins == 0 || twins * 20 > stored_.rows) return;
    const bool dated = stored_.timed && has_time(stored_.time[example->back()]);
    out.push_back(
        {kWarning, "twins", table_.name, "",
         fmt::format(
             "{} row{} of '{}' {} another one in all that describes it, such as {} and {}{}", twins,
             twins == 1 ? "" : "s", table_.name, twins == 1 ? "equals" : "equal",
             name_of(example->front()), name_of(example->back()),
             dated ? fmt::format(" (of {})", format_time(stored_.time[example->back()])) : ""),
         "the same thing twice? Its history is split between the two, and one may hold what "
         "became of the other: keep one"});
  }

  std::string name_of(int64_t row) const {
    if (table_.primary_key.size() != 1) return fmt::format("row {}", row);
    const auto c = static_cast<size_t>(table_.find_column(table_.primary_key[0]));
    return fmt::format("{} {}", table_.primary_key[0], value_text(stored_.columns[c], row));
  }

  const Prepared& prepared_;
  const Table& table_;
  const StoredTable& stored_;
};

/// Parents that are dated after a row that refers to them.
void find_newer_parents(const Prepared& prepared, const GraphLink& link,
                        std::vector<CheckFinding>& out) {
  const StoredTable& child = prepared.graph.store.tables[link.child_table];
  const StoredTable& parent = prepared.graph.store.tables[link.parent_table];
  if (!child.timed || !parent.timed) return;
  int64_t pairs = 0;
  std::vector<int64_t> lags;
  for (size_t row = 0; row < link.parent.size(); ++row) {
    if (link.parent[row] < 0) continue;
    const int64_t here = child.time[row], there = parent.time[link.parent[row]];
    if (!has_time(here) || !has_time(there)) continue;
    ++pairs;
    if (there > here) lags.push_back(there - here);
  }
  if (lags.empty()) return;
  std::sort(lags.begin(), lags.end());
  const auto later = std::ssize(lags);
  const int64_t median = lags[lags.size() / 2], most = lags[lags.size() * 9 / 10];
  // Nearly always, and by about as much: a plan, such as a practice before its race.
  const bool by_plan = later * 10 >= pairs * 9 && most <= 3 * median;
  out.push_back(
      {by_plan ? kNote : kWarning, "newer_parent", child.name,
       link.name.substr(child.name.size() + 1),
       fmt::format("{} of {} rows of '{}' ({}) refer by {} to a row of '{}' that is dated later "
                   "than they are, mostly by {}",
                   later, pairs, child.name, percent_of(later, pairs), link.name, parent.name,
                   format_duration(median)),
       fmt::format("its columns stay hidden until its time. If '{}' is when a row was last "
                   "changed, take when it came to be as the time column",
                   prepared.schema.tables[link.parent_table].time_column)});
}

/// One number a parent made of its children's.
struct Aggregate {
  const char* name;
  std::function<double(const std::vector<double>&)> of;
};
const std::vector<Aggregate>& aggregates() {
  static const std::vector<Aggregate> all{
      {"sum",
       [](const std::vector<double>& x) {
         double sum = 0;
         for (const double one : x) sum += one;
         return sum;
       }},
      {"mean",
       [](const std::vector<double>& x) {
         double sum = 0;
         for (const double one : x) sum += one / static_cast<double>(x.size());
         return sum;
       }},
      {"min", [](const std::vector<double>& x) { return *std::min_element(x.begin(), x.end()); }},
      {"max", [](const std::vector<double>& x) { return *std::max_element(x.begin(), x.end()); }}};
  return all;
}

/// Columns of a parent that equal a pool of all its children: later ones too.
class PooledColumns {
 public:
  PooledColumns(const Prepared& prepared, const GraphLink& link)
      : prepared_(prepared),
        link_(link),
        child_(prepared.graph.store.tables[link.child_table]),
        parent_(prepared.graph.store.tables[link.parent_table]) {}

  void run(std::vector<CheckFinding>& out) const {
    if (!child_.timed || parent_.rows < 20) return;
    const Table& parent = prepared_.schema.tables[link_.parent_table];
    const Table& child = prepared_.schema.tables[link_.child_table];
    for (size_t c = 0; c < parent.columns.size(); ++c) {
      const ColumnData& values = parent_.columns[c];
      const bool number = values.type == StorageType::int64 || values.type == StorageType::float64;
      if (values.size() != parent_.rows || !number || parent.columns[c].type == ColumnType::key)
        continue;
      const auto found = [&](const std::string& pool) {
        out.push_back(
            {kLeak, "holds_the_future", parent.name, parent.columns[c].name,
             fmt::format("'{}.{}' is the {} over all rows of '{}' (by {}), later ones too",
                         parent.name, parent.columns[c].name, pool, child.name, link_.name),
             "ignore the column (ignore: in the manifest): the pools of what was known "
             "at the time are made anyway"});
      };
      if (equals(values, nullptr, nullptr)) {
        found("number of rows");
        continue;
      }
      for (size_t k = 0; k < child.columns.size(); ++k) {
        const ColumnData& pooled = child_.columns[k];
        const bool is_number =
            pooled.type == StorageType::int64 || pooled.type == StorageType::float64;
        if (pooled.size() != child_.rows || !is_number || child.columns[k].type == ColumnType::key)
          continue;
        const auto same = std::find_if(
            aggregates().begin(), aggregates().end(),
            [&](const Aggregate& aggregate) { return equals(values, &pooled, &aggregate); });
        if (same == aggregates().end()) continue;
        found(fmt::format("{} of '{}'", same->name, child.columns[k].name));
        break;
      }
    }
  }

 private:
  /// An invoice whose lines are all as old as it is holds nothing from later.
  bool has_later_children(int64_t row) const {
    if (!parent_.timed) return true;
    for (int64_t e = link_.offsets[row]; e < link_.offsets[row + 1]; ++e)
      if (child_.time[link_.children[e]] > parent_.time[row]) return true;
    return false;
  }

  /// In 95 of 100 of the parents with two or more children, at most 2,000 of them, and not one number for all.
  /// Children that all have one value, as a price at all sales, may have it from the parent: they only add up.
  bool equals(const ColumnData& values, const ColumnData* pooled,
              const Aggregate* aggregate) const {
    int64_t parents = 0, same = 0;
    double first = 0;
    bool varies = false;
    const bool adds_up = aggregate == &aggregates().front();
    std::vector<double> numbers;
    for (int64_t row = 0; row < parent_.rows && parents < 2000; ++row) {
      const int64_t begin = link_.offsets[row], end = link_.offsets[row + 1];
      if (end - begin < 2 || !values.is_valid(row) || !has_later_children(row)) continue;
      numbers.clear();
      for (int64_t e = begin; e < end && pooled != nullptr; ++e)
        if (pooled->is_valid(link_.children[e]))
          numbers.push_back(pooled->number(link_.children[e]));
      if (pooled != nullptr && numbers.empty()) continue;
      if (pooled != nullptr && !adds_up &&
          std::count(numbers.begin(), numbers.end(), numbers.front()) == std::ssize(numbers))
        continue;
      const double pool =
          pooled == nullptr ? static_cast<double>(end - begin) : aggregate->of(numbers);
      if (parents++ == 0) first = pool;
      varies |= pool != first;
      // Numbers in a database are often rounded to two digits.
      same += std::abs(values.number(row) - pool) <= 0.00501 + 1e-6 * std::abs(pool);
      if (parents == 40 && same < 36) return false;
    }
    return parents >= 20 && varies && same * 100 >= parents * 95;
  }

  const Prepared& prepared_;
  const GraphLink& link_;
  const StoredTable &child_, &parent_;
};

}  // namespace

std::vector<CheckFinding> check_tables(const Prepared& prepared) {
  std::vector<CheckFinding> out;
  std::string undated;
  for (size_t t = 0; t < prepared.schema.tables.size(); ++t) {
    const Table& table = prepared.schema.tables[t];
    if (table.time_column.empty()) undated += (undated.empty() ? "'" : ", '") + table.name + "'";
    TableCheck(prepared, static_cast<int64_t>(t)).run(out);
  }
  if (!undated.empty())
    out.push_back(
        {kNote, "no_time", "", "",
         fmt::format("tables without a time: {}; their rows count as always known", undated),
         "fine for what hardly changes; else give time_col in the manifest"});
  for (const GraphLink& link : prepared.graph.links) {
    find_newer_parents(prepared, link, out);
    PooledColumns(prepared, link).run(out);
  }
  return out;
}

}  // namespace cenote
