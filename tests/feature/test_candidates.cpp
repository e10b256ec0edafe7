// SPDX-License-Identifier: Apache-2.0
#include "feature/candidates.h"

#include <gmock/gmock.h>

#include <set>

#include "feature/term.h"
#include "support/test_column.h"

namespace cenote {
namespace {

using testing::ElementsAre;

/// customers with `wide` of 300 numbers and `orders` of one: links in that order.
struct WideShop {
  WideShop() {
    add("customers", 1, 0);
    add("wide", 2, 300);
    add("orders", 2, 1);
    for (int32_t child = 1; child < 3; ++child) {
      const std::string& name = schema.tables[child].name;
      Link key;
      key.from_table = name;
      key.from_columns = {"customer"};
      key.to_table = "customers";
      key.to_columns = {"id"};
      schema.links.push_back(key);
      GraphLink link;
      link.name = name + ".customer";
      link.child_table = child;
      link.parent = {0, 0};
      link.offsets = {0, 2};
      link.children = {0, 1};
      link.child_time = {1, 2};
      graph.links.push_back(link);
    }
  }
  void add(const std::string& name, int64_t rows, int numbers) {
    Table table;
    table.name = name;
    table.rows = rows;
    table.time_column = numbers > 0 ? "at" : "";
    StoredTable stored;
    stored.name = name;
    stored.rows = rows;
    stored.timed = numbers > 0;
    for (int64_t row = 0; row < rows; ++row) stored.time.push_back(row + 1);
    for (int n = 0; n < numbers; ++n) {
      table.columns.push_back(
          make_test_column("n" + std::to_string(n), StorageType::float64, ColumnType::number));
      stored.columns.push_back(make_column(StorageType::float64));
      for (int64_t row = 0; row < rows; ++row)
        append_real(stored.columns.back(), static_cast<double>(row));
    }
    schema.tables.push_back(table);
    graph.store.tables.push_back(stored);
  }
  std::vector<Feature> suggest(int64_t limit, int64_t outputs = 1) const {
    FeatureTask task;
    task.horizon = 1000;
    task.visible_until = 100;
    task.has_labels = true;
    task.outputs = outputs;
    return suggest_features({schema, graph, 0}, task, limit);
  }
  static int64_t of_place(const std::vector<Feature>& features, int32_t relation) {
    int64_t count = 0;
    for (const Feature& feature : features)
      count += feature.source == FeatureSource::rows && feature.rows == Path{relation};
    return count;
  }

  Schema schema;
  Graph graph;
};

TEST(Candidates, AWideTableLeavesRoomForTheOthers) {
  const WideShop shop;
  const auto all = shop.suggest(1'000'000), few = shop.suggest(1000);
  ASSERT_GT(all.size(), 5000u);
  EXPECT_EQ(few.size(), 1000u);
  EXPECT_GE(WideShop::of_place(few, 2), 3);
  EXPECT_GT(WideShop::of_place(few, 0), 600);
}

TEST(Candidates, ManyClassesLeaveRoomForTheDatabase) {
  const WideShop shop;
  const auto few = shop.suggest(1000, 350);
  // One for nearly each of the 301 columns, though 700 means of labels come first.
  EXPECT_GT(WideShop::of_place(few, 0), 250);
}

TEST(WordMarks, SayWhichTextHasWhichWord) {
  ColumnData texts = make_column(StorageType::utf8);
  append_text(texts, "Late, late and BROKEN");
  append_null(texts);
  append_text(texts, "fine");
  std::vector<std::string> words;
  for (int i = 0; i < 100; ++i) words.push_back("w" + std::to_string(i));
  words.insert(words.end(), {"late", "fine", "late", "broken"});
  const WordMarks marks(texts, std::vector<int32_t>{0, 1, 2, -1}, words);
  const auto has = [&](int64_t row, const std::string& word) {
    return marks.has(row, marks.find(word));
  };
  EXPECT_TRUE(has(0, "late"));
  EXPECT_TRUE(has(0, "broken"));
  EXPECT_FALSE(has(0, "fine"));
  EXPECT_FALSE(has(1, "late"));
  EXPECT_TRUE(has(2, "fine"));
  EXPECT_FALSE(has(3, "fine"));
  EXPECT_FALSE(has(2, "w99"));
  EXPECT_EQ(marks.find("other"), -1);
  std::vector<std::string> found;
  each_word("Late, late\xc3\xa9 9", [&](const std::string& word) { found.push_back(word); });
  EXPECT_THAT(found, ElementsAre("late", "late\xc3\xa9", "9"));
}

}  // namespace
}  // namespace cenote
