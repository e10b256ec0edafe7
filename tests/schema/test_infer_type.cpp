// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "schema/infer_type.h"

namespace cenote {
namespace {

/// 1,000 rows of whole numbers, 500 of them different.
ColumnStatistics whole_numbers() {
  ColumnStatistics s;
  s.storage = StorageType::int64;
  s.rows = s.values = s.whole = 1000;
  s.distinct = 500;
  s.rarest = 1;
  s.min = 3;
  s.max = 9000;
  s.example = "3";
  return s;
}

ColumnStatistics texts() {
  ColumnStatistics s = whole_numbers();
  s.storage = StorageType::utf8;
  s.whole = 0;
  s.mean_words = 1;
  return s;
}

ColumnType type_of(const ColumnStatistics& s, const std::string& name = "x",
                   const std::string& database_type = "") {
  return infer_column_type(name, database_type, s).type;
}

TEST(InferType, IgnoresWhatSaysNothing) {
  ColumnStatistics s = whole_numbers();
  s.values = s.distinct = s.rarest = 0;
  EXPECT_EQ(type_of(s), ColumnType::ignored);
  EXPECT_EQ(infer_column_type("x", "", s).reason, "no value in 1,000 rows");
  s.values = 1000;
  s.distinct = 1;
  s.rarest = 1000;
  EXPECT_EQ(infer_column_type("x", "", s).reason, "constant: '3' in all 1,000 rows");
  s.values = s.rarest = 400;  // there or not: that says something
  EXPECT_EQ(type_of(s), ColumnType::category);
  s.rows = s.values = 0;
  EXPECT_EQ(type_of(s), ColumnType::ignored);
}

TEST(InferType, TellsNumbersFromCategories) {
  ColumnStatistics s = whole_numbers();
  EXPECT_EQ(type_of(s), ColumnType::number);
  s.distinct = 2;
  s.min = 0;
  s.max = 1;
  s.rarest = 2;
  EXPECT_EQ(type_of(s), ColumnType::boolean);
  s.max = 5;
  s.distinct = 6;
  EXPECT_EQ(type_of(s), ColumnType::number);  // a value that occurs twice is no class
  s.rarest = 10;
  EXPECT_EQ(type_of(s), ColumnType::category);
  EXPECT_EQ(type_of(s, "x", "DECIMAL(15,2)"), ColumnType::number);  // an amount
  EXPECT_EQ(type_of(s, "x", "DECIMAL(15,0)"), ColumnType::category);
  s.whole = 999;  // one value with a fraction: measured, not named
  EXPECT_EQ(type_of(s), ColumnType::number);
}

TEST(InferType, ReadsWholeFloatsAsWholeNumbers) {
  // pandas stores whole numbers with gaps as floats; the meaning must not depend on that.
  ColumnStatistics s = whole_numbers();
  s.storage = StorageType::float64;
  s.distinct = 4;
  s.rarest = 100;
  EXPECT_EQ(type_of(s), ColumnType::category);
}

TEST(InferType, LooksAtNamesOfCodes) {
  ColumnStatistics s = whole_numbers();
  EXPECT_EQ(type_of(s, "statusId"), ColumnType::category);
  EXPECT_EQ(type_of(s, "zip_code"), ColumnType::category);
  s.distinct = s.values;
  EXPECT_EQ(type_of(s, "tracking_id"), ColumnType::ignored);
  EXPECT_EQ(type_of(s, "milliseconds"), ColumnType::number);
}

TEST(InferType, TellsTextsFromCategories) {
  ColumnStatistics s = texts();
  s.distinct = 800;
  EXPECT_EQ(type_of(s), ColumnType::text);
  s.distinct = 500;
  EXPECT_EQ(type_of(s), ColumnType::category);
  s.mean_words = 8;  // sentences that happen to repeat
  EXPECT_EQ(type_of(s), ColumnType::text);
  s.distinct = 5;
  s.rarest = 100;
  EXPECT_EQ(type_of(s), ColumnType::category);
  s = texts();
  s.distinct = 990;
  EXPECT_EQ(type_of(s, "x", "ENUM('a', 'b')"), ColumnType::category);
  s.distinct = s.values;
  EXPECT_EQ(type_of(s, "x", "UUID"), ColumnType::ignored);
}

TEST(InferType, ReadsTextsThatAreAllTimes) {
  ColumnStatistics s = texts();
  s.time_texts = 999;
  EXPECT_EQ(type_of(s), ColumnType::category);
  s.time_texts = 1000;
  const TypeGuess guess = infer_column_type("x", "VARCHAR", s);
  EXPECT_EQ(guess.type, ColumnType::timestamp);
  EXPECT_EQ(guess.storage, StorageType::time);
}

}  // namespace
}  // namespace cenote
