// SPDX-License-Identifier: Apache-2.0
#include "graph/graph.h"

#include <gtest/gtest.h>

#include "graph/sampler.h"
#include "support/toy.h"
#include "support/paged_equal.h"

namespace cenote {
namespace {

TEST(Graph, ChildrenAreSortedByTimeAndDanglingOnesHaveNoParent) {
  //                                   id cust prod amount day
  const std::vector<toy::OrderRow> rows = {{1, 2, 1, 5.0, 9},
                                           {2, 2, 1, 6.0, 3},
                                           {3, 1, 9, 7.0, 3},
                                           {4, 0, 2, 8.0, 1},
                                           {5, 2, 2, 1.0, -1}};
  const toy::Shop shop(toy::shop_store(2, 2, rows));
  const GraphLink& link = shop.graph.links[0];
  EXPECT_EQ(link.name, "orders.customer");
  ASSERT_EQ(link.offsets, (std::vector<int64_t>{0, 1, 4}));
  // Customer 2 (row 1): order 2 on day 3, order 1 on day 9, order 5 never.
  const StoredTable& orders = shop.graph.store.tables[1];
  std::vector<int64_t> ids;
  for (int64_t e = 1; e < 4; ++e) ids.push_back(orders.columns[0].integers[link.children[e]]);
  EXPECT_EQ(ids, (std::vector<int64_t>{2, 1, 5}));
  EXPECT_EQ(visible_children(link, 1, 3 * kMicrosPerDay), 1);      // inclusive
  EXPECT_EQ(visible_children(link, 1, 3 * kMicrosPerDay - 1), 0);  // strict
  EXPECT_EQ(visible_children(link, 1, INT64_MAX - 1), 2);          // a null time is never visible
  // Order 3 names product 9, which is not there; order 4 has no customer.
  for (int64_t row = 0; row < orders.rows; ++row) {
    const int64_t id = orders.columns[0].integers[row];
    EXPECT_EQ(shop.graph.links[1].parent[row] < 0, id == 3) << id;
    EXPECT_EQ(link.parent[row] < 0, id == 4) << id;
  }
}

TEST(Graph, RelationsGoBothWays) {
  const toy::Shop shop(toy::shop_store(1, 1, {{1, 1, 1, 1.0, 1}}));
  EXPECT_EQ(shop.graph.relations(), 4);
  EXPECT_EQ(shop.graph.relation_name(0), "orders.customer");
  EXPECT_EQ(shop.graph.relation_name(1), "orders.customer^");
  EXPECT_EQ(shop.graph.group_table(0), 0);
  EXPECT_EQ(shop.graph.row_table(0), 1);
  EXPECT_EQ(shop.graph.group_table(1), 1);
}

TEST(KeyIndex, FindsByContentAndKeepsTheFirst) {
  ColumnData text = make_column(StorageType::utf8);
  for (const char* value : {"a", "b", "a"}) append_text(text, value);
  append_null(text);
  const KeyIndex index({&text});
  ColumnData wanted = make_column(StorageType::utf8);
  for (const char* value : {"a", "c"}) append_text(wanted, value);
  append_null(wanted);
  EXPECT_EQ(index.find({&wanted}, 0), 0);
  EXPECT_EQ(index.find({&wanted}, 1), -1);
  EXPECT_EQ(index.find({&wanted}, 2), -1);  // a null finds nothing, not even a null
  ColumnData number = make_column(StorageType::int64);
  append_integer(number, 1);
  EXPECT_EQ(index.find({&number}, 0), -1);  // a number is no text
}

TEST(KeyIndex, CompositeKeysAndEmptyTables) {
  ColumnData a = make_column(StorageType::int64), b = make_column(StorageType::utf8);
  append_integer(a, 1);
  append_text(b, "x");
  append_integer(a, 1);
  append_text(b, "y");
  const KeyIndex index({&a, &b});
  EXPECT_EQ(index.find({&a, &b}, 1), 1);
}

}  // namespace
}  // namespace cenote
