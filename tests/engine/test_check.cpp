// SPDX-License-Identifier: Apache-2.0
// `check` finds each of eight planted leaks and is quiet where there is none.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <functional>

#include "base/files.h"
#include "cenote/check.h"
#include "database/duckdb.h"
#include "engine/f1_copies.h"

namespace cenote {
namespace {

using testing::Contains;
using testing::HasSubstr;

/// Customers who order more or less often, some of products that are older than any order; changed by SQL, then asked
/// whether a customer will order in the next 30 days.
class Shop {
 public:
  Shop() : duck_({}, {{"threads", "1"}}) {
    execute(
        "CREATE TABLE customers AS SELECT i AS id, 'name ' || i AS name, hash(i, 7) % 40 AS town, "
        "TIMESTAMP '2020-01-01' + INTERVAL (hash(i, 8) % 100) HOUR AS signup FROM range(240) t(i)");
    execute(
        "CREATE TABLE products AS SELECT i AS id, 5.0 + hash(i, 5) % 90 AS price, TIMESTAMP "
        "'2019-06-01' + INTERVAL (i) DAY AS added FROM range(60) t(i)");
    // Customer c orders with chance 1 / (20 + c % 7 * 40) a day.
    execute(
        "CREATE TABLE orders AS SELECT row_number() OVER (ORDER BY d, c) AS id, c AS customer, "
        "hash(c, d, 3) % 60 AS product, TIMESTAMP '2020-01-10' + INTERVAL (d) DAY + INTERVAL "
        "(hash(c, d) % 86000) SECOND AS placed, 10.0 + hash(c, d, 2) % 500 AS amount FROM "
        "range(240) t(c), range(400) u(d) WHERE hash(c, d, 1) % (20 + c % 7 * 40) = 0");
  }
  void execute(const std::string& sql) const { duck_.execute(sql); }
  void add_table(const std::string& entry) { more_ += entry; }

  CheckResult check(const std::string& question = "", const std::string& label_sql = "") const {
    write(label_sql);
    CheckOptions options;
    options.source.source = folder_.path().string();
    options.question = question;
    if (question.empty()) options.task = "orders";
    options.threads = 2;
    return cenote::check(options);
  }

  /// The codes that a fit warns with.
  std::vector<std::string> warnings_of_fit(const std::string& question) const {
    write("");
    FitOptions options;
    options.source.source = folder_.path().string();
    options.question = question;
    options.model = "constant";
    options.out = (folder_.path() / "run").string();
    std::vector<std::string> out;
    Hooks hooks;
    hooks.warning = [&](const std::string& code, const std::string&) { out.push_back(code); };
    fit(options, hooks);
    return out;
  }

 private:
  void write(const std::string& label_sql) const {
    const std::filesystem::path folder = folder_.path();
    std::filesystem::create_directories(folder / "db");
    std::filesystem::create_directories(folder / "tasks" / "orders");
    write_file_atomically(
        folder / "manifest.yaml",
        "name: shop\nval_timestamp: 2020-11-01\ntest_timestamp: 2021-01-01\ntables:\n"
        "  customers: {pkey: id, time_col: signup, fkeys: {}}\n"
        "  products: {pkey: id, time_col: added, fkeys: {}}\n"
        "  orders: {pkey: id, time_col: placed, fkeys: {customer: customers, product: "
        "products}}\n" +
            more_);
    write_file_atomically(
        folder / "tasks" / "orders" / "manifest.yaml",
        "name: orders\nkind: forecast\ntask_type: regression\nentity_table: customers\n"
        "entity_col: customer\ntarget_col: y\ntime_col: at\ntimedelta: 30 days\n"
        "num_eval_timestamps: 1\nsql: |-\n  " +
            label_sql + "\n");
    const QueryResult tables = duck_.query("SELECT table_name FROM duckdb_tables()");
    for (int64_t row = 0; row < tables.rows; ++row) {
      const std::string name(tables.columns[0].text(row));
      execute("COPY " + name + " TO '" + (folder / "db" / name).string() + ".parquet'");
    }
  }

