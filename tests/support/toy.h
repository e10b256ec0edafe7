// SPDX-License-Identifier: Apache-2.0
// A shop in memory: customers (static), products (dated), orders (dated, one without customer, one
// dangling, one without a date) with two links. Small enough to check by hand, faulty enough to be honest.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/random.h"
#include "base/time.h"
#include "encode/detail/table_encoder.h"
#include "graph/graph.h"
#include "model/model.h"
#include "support/test_column.h"

namespace cenote::toy {

/// A schema of three tables: orders -> customers, orders -> products.
inline Schema shop_schema() {
  Schema schema;
  schema.name = "shop";
  Table customers{"customers",
                  {make_test_column("id", StorageType::int64, ColumnType::key),
                   make_test_column("age", StorageType::float64, ColumnType::number),
                   make_test_column("city", StorageType::utf8, ColumnType::category)},
                  {"id"},
                  "",
                  0};
  Table orders{"orders",
               {make_test_column("id", StorageType::int64, ColumnType::key),
                make_test_column("customer", StorageType::int64, ColumnType::key),
                make_test_column("product", StorageType::int64, ColumnType::key),
                make_test_column("amount", StorageType::float64, ColumnType::number),
                make_test_column("at", StorageType::time, ColumnType::timestamp)},
               {"id"},
               "at",
               0};
  Table products{"products",
                 {make_test_column("id", StorageType::int64, ColumnType::key),
                  make_test_column("price", StorageType::float64, ColumnType::number),
                  make_test_column("since", StorageType::time, ColumnType::timestamp)},
                 {"id"},
                 "since",
                 0};
  schema.tables = {customers, orders, products};
  schema.links = {{"orders", {"customer"}, "customers", {"id"}, Evidence::manifest, 1, ""},
                  {"orders", {"product"}, "products", {"id"}, Evidence::manifest, 1, ""}};
  return schema;
}

struct OrderRow {
  int64_t id, customer, product;  // 0: null
  double amount;
  int64_t day;  // -1: null
};

/// Tables as load_columns() makes them: sorted by (time, key).
inline ColumnStore shop_store(int64_t customers, int64_t products, std::vector<OrderRow> orders) {
  ColumnStore store;
  StoredTable c{"customers", customers, false, {}, {}, {}, {}};
  c.columns = {make_column(StorageType::int64), make_column(StorageType::float64),
               make_column(StorageType::utf8)};
  for (int64_t i = 0; i < customers; ++i) {
    append_integer(c.columns[0], i + 1);
    append_real(c.columns[1], static_cast<double>(20 + i % 50));
    append_text(c.columns[2], i % 3 == 0 ? "Lima" : i % 3 == 1 ? "Oslo" : "Rome");
    c.time.push_back(kTimeAlways);
    c.key_hash.push_back(hash_combine(1, static_cast<uint64_t>(i + 1)));
    c.snapshot_row.push_back(i);
  }
  StoredTable p{"products", products, true, {}, {}, {}, {}};
  p.columns = {make_column(StorageType::int64), make_column(StorageType::float64),
               make_column(StorageType::time)};
  for (int64_t i = 0; i < products; ++i) {
    append_integer(p.columns[0], i + 1);
    append_real(p.columns[1], static_cast<double>(i) * 1.5);
    append_integer(p.columns[2], i * kMicrosPerDay);
    p.time.push_back(i * kMicrosPerDay);
    p.key_hash.push_back(hash_combine(2, static_cast<uint64_t>(i + 1)));
    p.snapshot_row.push_back(i);
  }
  const auto time_of = [](const OrderRow& row) {
    return row.day < 0 ? kTimeNever : row.day * kMicrosPerDay;
  };
  std::stable_sort(orders.begin(), orders.end(), [&](const OrderRow& a, const OrderRow& b) {
    return std::make_pair(time_of(a), a.id) < std::make_pair(time_of(b), b.id);
  });
  StoredTable o{"orders", static_cast<int64_t>(orders.size()), true, {}, {}, {}, {}};
  o.columns = {make_column(StorageType::int64), make_column(StorageType::int64),
               make_column(StorageType::int64), make_column(StorageType::float64),
               make_column(StorageType::time)};
  for (const OrderRow& row : orders) {
    append_integer(o.columns[0], row.id);
    row.customer == 0 ? append_null(o.columns[1]) : append_integer(o.columns[1], row.customer);
    row.product == 0 ? append_null(o.columns[2]) : append_integer(o.columns[2], row.product);
    append_real(o.columns[3], row.amount);
    row.day < 0 ? append_null(o.columns[4]) : append_integer(o.columns[4], row.day * kMicrosPerDay);
    o.time.push_back(time_of(row));
    o.key_hash.push_back(hash_combine(3, static_cast<uint64_t>(row.id)));
    o.snapshot_row.push_back(static_cast<int64_t>(o.snapshot_row.size()));
  }
  store.tables = {std::move(c), std::move(o), std::move(p)};
  return store;
}

/// Orders at random, the same for the same key.
inline std::vector<OrderRow> random_orders(int64_t count, int64_t customers, int64_t products,
                                           int64_t days, uint64_t key) {
  Random random(key);
  std::vector<OrderRow> out;
  for (int64_t i = 0; i < count; ++i) {
    out.push_back({i + 1, static_cast<int64_t>(random.below(customers + 1)),
                   static_cast<int64_t>(random.below(products + 1)), random.uniform() * 10,
                   static_cast<int64_t>(random.below(days + 1)) - (i % 97 == 0)});
  }
  return out;
}

/// A shop ready for models: graph, encoders fitted on rows until `cut`, codes.
struct Shop {
  Schema schema = shop_schema();
  Graph graph;
  std::vector<TableEncoder> encoders;
  std::vector<TableCodes> codes;
  Task task;

