// SPDX-License-Identifier: Apache-2.0
#include "encode/detail/table_encoder.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/check.h"

namespace cenote {

int64_t TableCodes::width() const {
  int64_t total = fixed_width;
  for (const auto& column : learned) total += column.width;
  return total;
}

namespace {

/// Rows that are encoded at a time: so many that a table of one wide column keeps all threads busy.
constexpr int64_t kBlockRows = 1 << 17;

/// Calls part(0) ... part(parts - 1), on some threads where there are any.
void for_each_part(ThreadPool* threads, int64_t parts, const std::function<void(int64_t)>& part) {
  if (threads != nullptr) return threads->parallel_for(parts, part);
  for (int64_t i = 0; i < parts; ++i) part(i);
}

/// Rows [first, first + count) of a column.
ColumnData slice_rows(const ColumnData& column, int64_t first, int64_t count) {
  const auto some = [&](const auto& values, int64_t more = 0) {
    using Values = std::decay_t<decltype(values)>;
    if (values.empty()) return Values();
    return Values(values.begin() + first, values.begin() + first + count + more);
  };
  ColumnData out;
  out.type = column.type;
  out.valid = some(column.valid);
  out.integers = some(column.integers);
  out.reals = some(column.reals);
  if (column.type != StorageType::utf8) return out;
  out.offsets = some(column.offsets, 1);
  const int64_t begin = out.offsets.front();
  out.bytes = column.bytes.substr(begin, out.offsets.back() - begin);
  for (int64_t& offset : out.offsets) offset -= begin;
  return out;
}

/// The bags of all blocks of a column; of each but the last without its missing row.
ColumnCodes join_bags(std::vector<ColumnCodes> blocks) {
  ColumnCodes out = std::move(blocks.front());
  size_t offsets = 0, ids = 0;
  for (const ColumnCodes& block : blocks) {
    offsets += block.offsets.size();
    ids += block.ids.size();
  }
  out.offsets.reserve(out.offsets.size() + offsets);
  out.ids.reserve(out.ids.size() + ids);
  for (size_t b = 1; b < blocks.size(); ++b) {
    const ColumnCodes block = std::move(blocks[b]);
    out.offsets.pop_back();
    out.ids.resize(out.offsets.back());
    for (size_t i = 1; i < block.offsets.size(); ++i)
      out.offsets.push_back(block.offsets[i] + static_cast<int64_t>(out.ids.size()));
    out.ids.insert(out.ids.end(), block.ids.begin(), block.ids.end());
  }
  return out;
}

}  // namespace

TableEncoder TableEncoder::fit(const Table& table, const std::vector<ColumnData>& columns,
                               const std::vector<std::string>& removed,
                               std::span<const int64_t> visible_rows, const EntryOptions& chosen,
                               ThreadPool* threads) {
  TableEncoder out;
  std::vector<size_t> place;  // of each encoder's column
  out.table_ = table.name;
  for (size_t c = 0; c < table.columns.size(); ++c) {
    const Column& column = table.columns[c];
    if (std::find(removed.begin(), removed.end(), column.name) != removed.end()) continue;
    const EncodeEntry* entry = default_encoder(column.type);
    if (entry == nullptr) continue;
    FittedColumn fitted;
    fitted.name = column.name;
    for (const auto& [name, candidate] : encode_registry()) {
      if (&candidate == entry) fitted.encoder = name;
    }
    fitted.storage = column.storage;
    fitted.options = options_of(chosen, "encode", fitted.encoder, entry->info.options);
    fitted.fitted = entry->make(fitted.options);
    out.columns_.push_back(std::move(fitted));
    place.push_back(c);
  }
  for_each_part(threads, std::ssize(place),
                [&](int64_t i) { out.columns_[i].fitted->fit(columns[place[i]], visible_rows); });
  return out;
}

nlohmann::json TableEncoder::save() const {
  nlohmann::json out = {{"table", table_}, {"columns", nlohmann::json::array()}};
  for (const auto& column : columns_) {
    out["columns"].push_back({{"name", column.name},
                              {"encoder", column.encoder},
                              {"options", column.options.to_text()},
                              {"storage", to_string(column.storage)},
                              {"state", column.fitted->save()}});
  }
  return out;
}

TableEncoder TableEncoder::load(const nlohmann::json& state) {
  TableEncoder out;
  try {
    out.table_ = state.at("table").get<std::string>();
    for (const auto& column : state.at("columns")) {
      FittedColumn fitted;
      fitted.name = column.at("name").get<std::string>();
      fitted.encoder = column.at("encoder").get<std::string>();
      const auto storage = column.at("storage").get<std::string>();
      bool known = false;
      for (const auto type : {StorageType::int64, StorageType::float64, StorageType::utf8,
                              StorageType::boolean, StorageType::time}) {
        if (to_string(type) == storage) {
          fitted.storage = type;
          known = true;
        }
      }
      CENOTE_CHECK(known, bad_input, "model: unknown storage type '{}'", storage);
      const EncodeEntry& entry = encode_registry().at(fitted.encoder);
      fitted.options = Options(entry.info.options);
      for (const auto& [name, value] :
           column.at("options").get<std::vector<std::pair<std::string, std::string>>>()) {
        fitted.options.set("encoder " + fitted.encoder, name, value);
      }
      fitted.fitted = entry.make(fitted.options);
      fitted.fitted->load(column.at("state"));
      out.columns_.push_back(std::move(fitted));
    }
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorCode::bad_input, "model: the encoders of table '{}' are damaged: {}", out.table_,
         error.what());
  }
  return out;
}