  DuckDatabase duck_;
  TemporaryFolder folder_{"cenote-leaky"};
  std::string more_;
};

const char* const kQuestion = "PREDICT COUNT(orders.*, 0, 30, days) > 0 FOR EACH customers.id";
const char* const kActive =
    "SELECT t.timestamp AS at, c.id AS customer, count(o.id) AS y FROM timestamps t CROSS JOIN "
    "customers c LEFT JOIN orders o ON o.customer = c.id AND o.placed > t.timestamp {} AND "
    "o.placed <= "
    "t.timestamp {} GROUP BY ALL";

std::vector<std::string> codes(const CheckResult& result) {
  std::vector<std::string> out;
  for (const CheckFinding& one : result.findings) {
    if (one.level != kNote) out.push_back(one.code + " " + one.table + "." + one.column);
  }
  return out;
}

TEST(Check, IsQuietWhereNothingLeaks) {
  const CheckResult result = Shop().check(kQuestion);
  EXPECT_EQ(result.verdict, "clean") << testing::PrintToString(codes(result));
  EXPECT_EQ(result.times.size(), 2u);
  EXPECT_EQ(result.predictions, 480);
  EXPECT_EQ(result.compared, 3 * 480);
  EXPECT_GT(result.features_alone, 100);
}

TEST(Check, FindsACopyOfTheLabel) {
  Shop shop;
  shop.execute(
      "CREATE TABLE scores AS SELECT c.id || ' ' || t AS id, c.id AS customer, t AS scored, "
      " count(o.id) AS score FROM customers c CROSS JOIN range(TIMESTAMP '2020-01-05', TIMESTAMP "
      "'2021-01-05', INTERVAL 30 DAY) s(t) LEFT JOIN orders o ON o.customer = c.id AND o.placed > "
      "t AND o.placed <= t + INTERVAL 30 DAY GROUP BY ALL");
  shop.execute("UPDATE scores SET scored = scored - INTERVAL 2 DAY");
  shop.add_table("  scores: {pkey: id, time_col: scored, fkeys: {customer: customers}}\n");
  EXPECT_THAT(codes(shop.check(kQuestion)), Contains(HasSubstr("scores.score")));
}

TEST(Check, FindsAnAggregateOfTheFuture) {
  Shop shop;
  shop.execute(
      "CREATE OR REPLACE TABLE customers AS SELECT c.*, (SELECT sum(amount) FROM orders o WHERE "
      "o.customer = c.id) AS turnover FROM customers c");
  const CheckResult result = shop.check(kQuestion);
  EXPECT_EQ(result.verdict, "leak");
  EXPECT_THAT(codes(result), Contains("holds_the_future customers.turnover"));
}

TEST(Check, TotalsOfLinesAsOldAsTheirOrderAreNoFuture) {
  Shop shop;
  // Three lines each; the list price of a product is that of all its sales.
  shop.execute(
      "CREATE TABLE lines AS SELECT o.id AS order_id, o.product, 5.0 + hash(o.product) % 90 AS "
      "price, "
      "hash(o.id, n) % 9 AS pieces FROM orders o, range(3) l(n)");
  shop.execute(
      "CREATE OR REPLACE TABLE orders AS SELECT o.*, (SELECT sum(pieces) FROM lines l WHERE "
      "l.order_id = "
      "o.id) AS pieces FROM orders o");
  shop.execute(
      "CREATE OR REPLACE TABLE products AS SELECT p.*, 5.0 + hash(p.id) % 90 AS list_price FROM "
      "products p");
  shop.add_table(
      "  lines: {pkey: null, time_col: {through: order_id}, fkeys: {order_id: orders, product: "
      "products}}\n");
  const CheckResult result = shop.check(kQuestion);
  EXPECT_EQ(result.verdict, "clean") << testing::PrintToString(codes(result));
}

TEST(Check, EveryFitDoesTheCheapPart) {
  Shop shop;
  EXPECT_EQ(shop.warnings_of_fit(kQuestion), std::vector<std::string>{});
  shop.execute(
      "CREATE OR REPLACE TABLE customers AS SELECT c.*, (SELECT count(*) FROM orders o WHERE "
      "o.customer = c.id) AS number FROM customers c");
  EXPECT_THAT(shop.warnings_of_fit(kQuestion), Contains("holds_the_future"));
}

TEST(Check, FindsParentsThatAreNewerThanTheirChildren) {
  Shop shop;
  shop.execute("UPDATE products SET added = TIMESTAMP '2020-09-01' WHERE id % 3 = 0");
  const CheckResult result = shop.check(kQuestion);
  EXPECT_THAT(codes(result), Contains("newer_parent orders.product")) << result.sentence;
}

TEST(Check, FindsLabelsOfAWindowThatIsOver) {
  const auto label = [](const std::string& begin, const std::string& end) {
    return fmt::format(fmt::runtime(kActive), begin, end);
  };
  const CheckResult shifted = Shop().check("", label("- INTERVAL 30 DAY", ""));
  EXPECT_EQ(shifted.verdict, "leak");
  EXPECT_THAT(codes(shifted), Contains(HasSubstr("label_is_known orders.")));
  const CheckResult sound = Shop().check("", label("", "+ INTERVAL 30 DAY"));
  EXPECT_EQ(sound.verdict, "clean") << testing::PrintToString(codes(sound));
}

TEST(Check, FindsAStatusThatIsWrittenLater) {
  Shop shop;
  shop.execute(
      "CREATE OR REPLACE TABLE orders AS SELECT *, CASE WHEN id % 5 > 0 THEN placed + INTERVAL 9 "
      "DAY END AS shipped, CASE WHEN id % 5 > 0 THEN 'sent' ELSE 'open' END AS status FROM orders");
  const CheckResult result = shop.check(kQuestion);
  ASSERT_THAT(codes(result), Contains("filled_later orders.shipped"));
  EXPECT_THAT(result.findings.front().message, HasSubstr("'status' tells whether they were"));
}

TEST(Check, FindsARowFarInTheFuture) {
  Shop shop;
  shop.execute("UPDATE orders SET placed = TIMESTAMP '2099-12-31' WHERE id = 100");
  EXPECT_THAT(codes(shop.check(kQuestion)), Contains("far_future orders.placed"));
}

TEST(Check, FindsKeysThatTellTheOutcome) {
  Shop shop;
  // Those who order often were given the first numbers.
  shop.execute(
      "CREATE TABLE numbers AS SELECT id AS old, row_number() OVER (ORDER BY id % 7, id) AS "
      "number FROM customers");
  shop.execute("UPDATE customers SET id = (SELECT number FROM numbers WHERE old = id) + 1000");
  shop.execute(
      "UPDATE orders SET customer = (SELECT number FROM numbers WHERE old = customer) + 1000");
  shop.execute("DELETE FROM orders WHERE customer > 1070");
  shop.execute("DROP TABLE numbers");
  EXPECT_THAT(codes(shop.check(kQuestion)), Contains("key_tells_label customers.id"));
}

TEST(Check, FindsAnEntityThatIsThereTwice) {
  Shop same_key;
  same_key.execute(
      "INSERT INTO customers SELECT id, 'renamed', town, signup + INTERVAL 200 DAY FROM customers "
      "WHERE id = 17");
  EXPECT_THAT(codes(same_key.check(kQuestion)), Contains("duplicate_key customers."));
  Shop other_key;
  other_key.execute(
      "INSERT INTO customers SELECT id + 5000, name, town, signup + INTERVAL 200 DAY FROM "
      "customers "
      "WHERE id = 17");
  EXPECT_THAT(codes(other_key.check(kQuestion)), Contains("twins customers."));
}

TEST(Check, IsQuietOnFormula1) {
  for (const char* task : {"driver-top3", "qualifying-position"}) {
    CheckOptions options;
    options.source.source = f1_folder();
    options.task = task;
    const CheckResult result = check(options);
    EXPECT_EQ(result.verdict, "clean") << task << testing::PrintToString(codes(result));
  }
}

TEST(Check, PutsTheModelOfARunToTheProof) {
  const TemporaryFolder folder{"cenote-run"};
  fit_bytes(fit_options(f1_folder(), "driver-top3", "sage", folder.path() / "run"));
  CheckOptions options;
  options.source.source = f1_folder();
  options.task = "driver-top3";
  options.run = (folder.path() / "run").string();
  const CheckResult result = check(options);
  EXPECT_EQ(result.model, "sage");
  EXPECT_EQ(result.compared, 1800);
  EXPECT_EQ(result.verdict, "clean") << testing::PrintToString(codes(result));
  options.task = "driver-dnf";
  EXPECT_THAT(error_of([&] { check(options); }), HasSubstr("is of task 'driver-top3', not of "));
}

}  // namespace
}  // namespace cenote
