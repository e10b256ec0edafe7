// SPDX-License-Identifier: Apache-2.0
// Manifests in the form that RelBench publishes them in, ours on top of it, and what is refused.
#include <gmock/gmock.h>

#include "base/time.h"
#include "cenote/error.h"
#include "schema/manifest.h"

namespace cenote {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string error_of(const std::string& text) {
  try {
    parse_manifest(text, "m.yaml");
  } catch (const Error& e) {
    return std::string(to_string(e.code())) + ": " + e.what();
  }
  return "";
}

const ManifestTable& table(const Manifest& manifest, const std::string& name) {
  const ManifestTable* found = manifest.find_table(name);
  if (found == nullptr) throw std::runtime_error("no table " + name);
  return *found;
}

TEST(Manifest, OfASportsDatabase) {  // the structure of rel-f1
  const Manifest m = parse_manifest(R"(
name: rel-f1
manifest_version: 1
description: 'Races, drivers: and results.'
val_timestamp: '2005-01-01'
test_timestamp: '2010-01-01'
tables:
  races:
    pkey: raceId
    time_col: date
    fkeys:
      circuitId: circuits
  results:
    pkey: resultId
    time_col: date
    fkeys:
      raceId: races
      driverId: drivers
      constructorId: constructors
  drivers:
    pkey: driverId
    time_col: null
    fkeys: {}
)",
                                    "m.yaml");
  EXPECT_EQ(m.name, "rel-f1");
  EXPECT_EQ(m.val_timestamp, parse_time("2005-01-01"));
  EXPECT_EQ(m.test_timestamp, parse_time("2010-01-01"));
  ASSERT_EQ(m.tables.size(), 3u);
  EXPECT_EQ(m.tables[0].name, "races");  // document order
  const ManifestTable& results = table(m, "results");
  EXPECT_THAT(*results.primary_key, ElementsAre("resultId"));
  EXPECT_EQ(*results.time_column, "date");
  ASSERT_EQ(results.links->size(), 3u);
  EXPECT_THAT((*results.links)[1].columns, ElementsAre("driverId"));
  EXPECT_EQ((*results.links)[1].references, "drivers");
  EXPECT_TRUE((*results.links)[1].to_columns.empty());
  const ManifestTable& drivers = table(m, "drivers");
  EXPECT_EQ(*drivers.time_column, "");  // declared: none
  EXPECT_TRUE(drivers.links->empty());
}

TEST(Manifest, OfTablesWithoutKeys) {  // rel-event, rel-avito, rel-amazon
  const Manifest m = parse_manifest(R"(
name: rel-event
manifest_version: 1
val_timestamp: '2012-11-21'
test_timestamp: '2012-11-29'
tables:
  user_friends:
    pkey: null
    time_col: null
    fkeys:
      user: users
      friend: users
  events:
    pkey: event_id
    time_col: start_time
    fkeys:
      user_id: users
)",
                                    "m.yaml");
  const ManifestTable& friends = table(m, "user_friends");
  ASSERT_TRUE(friends.primary_key.has_value());
  EXPECT_TRUE(friends.primary_key->empty());
  EXPECT_EQ((*friends.links)[0].references,
            (*friends.links)[1].references);  // two links to one table
}

TEST(Manifest, OfLinksToTheSameAndToItself) {  // rel-salt and rel-stack
  const Manifest m = parse_manifest(R"(
name: both
manifest_version: 1
val_timestamp: '2020-02-01 00:00:00'
test_timestamp: 2020-07-01
tables:
  salesdocumentitem:
    pkey: ID
    time_col: CREATIONTIMESTAMP
    fkeys: {SALESDOCUMENT: salesdocument, SOLDTOPARTY: customer, SHIPTOPARTY: customer, BILLTOPARTY: customer}
  posts:
    pkey: Id
    time_col: CreationDate
    fkeys: {OwnerUserId: users, ParentId: posts}
)",
                                    "m.yaml");
  EXPECT_EQ(table(m, "salesdocumentitem").links->size(), 4u);
  EXPECT_EQ((*table(m, "posts").links)[1].references, "posts");
  EXPECT_EQ(m.test_timestamp, parse_time("2020-07-01"));  // with or without quotes
}

TEST(Manifest, OfOurs) {
  const Manifest m = parse_manifest(R"(
name: ours
source: shop.sqlite
tables:
  lines:
    pkey: [order_id, position]
    source: lines.csv
    fkeys:
      order_id: orders
      place: {columns: [warehouse, shelf], references: shelves, to: [house, number]}
    columns:
      amount: {type: number}
      note: {ignore: free remarks}
      colour: category
  orders:
)",
                                    "m.yaml");
  EXPECT_EQ(m.source, "shop.sqlite");
  const ManifestTable& lines = table(m, "lines");
  EXPECT_THAT(*lines.primary_key, ElementsAre("order_id", "position"));
  EXPECT_EQ(lines.source, "lines.csv");
  EXPECT_FALSE(lines.time_column.has_value());  // not declared: to be inferred
  EXPECT_THAT((*lines.links)[1].columns, ElementsAre("warehouse", "shelf"));
  EXPECT_THAT((*lines.links)[1].to_columns, ElementsAre("house", "number"));
  EXPECT_EQ(lines.columns[0].type, ColumnType::number);
  EXPECT_EQ(lines.columns[1].type, ColumnType::ignored);
  EXPECT_EQ(lines.columns[1].ignored_because, "free remarks");
  EXPECT_EQ(lines.columns[2].type, ColumnType::category);
  EXPECT_FALSE(table(m, "orders").primary_key.has_value());
}