  explicit Shop(ColumnStore store, int64_t cut_day = 50) {
    ThreadPool threads(1);
    graph = build_graph(schema, std::move(store), threads);
    for (size_t t = 0; t < schema.tables.size(); ++t) {
      const StoredTable& stored = graph.store.tables[t];
      schema.tables[t].rows = stored.rows;
      const auto end =
          std::upper_bound(stored.time.begin(), stored.time.end(), cut_day * kMicrosPerDay);
      std::vector<int64_t> rows(end - stored.time.begin());
      std::iota(rows.begin(), rows.end(), 0);
      encoders.push_back(TableEncoder::fit(schema.tables[t], stored.columns, {}, rows));
      codes.push_back(encoders.back().encode(schema.tables[t], stored.columns));
    }
  }
  ModelContext context(TaskType type = TaskType::regression, uint64_t seed = 7) const {
    ModelContext context{graph, codes, 0, type, 10 * kMicrosPerDay, 1, seed};
    context.schema = &schema;
    context.task = &task;
    context.last_training_time = 50 * kMicrosPerDay;
    return context;
  }
};

/// Fits an estimator as the engine does; validation is judged by the mean absolute error.
inline void fit_estimator(Estimator& model, const SeedTable& train, const SeedTable& val = {},
                          const History& history = {}, int64_t staleness = 0) {
  ThreadPool threads(2);
  const Judge judge{"mae", false, [&val](const std::vector<double>& prediction) {
                      double error = 0;
                      for (size_t i = 0; i < val.label.size(); ++i)
                        error += std::abs(prediction[i] - val.label[i]);
                      return error;
                    }};
  model.fit({train, val, history, judge, staleness, threads, {}});
}
inline std::vector<double> predict_with(const Estimator& model, std::span<const Seed> seeds,
                                        const History& history = {}) {
  ThreadPool threads(2);
  return model.predict(seeds, history, threads);
}

inline Seed seed_at(int64_t row, int64_t day) {
  return {row, day * kMicrosPerDay, day * kMicrosPerDay, true};
}

}  // namespace cenote::toy
