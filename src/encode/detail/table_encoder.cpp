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

/// Calls part(0) ... part(parts - 1), on some threads where there are any.
void for_each_column(ThreadPool* threads, int64_t parts, const std::function<void(int64_t)>& part) {
  if (threads != nullptr) return threads->parallel_for(parts, part);
  for (int64_t i = 0; i < parts; ++i) part(i);
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
  for_each_column(threads, std::ssize(place),
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
  std::vector<ColumnCodes> encoded(columns_.size()), fixed;
  for_each_column(threads, std::ssize(columns_),
                  [&](int64_t i) { encoded[i] = columns_[i].fitted->encode(columns[place[i]]); });
  for (size_t i = 0; i < encoded.size(); ++i) {
    const FittedColumn& fitted = columns_[i];
    ColumnCodes& codes = encoded[i];
    if (codes.learned()) {
      out.learned_names.push_back(fitted.name);
      out.learned.push_back(std::move(codes));
    } else {
      out.columns.push_back({fitted.name, out.fixed_width, codes.width});
      out.fixed_width += codes.width;
      fixed.push_back(std::move(codes));
    }
  }
  int64_t begin = out.fixed_width;
  for (size_t c = 0; c < out.learned.size(); ++c) {
    out.columns.push_back({out.learned_names[c], begin, out.learned[c].width});
    begin += out.learned[c].width;
  }
  if (columns_.empty()) {
    out.fixed_width = 1;
    out.fixed.assign(out.rows + 1, 1.0f);
    return out;
  }
  out.fixed.resize((out.rows + 1) * out.fixed_width);
  int64_t at = 0;
  for (const auto& codes : fixed) {
    for (int64_t row = 0; row <= out.rows; ++row) {
      std::copy_n(codes.fixed.data() + row * codes.width, codes.width,
                  out.fixed.data() + row * out.fixed_width + at);
    }
    at += codes.width;
  }
  return out;
}

}  // namespace cenote
