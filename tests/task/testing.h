// SPDX-License-Identifier: Apache-2.0
// What the tests of this folder share: the f1 example, and a shop that a test writes for itself.
#pragma once

#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "base/files.h"
#include "task/task.h"
#include "test_paths.h"
#include "support/error_of.h"

namespace cenote {

/// Keeps what the library warns of.
struct Warnings {
  std::vector<std::pair<std::string, std::string>> seen;

  Hooks hooks() {
    Hooks hooks;
    hooks.warning = [this](const std::string& code, const std::string& text) {
      seen.emplace_back(code, text);
    };
    return hooks;
  }
  /// The message of a code, "" if it was not given.
  std::string of(const std::string& code) const {
    for (const auto& [known, text] : seen) {
      if (known == code) return text;
    }
    return "";
  }
};

inline Snapshot open_source_at(const std::string& path) {
  SourceOptions options;
  options.source = path;
  return Snapshot::open(options, {});
}

inline Snapshot open_f1() {
  return open_source_at(std::string(CENOTE_SOURCE_DIR) + "/examples/f1");
}

inline Labels f1_labels(const Snapshot& f1, const std::string& task) {
  return make_labels(load_task(task, f1), f1, {});
}

/// A shop in a temporary folder: customers, their orders (one a month in 2020, amount = month), and the
/// tasks that a test adds. Validation starts in September, test in November.
class Shop {
 public:
  Shop() {
    write("manifest.yaml",
          "name: shop\nval_timestamp: 2020-09-01\ntest_timestamp: 2020-11-01\ntables:\n"
          "  customers: {pkey: id, time_col: null, fkeys: {}}\n"
          "  orders: {pkey: order_id, time_col: at, fkeys: {customer: customers}}\n");
    write("db/customers.csv", "id,name\n1,ann\n2,bob\n3,cid\n");
    std::string orders = "order_id,customer,at,amount,kind\n";
    for (int month = 1; month <= 12; ++month) {
      for (int customer = 1; customer <= 2; ++customer) {
        orders += std::to_string(month * 10 + customer) + "," + std::to_string(customer) +
                  ",2020-" + (month < 10 ? "0" : "") + std::to_string(month) + "-15 12:00:00," +
                  std::to_string(month) + (customer == 1 ? ",new" : ",old") + "\n";
      }
    }
    write("db/orders.csv", orders);
  }

  std::string path() const { return folder_.path().string(); }
  Snapshot open() const { return open_source_at(path()); }

  void write(const std::string& file, const std::string& text) const {
    const auto at = folder_.path() / file;
    std::filesystem::create_directories(at.parent_path());
    std::ofstream(at) << text;
  }

  /// Adds tasks/<name>/manifest.yaml.
  void add_task(const std::string& name, const std::string& text) const {
    write("tasks/" + name + "/manifest.yaml", text);
  }

  /// Adds a forecast over customers with a window of 30 days.
  void add_forecast(const std::string& name, const std::string& type, const std::string& sql,
                    const std::string& more = "") const {
    add_task(name,
             "name: " + name + "\nkind: forecast\ntask_type: " + type +
                 "\nentity_table: customers\nentity_col: customer\ntarget_col: y\ntime_col: at\n"
                 "timedelta: 30 days\nnum_eval_timestamps: 2\n" +
                 more + "sql: |-\n  " + sql + "\n");
  }

  /// Makes the labels of a forecast that is written on the spot.
  Labels labels(const std::string& type, const std::string& sql, const Hooks& hooks = {}) const {
    add_forecast("spot", type, sql);
    const Snapshot shop = open();
    return make_labels(load_task("spot", shop), shop, hooks);
  }
  std::string refusal(const std::string& type, const std::string& sql) const {
    return error_of([&] { labels(type, sql); });
  }

 private:
  TemporaryFolder folder_{"cenote-shop"};
};

/// One label for each customer who orders within the window; `value` is SQL over the orders.
inline std::string per_customer(const std::string& value) {
  return "SELECT t.timestamp AS at, customer, " + value +
         " AS y FROM timestamps t JOIN orders o ON o.at > t.timestamp AND o.at <= t.timestamp + "
         "INTERVAL '{timedelta}' GROUP BY ALL";
}

}  // namespace cenote
