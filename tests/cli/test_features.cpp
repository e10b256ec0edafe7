// SPDX-License-Identifier: Apache-2.0
#include "database/duckdb.h"
#include "program.h"

namespace cenote {
namespace {

/// A run of boosted trees.
const std::string& boosted_run() {
  static const TemporaryFolder folder;
  static const std::string run = [] {
    const std::string path = (folder.path() / "run").string();
    const Outcome fitted = run_cenote({"fit", f1(), "--task", "driver-top3", "--model", "boost",
                                       "--set", "candidates=600", "features=40", "rounds=20",
                                       "search=false", "bags=1", "--quiet", "--out", path});
    EXPECT_EQ(fitted.code, 0) << fitted.err;
    return path;
  }();
  return run;
}

TEST(Features, AreSentencesWithShares) {
  const Outcome outcome = run_cenote({"features", boosted_run()});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("results"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find(" %"), std::string::npos);
  expect_fits_terminal(outcome.out);
  const auto json = run_cenote({"features", boosted_run(), "--json"}).json();
  double sum = 0, before = 1;
  for (const auto& feature : json.at("features")) {
    const double share = feature.at("share").get<double>();
    EXPECT_LE(share, before);
    before = share;
    sum += share;
  }
  EXPECT_NEAR(sum, 1, 1e-9);
  EXPECT_GT(json.at("features").size(), 5u);
  const Outcome two = run_cenote({"features", boosted_run(), "--top", "2"});
  // A long sentence takes several lines.
  int64_t shares = 0;
  for (const std::string& line : lines_of(two.out))
    shares += line.find(" %  ") != std::string::npos;
  EXPECT_EQ(shares, 2) << two.out;
  EXPECT_NE(two.out.find("more; --top N"), std::string::npos);
}

TEST(Features, AsSqlAreAQueryThatRuns) {
  const Outcome outcome = run_cenote({"features", boosted_run(), "--sql"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const DuckDatabase duck({}, {{"threads", "1"}});
  for (const auto& file : std::filesystem::directory_iterator(f1() + "/db")) {
    duck.execute("CREATE TABLE " + file.path().stem().string() + " AS SELECT * FROM '" +
                 file.path().string() + "'");
  }
  duck.execute("CREATE TABLE made AS " + outcome.out);
  duck.execute(
      "CREATE TABLE counted AS SELECT CASE WHEN count(*) = count(DISTINCT entity) AND count(*) > "
      "800 "
      "THEN 1 ELSE error('rows are missing') END AS one FROM made");
}

TEST(Features, AsSqlMakeTheTablesThatTheSourceDoesNotHave) {
  // Lines have no time of their own, and buyers no table.
  const TemporaryFolder folder("cenote-features");
  const std::string file = (folder.path() / "shop.duckdb").string();
  {
    const DuckDatabase duck(file, {});
    duck.execute(
        "CREATE TABLE orders AS SELECT i AS order_id, hash(i) % 40 AS buyer_id, TIMESTAMP "
        "'2020-01-01' + to_hours(CAST(i AS INT)) AS ordered_at FROM range(4000) t(i)");
    duck.execute(
        "CREATE TABLE lines AS SELECT i // 2 AS order_id, hash(i, 1) % 50 AS amount FROM range(8000) "
        "t(i)");
  }
  const std::string run = (folder.path() / "run").string();
  const Outcome fitted = run_cenote(
      {"fit", file, "PREDICT SUM(lines.amount, 0, 10, days) FOR EACH orders.buyer_id", "--model",
       "boost", "--set", "candidates=200", "--set", "features=40", "--set", "search=false", "--set",
       "bags=1", "--threads", "2", "--out", run});
  ASSERT_EQ(fitted.code, 0) << fitted.err;
  const Outcome sql = run_cenote({"features", run, "--sql"});
  ASSERT_NE(sql.out.find("\"buyer\" AS (SELECT \"buyer_id\", min(t) AS \"first_seen\""),
            std::string::npos)
      << sql.out;
  ASSERT_NE(sql.out.find("p0.\"ordered_at\" AS \"ordered_at\""), std::string::npos) << sql.out;
  const DuckDatabase duck(file, {});
  EXPECT_EQ(duck.query("SELECT * FROM (" + sql.out.substr(0, sql.out.rfind(';')) + ")").rows, 40);
}

TEST(Features, ModelsThatChooseNoneSaySo) {
  const Outcome outcome = run_cenote({"features", trained_run().path});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.out.find("sage, chooses no features"), std::string::npos) << outcome.out;
  EXPECT_EQ(run_cenote({"features", trained_run().path, "--json"}).json().at("features").size(),
            0u);
  expect_refused(run_cenote({"features", "nowhere"}), 1, {"no run folder 'nowhere'"});
  expect_refused(run_cenote({"features"}), 2, {"RUN"});
  expect_refused(run_cenote({"features", "runs/a", "--top", "0"}), 2,
                 {"--top must be at least 1, got 0"});
}

}  // namespace
}  // namespace cenote
