// SPDX-License-Identifier: Apache-2.0
#include "model/detail/pair_features.h"

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

#include "base/check.h"
#include "base/time.h"

namespace cenote {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
constexpr size_t kMostColumns = 24, kMostCategories = 6;
/// Of an entity's past, the part that is compared with an item.
constexpr size_t kPast = 256;

constexpr std::initializer_list<ColumnType> kNumbers{ColumnType::number, ColumnType::boolean,
                                                     ColumnType::timestamp};

/// Of each sort of meetings; "span": the task's horizon.
constexpr std::array<const char*, 16> kOfMeetings{
    "meetings of the two",
    "meetings of the two in the last span",
    "meetings of the two in the span before",
    "age of their last meeting",
    "age of their first meeting",
    "share of the entity's meetings",
    "meetings of the item in the last span",
    "meetings of the item in the span before",
    "meetings of the item",
    "share of all meetings in the last span that the item has",
    "age of the item's last meeting",
    "age of the item's first meeting",
    "meetings of the entity in the last span",
    "meetings of the entity",
    "different items of the entity",
    "age of the entity's last meeting"};

bool is_removed(const Task& task, const Table& table, const Column& column) {
  return std::find(task.remove_columns.begin(), task.remove_columns.end(),
                   std::pair(table.name, column.name)) != task.remove_columns.end();
}

/// Columns of some types that a model may look at.
std::vector<int32_t> columns_of(const ModelContext& context, int32_t at,
                                std::initializer_list<ColumnType> types, size_t most) {
  const Table& table = context.schema->tables[at];
  std::vector<int32_t> out;
  for (size_t c = 0; c < table.columns.size() && out.size() < most; ++c) {
    const Column& column = table.columns[c];
    const bool wanted = std::find(types.begin(), types.end(), column.type) != types.end() &&
                        column.name != table.time_column;
    if (wanted && !is_removed(*context.task, table, column)) out.push_back(static_cast<int32_t>(c));
  }
  return out;
}

/// In spans before `now`; a meeting that always was has no age.
float age(int64_t now, int64_t time, int64_t span) {
  if (time == kTimeAlways || time == kTimeNever) return kMissing;
  return static_cast<float>((static_cast<double>(now) - static_cast<double>(time)) /
                            static_cast<double>(span));
}

float share(double part, double whole) {
  return whole > 0 ? static_cast<float>(part / whole) : kMissing;
}

/// A number; a time as its age.
float column_value(const ColumnData& column, int64_t row, int64_t now, int64_t span) {
  if (!column.is_valid(row)) return kMissing;
  if (column.type == StorageType::time) return age(now, column.integers[row], span);
  if (column.type == StorageType::utf8) return kMissing;
  return static_cast<float>(column.number(row));
}

}  // namespace

/// What an entity has had of one item.
struct PairFeatures::Own {
  int64_t all = 0, recent = 0, before = 0, first = 0, last = 0;
};

PairFeatures::PairFeatures(const ModelContext& context, const std::vector<Interactions>& meetings)
    : context_(context),
      meetings_(meetings),
      span_(recent_span(context)),
      entity_numbers_(columns_of(context, context.entity_table, kNumbers, kMostColumns)),
      item_numbers_(columns_of(context, context.item_table, kNumbers, kMostColumns)),
      item_categories_(
          columns_of(context, context.item_table, {ColumnType::category}, kMostCategories)),
      size_(meetings.size() * kOfMeetings.size() + 2 + item_categories_.size() +
            item_numbers_.size() + entity_numbers_.size()) {
  const StoredTable& items = context.graph.store.tables[context.item_table];
  for (const int32_t c : item_categories_) {
    auto& hashes = category_hash_.emplace_back(items.rows, 0);
    for (int64_t row = 0; row < items.rows; ++row) {
      if (items.columns[c].is_valid(row)) hashes[row] = hash_values({&items.columns[c]}, row) | 1;
    }
  }
}

std::vector<std::string> PairFeatures::names(const ModelContext& context,
                                             const std::vector<std::string>& meetings) {
  std::vector<std::string> out;
  const auto column = [&](int32_t table, int32_t c) {
    return context.schema->tables[table].columns[c].name;
  };
  for (const std::string& of : meetings) {
    for (const char* what : kOfMeetings) out.push_back(fmt::format("{} ({})", what, of));
  }
  out.push_back("how much the item is met by those who have met the entity's items");
  for (const int32_t c :
       columns_of(context, context.item_table, {ColumnType::category}, kMostCategories))
    out.push_back("share of the entity's items with the same " + column(context.item_table, c));
  for (const int32_t c : columns_of(context, context.item_table, kNumbers, kMostColumns))
    out.push_back(column(context.item_table, c) + " of the item");
  out.push_back("age of the item");
  for (const int32_t c : columns_of(context, context.entity_table, kNumbers, kMostColumns))
    out.push_back(column(context.entity_table, c) + " of the entity");
  return out;
}