TableCodes TableEncoder::encode(const Table& table, const std::vector<ColumnData>& columns,
                                ThreadPool* threads) const {
  TableCodes out;
  out.rows = table.rows;
  std::vector<int64_t> place;  // of each encoder's column
  for (const auto& fitted : columns_) {
    const int64_t c = table.find_column(fitted.name);
    CENOTE_CHECK(c >= 0, bad_schema,
                 "table '{}' has no column '{}', which the model was trained with", table.name,
                 fitted.name);
    CENOTE_CHECK(table.columns[c].storage == fitted.storage, bad_schema,
                 "column '{}.{}' holds {} values, the model was trained with {}", table.name,
                 fitted.name, to_string(table.columns[c].storage), to_string(fitted.storage));
    // A model file can say anything: a column that its schema ignores was never loaded.
    const auto& types = encode_registry().at(fitted.encoder).types;
    CENOTE_CHECK(std::find(types.begin(), types.end(), table.columns[c].type) != types.end(),
                 bad_input, "model: column '{}.{}' is of type {}, which encoder '{}' does not read",
                 table.name, fitted.name, to_string(table.columns[c].type), fitted.encoder);
    CENOTE_CHECK(columns[c].size() == table.rows, bad_input,
                 "model: column '{}.{}' has {} values in {} rows", table.name, fitted.name,
                 columns[c].size(), table.rows);
    place.push_back(c);
  }
  if (columns_.empty()) {
    out.fixed_width = 1;
    out.fixed.assign(out.rows + 1, 1.0f);
    return out;
  }
  std::vector<size_t> learned;
  std::vector<int64_t> begin(columns_.size(), -1);  // of fixed codes: where they stand in a row
  for (size_t i = 0; i < columns_.size(); ++i) {
    const ColumnCodes none = columns_[i].fitted->encode(make_column(columns_[i].storage));
    if (none.learned()) {
      learned.push_back(i);
      out.learned_names.push_back(columns_[i].name);
      continue;
    }
    begin[i] = out.fixed_width;
    out.columns.push_back({columns_[i].name, out.fixed_width, none.width});
    out.fixed_width += none.width;
  }
  // All columns of a block come one after the other, so that its part of the codes is at hand.
  out.fixed.resize((out.rows + 1) * out.fixed_width);
  const int64_t blocks = std::max<int64_t>(1, (table.rows + kBlockRows - 1) / kBlockRows);
  std::vector<std::vector<ColumnCodes>> bags(columns_.size(), std::vector<ColumnCodes>(blocks));
  for_each_part(threads, std::ssize(columns_) * blocks, [&](int64_t part) {
    const int64_t block = part / std::ssize(columns_), i = part % std::ssize(columns_);
    const ColumnData& column = columns[place[i]];
    const ColumnEncoder& encoder = *columns_[i].fitted;
    const int64_t first = block * kBlockRows;
    ColumnCodes codes =
        blocks == 1
            ? encoder.encode(column)
            : encoder.encode(slice_rows(column, first, std::min(kBlockRows, table.rows - first)));
    if (begin[i] < 0) {
      bags[i][block] = std::move(codes);
      return;
    }
    const int64_t rows = block + 1 == blocks ? out.rows + 1 - first : kBlockRows;
    for (int64_t row = 0; row < rows; ++row)
      std::copy_n(codes.fixed.data() + row * codes.width, codes.width,
                  out.fixed.data() + (first + row) * out.fixed_width + begin[i]);
  });
  out.learned.resize(learned.size());
  for_each_part(threads, std::ssize(learned),
                [&](int64_t i) { out.learned[i] = join_bags(std::move(bags[learned[i]])); });
  int64_t end = out.fixed_width;
  for (size_t c = 0; c < out.learned.size(); ++c) {
    out.columns.push_back({out.learned_names[c], end, out.learned[c].width});
    end += out.learned[c].width;
  }
  return out;
}

TableCodes TableEncoder::layout(const Table& table) const {
  Table empty = table;
  empty.rows = 0;
  std::vector<ColumnData> columns;
  for (const Column& column : table.columns) columns.push_back(make_column(column.storage));
  return encode(empty, columns);
}

}  // namespace cenote
