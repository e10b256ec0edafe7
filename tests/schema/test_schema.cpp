// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "cenote/error.h"
#include "schema/schema.h"

namespace cenote {
namespace {

TEST(ColumnType, IsReadAndWrittenByName) {
  for (const char* name :
       {"number", "category", "text", "timestamp", "boolean", "key", "ignored"}) {
    EXPECT_EQ(to_string(parse_column_type(name)), name);
  }
  try {
    parse_column_type("nummer");
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("did you mean 'number'?"));
  }
}

TEST(Schema, FindsTablesAndSaysWhichThereAre) {
  Schema schema;
  schema.tables.resize(2);
  schema.tables[0].name = "drivers";
  schema.tables[1].name = "races";
  EXPECT_EQ(schema.find_table("races"), 1);
  EXPECT_EQ(schema.find_table("Races"), -1);
  try {
    schema.table("race");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::not_found);
    EXPECT_THAT(e.what(),
                testing::AllOf(testing::HasSubstr("'race'"), testing::HasSubstr("drivers, races")));
  }
}

TEST(Link, IsNamedByTableAndColumns) {
  Link link;
  link.from_table = "lines";
  link.from_columns = {"order", "year"};
  EXPECT_EQ(link.name(), "lines.order+year");
}

}  // namespace
}  // namespace cenote
