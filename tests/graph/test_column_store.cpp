// SPDX-License-Identifier: Apache-2.0
// The order and the names of rows: by what they hold, never by where they stood or by what is hidden.
#include "graph/column_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/files.h"
#include "base/paged_memory.h"
#include "base/random.h"
#include "base/time.h"
#include "cenote/memory.h"

namespace cenote {
namespace {

/// plays(game, at, strength, won), two a moment, one of which won; rows in an order drawn by `order`.
StoredTable load(const std::string& pkey, const std::string& lines, uint64_t order,
                 const HiddenColumns& hidden) {
  std::vector<std::string> rows;
  for (size_t begin = 0; begin < lines.size();) {
    const size_t end = lines.find('\n', begin);
    rows.push_back(lines.substr(begin, end - begin));
    begin = end + 1;
  }
  Random random(order);
  for (size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random.below(i)]);
  const TemporaryFolder folder("cenote-rows");
  std::filesystem::create_directories(folder.path() / "db");
  std::ofstream(folder.path() / "manifest.yaml")
      << "name: rows\ntables:\n  plays: {pkey: " << pkey << ", time_col: at, fkeys: {}}\n";
  std::ofstream out(folder.path() / "db/plays.csv");
  out << "game,at,strength,won\n";
  for (const std::string& row : rows) out << row << "\n";
  out.close();
  SourceOptions options;
  options.source = folder.path().string();
  Snapshot snapshot = Snapshot::open(options, {});
  snapshot.infer_types(kTimeNever);
  ThreadPool threads(2);
  return load_columns(snapshot, snapshot.schema(), hidden, threads, {}).tables.at(0);
}

std::string plays(bool first_wins) {
  std::string out;
  for (int day = 10; day < 28; ++day) {
    for (int player = 0; player < 2; ++player) {
      const bool won = (player == 0) == first_wins;
      out += "," + ("2020-01-" + std::to_string(day)) + "," + std::to_string(player + day % 3) +
             "," + (won ? "1" : "0") + "\n";
    }
  }
  return out;
}

std::vector<double> strengths(const StoredTable& table) {
  std::vector<double> out;
  for (int64_t row = 0; row < table.rows; ++row) out.push_back(table.columns[2].number(row));
  return out;
}

TEST(ColumnStore, WithoutAKeyHiddenColumnsNeitherOrderNorNameRows) {
  const HiddenColumns hidden = {{"plays", "won"}};
  const StoredTable a = load("null", plays(true), 1, hidden),
                    b = load("null", plays(false), 1, hidden);
  EXPECT_EQ(strengths(a), strengths(b));
  EXPECT_EQ(a.key_hash, b.key_hash);
  // What is not hidden is part of a row's name.
  EXPECT_NE(load("null", plays(true), 1, {}).key_hash, load("null", plays(false), 1, {}).key_hash);
}

TEST(ColumnStore, KeysThatBeginAlikeAreToldApartByTheirEnds) {
  std::string lines;
  for (int i = 0; i < 30; ++i)
    lines += "a-key-with-a-long-beginning-" + std::to_string(100 + i) + ",2020-01-0" +
             std::to_string(1 + i % 2) + "," + std::to_string(i) + ",1\n";
  const StoredTable table = load("game", lines, 5, {});
  for (int64_t row = 0; row < table.rows; ++row) {  // the first day's keys are the even ones
    const int64_t wanted = row < 15 ? 2 * row : 2 * (row - 15) + 1;
    EXPECT_EQ(table.columns[0].text(row),
              "a-key-with-a-long-beginning-" + std::to_string(100 + wanted));
  }
}

TEST(ColumnStore, TheSourcesOrderOfRowsDoesNotMatter) {
  std::string nulls;  // the key is missing in half of the rows
  for (int i = 0; i < 40; ++i)
    nulls += (i % 2 == 0 ? std::to_string(i) : "") + ",2020-01-01," + std::to_string(i % 7) + "," +
             std::to_string(i % 3) + "\n";
  for (const auto& [pkey, lines] :
       {std::pair<std::string, std::string>{"null", plays(true)}, {"game", nulls}}) {
    const StoredTable a = load(pkey, lines, 1, {}), b = load(pkey, lines, 2, {});
    EXPECT_EQ(strengths(a), strengths(b)) << pkey;
    EXPECT_EQ(a.key_hash, b.key_hash) << pkey;
  }
}

/// More rows than are sorted at a time: blocks of them are merged.
TEST(ColumnStore, ManyRowsStandByTimeThenKey) {
  constexpr int64_t kRows = 300'000;
  std::string lines;
  for (int64_t i = 0; i < kRows; ++i)
    lines += std::to_string(i * 7919 % kRows) + ",2020-01-" + std::to_string(10 + i % 13) + "," +
             std::to_string(i % 5) + ",1\n";
  const StoredTable table = load("game", lines, 3, {});
  ASSERT_EQ(table.rows, kRows);
  std::vector<bool> seen(kRows);
  for (int64_t row = 0; row < kRows; ++row) {
    const int64_t game = table.columns[0].integers[row];
    ASSERT_FALSE(seen[game]);
    seen[game] = true;
    if (row == 0) continue;
    const auto before = std::pair(table.time[row - 1], table.columns[0].integers[row - 1]);
    ASSERT_LT(before, std::pair(table.time[row], game)) << row;
  }
}

TEST(ColumnStore, TablesBeyondTheMemoryBudgetAreTheSame) {
  std::string lines;
  for (int64_t i = 0; i < 400'000; ++i)
    lines += "game " + std::to_string(i) + ",2020-01-" + std::to_string(10 + i % 13) + "," +
             std::to_string(i % 5) + ",1\n";
  const StoredTable here = load("game", lines, 3, {});
  set_memory_budget(int64_t{16} << 20);
  const int64_t before = paged_statistics().in_files;
  const StoredTable there = load("game", lines, 3, {});
  EXPECT_GT(paged_statistics().in_files, before);
  set_memory_budget(0);
  EXPECT_EQ(here.time, there.time);
  EXPECT_EQ(here.key_hash, there.key_hash);
  EXPECT_EQ(here.snapshot_row, there.snapshot_row);
  for (size_t c = 0; c < here.columns.size(); ++c) {
    EXPECT_EQ(here.columns[c].integers, there.columns[c].integers) << c;
    EXPECT_EQ(here.columns[c].bytes, there.columns[c].bytes) << c;
  }
}

}  // namespace
}  // namespace cenote
