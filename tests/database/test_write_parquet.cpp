// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/files.h"
#include "cenote/error.h"
#include "database/parquet_file.h"
#include "database/write_parquet.h"

namespace cenote {
namespace {

QueryResult make_rows(int64_t rows) {
  QueryResult out;
  out.names = {"i", "x", "t \"q\"", "b", "at"};
  for (const auto type : {StorageType::int64, StorageType::float64, StorageType::utf8,
                          StorageType::boolean, StorageType::time}) {
    out.columns.push_back(make_column(type));
  }
  for (int64_t i = 0; i < rows; ++i) {
    append_integer(out.columns[0], i - 3);
    if (i % 7 == 0) {
      append_null(out.columns[1]);
    } else {
      append_real(out.columns[1], 1.0 / static_cast<double>(i));
    }
    append_text(
        out.columns[2],
        i % 2 == 0 ? "short" : "a text that is too long to be stored inline, " + std::to_string(i));
    append_integer(out.columns[3], i % 2);
    append_integer(out.columns[4], i * 86'400'000'001);
  }
  out.rows = rows;
  return out;
}

TEST(WriteParquet, EveryTypeReadsBackAcrossChunks) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "rows.parquet";
  const QueryResult rows = make_rows(5000);
  write_parquet_file(path, rows);
  const QueryResult back = read_parquet_file(path, rows.names);
  ASSERT_EQ(back.rows, rows.rows);
  EXPECT_EQ(back.names, rows.names);
  for (size_t c = 0; c < rows.columns.size(); ++c) {
    EXPECT_EQ(back.columns[c].type, rows.columns[c].type);
    EXPECT_EQ(back.columns[c].valid, rows.columns[c].valid) << rows.names[c];
    EXPECT_EQ(back.columns[c].integers, rows.columns[c].integers) << rows.names[c];
    EXPECT_EQ(back.columns[c].reals, rows.columns[c].reals) << rows.names[c];
    EXPECT_EQ(back.columns[c].bytes, rows.columns[c].bytes) << rows.names[c];
  }
  write_parquet_file(path, make_rows(0));
  EXPECT_EQ(read_parquet_file(path, rows.names).rows, 0);
}

TEST(WriteParquet, LeavesTheOldFileWhereTheNewOneFails) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "rows.parquet";
  write_file_atomically(path, "old");
  QueryResult twice = make_rows(1);
  twice.names[1] = "I";  // as the first, but for the case
  EXPECT_THROW(write_parquet_file(path, twice), Error);
  EXPECT_EQ(read_file(path), "old");
  EXPECT_THROW(write_parquet_file(folder.path() / "no" / "rows.parquet", make_rows(1)), Error);
  EXPECT_THROW(write_parquet_file(folder.path(), make_rows(1)), Error);
  const auto left = std::distance(std::filesystem::directory_iterator(folder.path()), {});
  EXPECT_EQ(left, 1);
}

}  // namespace
}  // namespace cenote