void PairFeatures::add_meetings(const Interactions& meetings, const Seed& seed,
                                std::span<const Candidate> pairs, int64_t first, size_t& column,
                                FeatureMatrix& out) const {
  const int64_t recent = seed.cut - span_, before = seed.cut - 2 * span_;
  const auto mine = meetings.of_entity(seed.row, seed.cut);
  std::unordered_map<int64_t, Own> own;
  for (size_t i = 0; i < mine.size(); ++i) {
    const auto [at, is_new] = own.try_emplace(mine.other[i]);
    Own& one = at->second;
    if (is_new) one.first = mine.time[i];
    one.last = mine.time[i];
    ++one.all;
    one.recent += mine.time[i] > recent;
    one.before += mine.time[i] > before && mine.time[i] <= recent;
  }
  const auto all_recent = static_cast<double>(meetings.count(seed.cut) - meetings.count(recent));
  const auto mine_recent = static_cast<float>(count_after(mine, recent));
  for (size_t i = 0; i < pairs.size(); ++i) {
    const auto found = own.find(pairs[i].item);
    const Own pair = found == own.end() ? Own{} : found->second;
    const auto item = meetings.of_item(pairs[i].item, seed.cut);
    const int64_t item_recent = count_after(item, recent);
    const bool met = pair.all > 0, known = item.size() > 0;
    const std::array<float, kOfMeetings.size()> values = {
        static_cast<float>(pair.all),
        static_cast<float>(pair.recent),
        static_cast<float>(pair.before),
        met ? age(seed.cut, pair.last, span_) : kMissing,
        met ? age(seed.cut, pair.first, span_) : kMissing,
        share(static_cast<double>(pair.all), static_cast<double>(mine.size())),
        static_cast<float>(item_recent),
        static_cast<float>(count_after(item, before) - item_recent),
        static_cast<float>(item.size()),
        share(static_cast<double>(item_recent), all_recent),
        known ? age(seed.cut, item.time.back(), span_) : kMissing,
        known ? age(seed.cut, item.time.front(), span_) : kMissing,
        mine_recent,
        static_cast<float>(mine.size()),
        static_cast<float>(own.size()),
        mine.size() > 0 ? age(seed.cut, mine.time.back(), span_) : kMissing};
    for (size_t f = 0; f < values.size(); ++f)
      out.columns[column + f][first + static_cast<int64_t>(i)] = values[f];
  }
  column += kOfMeetings.size();
}

void PairFeatures::compute(const Seed& seed, std::span<const Candidate> pairs, int64_t first,
                           FeatureMatrix& out) const {
  const StoredTable& entities = context_.graph.store.tables[context_.entity_table];
  const StoredTable& items = context_.graph.store.tables[context_.item_table];
  size_t column = 0;
  for (const Interactions& meetings : meetings_)
    add_meetings(meetings, seed, pairs, first, column, out);
  const auto fill = [&](const auto& value) {
    for (size_t i = 0; i < pairs.size(); ++i)
      out.columns[column][first + static_cast<int64_t>(i)] = value(pairs[i]);
    ++column;
  };
  fill([](const Candidate& pair) { return static_cast<float>(pair.neighbours); });
  const auto mine = meetings_[0].of_entity(seed.row, seed.cut);
  const size_t begin = mine.size() - std::min(mine.size(), kPast);
  for (const auto& hashes : category_hash_) {
    std::unordered_map<uint64_t, int64_t> counts;
    for (size_t i = begin; i < mine.size(); ++i) ++counts[hashes[mine.other[i]]];
    fill([&](const Candidate& pair) {
      const auto found = counts.find(hashes[pair.item]);
      return hashes[pair.item] == 0
                 ? kMissing
                 : share(found == counts.end() ? 0 : static_cast<double>(found->second),
                         static_cast<double>(mine.size() - begin));
    });
  }
  for (const int32_t c : item_numbers_) {
    fill([&](const Candidate& pair) {
      return column_value(items.columns[c], pair.item, seed.cut, span_);
    });
  }
  fill([&](const Candidate& pair) { return age(seed.cut, items.time[pair.item], span_); });
  for (const int32_t c : entity_numbers_) {
    const float value =
        seed.own_row ? column_value(entities.columns[c], seed.row, seed.cut, span_) : kMissing;
    fill([&](const Candidate&) { return value; });
  }
}

}  // namespace cenote