TEST(Manifest, NamesFileAndField) {
  EXPECT_THAT(error_of("name: [x"), HasSubstr("m.yaml:1:"));
  EXPECT_THAT(error_of("- a"), HasSubstr("must be a map"));
  EXPECT_THAT(error_of("manifest_version: 2"), HasSubstr("m.yaml: manifest_version: is 2"));
  EXPECT_THAT(error_of("val_timestamp: soon"),
              HasSubstr("m.yaml: val_timestamp: 'soon' is no time"));
  EXPECT_THAT(error_of("val_timestamp: 2020-01-02\ntest_timestamp: 2020-01-01"),
              HasSubstr("before val_timestamp"));
  EXPECT_THAT(error_of("tables: {a: {primary_key: id}}"),
              AllOf(HasSubstr("m.yaml: tables.a: no field 'primary_key'"), HasSubstr("pkey")));
  EXPECT_THAT(error_of("tables: {a: {pkey: {x: y}}}"),
              HasSubstr("m.yaml: tables.a.pkey: must be a column name"));
  EXPECT_THAT(error_of("tables: {a: {pkey: [x, x]}}"), HasSubstr("has column 'x' twice"));
  EXPECT_THAT(error_of("tables: {a: {}, a: {}}"), HasSubstr("m.yaml: tables: has 'a' twice"));
  EXPECT_THAT(error_of("tables: {a: {fkeys: {x: {columns: [y]}}}}"),
              HasSubstr("needs 'references'"));
  EXPECT_THAT(error_of("tables: {a: {fkeys: {x: {references: b, to: [p, q]}}}}"),
              HasSubstr("has 1 columns but 2 in 'to'"));
  EXPECT_THAT(error_of("tables: {a: {columns: {x: {type: float}}}}"),
              AllOf(HasSubstr("m.yaml: tables.a.columns.x.type: no column type 'float'"),
                    HasSubstr("number")));
  EXPECT_THAT(error_of("tables: {a: {columns: {x: {type: text, ignore: y}}}}"),
              HasSubstr("both 'type' and 'ignore'"));
  EXPECT_THAT(error_of("name: {a: b}"), HasSubstr("m.yaml: name: must be a text"));
}

TEST(Manifest, ReadsPastUnknownFieldsOfTheTopLevelOnly) {
  EXPECT_THAT(parse_manifest("licence: CC0\ntables: {}", "m.yaml").unknown_fields,
              ElementsAre("licence"));
}

TEST(Manifest, IsBounded) {
  EXPECT_THAT(error_of(std::string(9 << 20, 'a')), HasSubstr("8388608 bytes"));
  EXPECT_THAT(error_of(std::string(100'000, '[')), HasSubstr("bad_input"));
  EXPECT_THAT(error_of("tables: " + std::string(100'000, '{')), HasSubstr("bad_input"));
  std::string dashes;
  for (int i = 0; i < 50'000; ++i) dashes += "- ";
  EXPECT_THAT(error_of(dashes), HasSubstr("bad_input"));
  // Aliases of aliases: a document of a few lines that would unfold to 10^9 nodes.
  std::string laughs = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 30; ++i) {
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" +
              std::to_string(i - 1) + ", *a" + std::to_string(i - 1) + "]\n";
  }
  EXPECT_EQ(parse_manifest(laughs, "m.yaml").unknown_fields.size(), 30u);
}

Schema odd_schema() {
  Schema schema;
  schema.name = "no";
  schema.description = "A \"shop\":\nwith #signs";
  schema.val_timestamp = parse_time("2020-01-01 12:00");
  Table parent, child;
  parent.name = "par ent: 'x'";
  parent.primary_key = {"null", "b,c"};
  for (const char* name : {"null", "b,c", "t"}) {
    Column column;
    column.name = name;
    column.type = ColumnType::key;
    parent.columns.push_back(column);
  }
  parent.columns[2].type = ColumnType::timestamp;
  parent.time_column = "t";
  child.name = "1";
  for (const char* name : {"x", "y", "note", "size"}) {
    Column column;
    column.name = name;
    column.type = ColumnType::key;
    child.columns.push_back(column);
  }
  child.columns[2].type = ColumnType::ignored;
  child.columns[2].reason = "constant: 'a # b'\n- evil: 1";
  child.columns[3].type = ColumnType::number;
  child.columns[3].reason = "3 distinct\nvalues";
  Link link;
  link.from_table = "1";
  link.from_columns = {"x", "y"};
  link.to_table = parent.name;
  link.to_columns = parent.primary_key;
  schema.tables = {child, parent};
  schema.links = {link};
  return schema;
}

TEST(Manifest, WrittenAndReadBackSaysTheSame) {
  const std::string text = write_manifest(odd_schema());
  const Manifest m = parse_manifest(text, "m.yaml");
  EXPECT_EQ(m.name, "no");
  EXPECT_EQ(m.description, "A \"shop\":\nwith #signs");
  EXPECT_EQ(m.val_timestamp, parse_time("2020-01-01 12:00"));
  EXPECT_FALSE(m.test_timestamp.has_value());
  const ManifestTable& parent = table(m, "par ent: 'x'");
  EXPECT_THAT(*parent.primary_key, ElementsAre("null", "b,c"));
  EXPECT_EQ(*parent.time_column, "t");
  const ManifestTable& child = table(m, "1");
  EXPECT_TRUE(child.primary_key->empty());
  ASSERT_EQ(child.links->size(), 1u);
  EXPECT_THAT((*child.links)[0].columns, ElementsAre("x", "y"));
  EXPECT_THAT((*child.links)[0].to_columns, ElementsAre("null", "b,c"));
  ASSERT_EQ(child.columns.size(), 2u);
  EXPECT_EQ(child.columns[0].ignored_because, "constant: 'a # b'\n- evil: 1");
  EXPECT_EQ(child.columns[1].type, ColumnType::number);
}

}  // namespace
}  // namespace cenote
