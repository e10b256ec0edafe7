// SPDX-License-Identifier: Apache-2.0
#include "engine/without.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "base/check.h"
#include "base/random.h"

namespace cenote {

Without::~Without() {
  for (auto& [place, column] : columns_)
    prepared_.graph.store.tables[place.first].columns[place.second] = std::move(column);
  for (auto& [table, codes] : codes_) prepared_.codes[table] = std::move(codes);
  for (auto& [link, was] : links_) prepared_.graph.links[link] = std::move(was);
  if (!splits_) return;
  prepared_.train = std::move((*splits_)[0]);
  prepared_.val = std::move((*splits_)[1]);
  prepared_.test = std::move((*splits_)[2]);
}

void Without::keep(int32_t table, int32_t column) {
  columns_.try_emplace({table, column}, prepared_.graph.store.tables[table].columns[column]);
}

void Without::encode(int32_t table) {
  if (!prepared_.coded) return;
  codes_.try_emplace(table, prepared_.codes[table]);
  prepared_.codes[table] = prepared_.encoders[table].encode(
      prepared_.schema.tables[table], prepared_.graph.store.tables[table].columns);
}

void Without::cells(const std::vector<Cell>& cells) {
  std::set<int32_t> tables;
  for (const Cell& cell : cells) {
    ColumnData& column = prepared_.graph.store.tables.at(cell.table).columns.at(cell.column);
    CENOTE_ASSERT(cell.row >= 0 && cell.row < column.size());
    keep(cell.table, cell.column);
    column.valid[cell.row] = 0;
    tables.insert(cell.table);
  }
  for (const int32_t table : tables) encode(table);
}

void Without::order(int32_t table, const std::vector<int32_t>& columns, int64_t rows,
                    uint64_t key) {
  std::vector<int64_t> order(prepared_.graph.store.tables[table].rows);
  std::iota(order.begin(), order.end(), int64_t{0});
  Random random(key);
  for (int64_t i = rows - 1; i > 0; --i)
    std::swap(order[i], order[random.below(static_cast<uint64_t>(i) + 1)]);
  for (const int32_t column : columns) {
    keep(table, column);
    ColumnData& data = prepared_.graph.store.tables[table].columns[column];
    data = take_rows(data, order);
  }
  encode(table);
}

void Without::link(size_t link) {
  GraphLink& cut = prepared_.graph.links[link];
  links_.try_emplace(link, cut);
  std::fill(cut.parent.begin(), cut.parent.end(), -1);
  std::fill(cut.offsets.begin(), cut.offsets.end(), 0);
  cut.children.clear();
  cut.child_time.clear();
}

void Without::labels() {
  if (splits_) return;
  splits_.emplace({prepared_.train, prepared_.val, prepared_.test});
  for (SeedTable* split : {&prepared_.train, &prepared_.val, &prepared_.test}) {
    split->seeds.clear();
    split->label.clear();
  }
}

}  // namespace cenote
