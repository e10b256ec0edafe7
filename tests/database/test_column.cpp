// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "database/column.h"
#include "support/paged_equal.h"

namespace cenote {
namespace {

std::string key(const ColumnData& column, int64_t row) {
  std::string out;
  append_key_bytes(column, row, out);
  return out;
}

TEST(Column, KeepsValuesAndNulls) {
  ColumnData texts = make_column(StorageType::utf8);
  append_text(texts, "a");
  append_null(texts);
  append_text(texts, "");
  append_text(texts, "ü");
  EXPECT_EQ(texts.size(), 4);
  EXPECT_EQ(texts.text(0), "a");
  EXPECT_FALSE(texts.is_valid(1));
  EXPECT_EQ(texts.text(1), "");
  EXPECT_EQ(texts.text(3), "ü");
  const ColumnData taken = take_rows(texts, std::vector<int64_t>{3, 1, 3});
  EXPECT_EQ(taken.text(0), "ü");
  EXPECT_FALSE(taken.is_valid(1));
  EXPECT_EQ(taken.text(2), "ü");
}

TEST(Column, KeyBytesSortAsTheValuesDo) {
  ColumnData integers = make_column(StorageType::int64);
  append_null(integers);
  for (const int64_t v : {INT64_MIN, int64_t{-256}, int64_t{-1}, int64_t{0}, int64_t{1},
                          int64_t{255}, int64_t{256}, INT64_MAX})
    append_integer(integers, v);
  ColumnData reals = make_column(StorageType::float64);
  append_null(reals);
  for (const double v : {-1e308, -1.5, -1e-300, 0.0, 5e-324, 1.0, 1.5, 1e308,
                         std::numeric_limits<double>::infinity()})
    append_real(reals, v);
  ColumnData texts = make_column(StorageType::utf8);
  append_null(texts);
  for (const std::string_view v :
       {std::string_view(""), std::string_view("\0", 1), std::string_view("\0\0", 2),
        std::string_view("\0a", 2), std::string_view("\1"), std::string_view("a"),
        std::string_view("a\0", 2), std::string_view("a\0\xff", 3), std::string_view("aa"),
        std::string_view("b"), std::string_view("\xff\xff")}) {
    append_text(texts, v);
  }
  for (const ColumnData* column : {&integers, &reals, &texts}) {
    for (int64_t i = 1; i < column->size(); ++i)
      EXPECT_LT(key(*column, i - 1), key(*column, i)) << i;
  }
}

TEST(Column, KeyBytesDelimitThemselves) {
  ColumnData texts = make_column(StorageType::utf8);
  for (const char* v : {"a", "b", "ab", ""}) append_text(texts, v);
  // ("a", "b") and ("ab", "") are two keys.
  EXPECT_NE(key(texts, 0) + key(texts, 1), key(texts, 2) + key(texts, 3));
  ColumnData zeros = make_column(StorageType::float64);
  append_real(zeros, 0.0);
  append_real(zeros, -0.0);
  EXPECT_EQ(key(zeros, 0), key(zeros, 1));
}

TEST(Column, ValuesReadTheSameFromIntegersAndFloats) {
  ColumnData reals = make_column(StorageType::float64);
  for (const double v : {3.0, 0.1, -2.0, 1e15, 1e300, -0.0}) append_real(reals, v);
  EXPECT_EQ(value_text(reals, 0), "3");
  EXPECT_EQ(value_text(reals, 1), "0.1");
  EXPECT_EQ(value_text(reals, 2), "-2");
  EXPECT_EQ(value_text(reals, 4), "1e+300");
  EXPECT_EQ(value_text(reals, 5), "0");
  ColumnData booleans = make_column(StorageType::boolean);
  append_integer(booleans, 1);
  append_null(booleans);
  EXPECT_EQ(value_text(booleans, 0), "true");
  EXPECT_EQ(value_text(booleans, 1), "");
}

}  // namespace
}  // namespace cenote
