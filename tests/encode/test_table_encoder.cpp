// SPDX-License-Identifier: Apache-2.0
// Many rows are encoded in blocks, on threads: nothing of it is to be seen in the codes.
#include "encode/detail/table_encoder.h"

#include "encode_helpers.h"

namespace cenote {
namespace {

/// A number, a text and a moment a row, every seventh of each missing.
std::vector<ColumnData> some_columns(int64_t rows) {
  ColumnData number = make_column(StorageType::float64), text = make_column(StorageType::utf8),
             time = make_column(StorageType::time);
  for (int64_t row = 0; row < rows; ++row) {
    row % 7 == 0 ? append_null(number) : append_real(number, static_cast<double>(row % 1000));
    row % 7 == 1 ? append_null(text)
                 : append_text(text, "word" + std::to_string(row % 91) + " and more");
    row % 7 == 2 ? append_null(time) : append_integer(time, row * 3'600'000'000);
  }
  return {number, text, time};
}

Table table_of(int64_t rows) {
  Table table;
  table.name = "rows";
  table.rows = rows;
  for (const auto& [name, type, storage] :
       {std::tuple{"number", ColumnType::number, StorageType::float64},
        {"text", ColumnType::text, StorageType::utf8},
        {"time", ColumnType::timestamp, StorageType::time}}) {
    Column column;
    column.name = name;
    column.type = type;
    column.storage = storage;
    table.columns.push_back(column);
  }
  return table;
}

TEST(TableEncoder, BlocksOfRowsHaveTheCodesOfTheWholeColumn) {
  constexpr int64_t kRows = 3 * (1 << 17) + 5;  // three whole blocks and a small one
  const auto columns = some_columns(kRows);
  const Table table = table_of(kRows);
  const auto visible = all_rows(columns[0]);
  const TableEncoder encoder = TableEncoder::fit(table, columns, {}, visible);
  const TableCodes codes = encoder.encode(table, columns);
  ASSERT_EQ(codes.columns.size(), 3u);
  const auto alone = [&](size_t c) {
    const auto made = default_encoder(table.columns[c].type)
                          ->make(Options(default_encoder(table.columns[c].type)->info.options));
    made->fit(columns[c], visible);
    return made->encode(columns[c]);
  };
  for (const auto& [c, begin] :
       {std::pair<size_t, int64_t>{0, codes.columns[0].begin}, {2, codes.columns[1].begin}}) {
    const ColumnCodes wanted = alone(c);
    for (int64_t row = 0; row <= kRows; ++row) {
      const float* here = codes.fixed.data() + row * codes.fixed_width + begin;
      ASSERT_TRUE(std::equal(here, here + wanted.width, wanted.fixed.data() + row * wanted.width))
          << table.columns[c].name << " " << row;
    }
  }
  const ColumnCodes bags = alone(1);
  ASSERT_EQ(codes.learned.size(), 1u);
  EXPECT_EQ(codes.learned[0].vocabulary, bags.vocabulary);
  EXPECT_EQ(codes.learned[0].offsets, bags.offsets);
  EXPECT_EQ(codes.learned[0].ids, bags.ids);

  ThreadPool threads(3);
  const TableCodes on_threads = encoder.encode(table, columns, &threads);
  EXPECT_EQ(on_threads.fixed, codes.fixed);
  EXPECT_EQ(on_threads.learned[0].ids, codes.learned[0].ids);
}

TEST(TableEncoder, ALayoutSaysWhichColumnsHaveCodesWithoutReadingARow) {
  const auto columns = some_columns(1000);
  const Table table = table_of(1000);
  const TableEncoder encoder = TableEncoder::fit(table, columns, {}, all_rows(columns[0]));
  const TableCodes codes = encoder.encode(table, columns), layout = encoder.layout(table);
  EXPECT_EQ(layout.rows, 0);
  EXPECT_EQ(layout.fixed_width, codes.fixed_width);
  EXPECT_EQ(layout.width(), codes.width());
  EXPECT_EQ(layout.learned_names, codes.learned_names);
  ASSERT_EQ(layout.columns.size(), codes.columns.size());
  for (size_t c = 0; c < codes.columns.size(); ++c) {
    EXPECT_EQ(layout.columns[c].name, codes.columns[c].name);
    EXPECT_EQ(layout.columns[c].begin, codes.columns[c].begin);
    EXPECT_EQ(layout.columns[c].width, codes.columns[c].width);
  }
}

}  // namespace
}  // namespace cenote
