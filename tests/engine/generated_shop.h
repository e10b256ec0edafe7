// SPDX-License-Identifier: Apache-2.0
// A small database that opens in no time, and a task of each type over it.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/files.h"
#include "database/duckdb.h"

namespace cenote {

/// 60 customers, 40 days of orders; validation from day 24, test from day 32; tasks over the next 4 days.
class GeneratedShop {
 public:
  GeneratedShop() : duck_({}, {{"threads", "1"}}) {
    write_file_atomically(
        folder_.path() / "manifest.yaml",
        "name: generated\nval_timestamp: 2021-01-25\ntest_timestamp: 2021-02-02\ntables:\n"
        "  customers: {pkey: name, time_col: null, fkeys: {}}\n"
        "  orders: {pkey: id, time_col: placed, fkeys: {customer: customers}}\n");
    std::filesystem::create_directories(folder_.path() / "db");
    duck_.execute(
        "CREATE TABLE customers AS SELECT 'c' || i AS name, i % 3 AS kind FROM range(60) t(i)");
    duck_.execute(
        "CREATE TABLE orders AS SELECT i AS id, 'c' || hash(i) % 60 AS customer, TIMESTAMP "
        "'2021-01-01' + "
        "INTERVAL (hash(i, 1) % 960) HOUR AS placed, round((hash(i, 2) % 1000) / 10.0, 1) + 50 * "
        "(hash(i) % 3) AS amount, "
        "['red', 'green', 'blue'][CAST(1 + hash(i, 3) % 3 AS BIGINT)] AS colour FROM range(3000) "
        "t(i)");
    // A colour that nobody saw before the test time.
    duck_.execute(
        "UPDATE orders SET colour = 'ultraviolet' WHERE placed > TIMESTAMP '2021-02-03' AND id % 9 "
        "= 0");
    for (const char* table : {"customers", "orders"}) {
      duck_.execute(fmt::format("COPY {} TO '{}'", table,
                                (folder_.path() / "db" / table).string() + ".parquet"));
    }
  }

  void add_forecast(const std::string& type, const std::string& value) const {
    add(type,
        fmt::format(
            "name: {0}\nkind: forecast\ntask_type: {0}\nentity_table: customers\nentity_col: "
            "customer\n"
            "target_col: y\ntime_col: at\ntimedelta: 4 days\nnum_eval_timestamps: 2\nsql: |-\n"
            "  SELECT t.timestamp AS at, customer, {1} AS y FROM timestamps t JOIN orders o ON "
            "o.placed > "
            "t.timestamp AND o.placed <= t.timestamp + INTERVAL '{{timedelta}}' GROUP BY ALL\n",
            type, value));
  }

  /// External labels in files: which colours a customer orders in the next four days.
  void add_multilabel() const {
    const std::string type = "multilabel_classification";
    add(type, fmt::format("name: {0}\nkind: external\ntask_type: {0}\nentity_table: "
                          "customers\nentity_col: customer\n"
                          "target_col: y\ntime_col: at\ntimedelta: 4 days\n",
                          type));
    const std::pair<const char*, const char*> splits[] = {
        {"train", "range(TIMESTAMP '2021-01-05', TIMESTAMP '2021-01-22', INTERVAL 4 DAY)"},
        {"val", "range(TIMESTAMP '2021-01-25', TIMESTAMP '2021-01-30', INTERVAL 4 DAY)"},
        {"test", "range(TIMESTAMP '2021-02-02', TIMESTAMP '2021-02-04', INTERVAL 4 DAY)"}};
    for (const auto& [split, times] : splits) {
      duck_.execute(
          fmt::format("COPY (SELECT moment AS at, customer, [CAST(bool_or(colour = 'red') AS "
                      "INTEGER), CAST(bool_or(colour = 'green') AS INTEGER), "
                      "CAST(bool_or(colour = 'blue') AS INTEGER)] AS y FROM (SELECT unnest({}) AS "
                      "moment) t JOIN orders o ON o.placed > moment AND "
                      "o.placed <= moment + INTERVAL 4 DAY GROUP BY ALL) TO '{}'",
                      times, (folder_.path() / "tasks" / type / split).string() + ".parquet"));
    }
  }

  std::string path() const { return folder_.path().string(); }

 private:
  void add(const std::string& name, const std::string& manifest) const {
    std::filesystem::create_directories(folder_.path() / "tasks" / name);
    write_file_atomically(folder_.path() / "tasks" / name / "manifest.yaml", manifest);
  }

  TemporaryFolder folder_{"cenote-shop"};
  DuckDatabase duck_;
};

}  // namespace cenote
