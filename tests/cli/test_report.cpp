// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "database/duckdb.h"
#include "program.h"
#include "report/well_formed.h"

namespace cenote {
namespace {

std::string fitted(const std::vector<std::string>& question, const std::filesystem::path& run) {
  std::vector<std::string> words{"fit"};
  words.insert(words.end(), question.begin(), question.end());
  words.insert(words.end(), {"--model", "boost", "--set", "candidates=300", "features=30",
                             "rounds=20", "search=false", "bags=1", "--quiet", "--out"});
  words.push_back(run.string());
  const Outcome outcome = run_cenote(words);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  return run.string();
}

TEST(Report, HoldsWhatAPersonAsks) {
  const TemporaryFolder folder;
  const std::string run = fitted({f1(), "--task", "driver-top3"}, folder.path() / "run");
  const Outcome outcome = run_cenote({"report", run});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, run + "/report.html\n");
  const std::string page = read_file(run + "/report.html");
  EXPECT_EQ(fault_of(page), "");
  const auto metric =
      run_cenote({"evaluate", run, "--json"}).json().at("metrics").at("auroc").at("value");
  EXPECT_NE(page.find(fmt::format("{:.4f}", metric.get<double>())), std::string::npos);
  for (const char* text :
       {"The question", "The database", "Labels", "entity_mean", "(ROC)",
        "precision against recall", "What it looks at", "What it rests on",
        "Six predictions explained", "<span class=\"verdict clean\">", "cenote fit "})
    EXPECT_NE(page.find(text), std::string::npos) << text;
  for (const auto& table : run_cenote({"inspect", f1(), "--json"}).json().at("tables"))
    EXPECT_NE(page.find("<td class=\"n\">" + table.at("rows").dump() + "</td>"), std::string::npos);
  EXPECT_EQ(page.find("http://"), std::string::npos);
  EXPECT_EQ(page.find("https://"), std::string::npos);
  EXPECT_EQ(page.find("<script"), std::string::npos);
}

TEST(Report, HostileNamesAreInert) {
  const TemporaryFolder folder;
  const DuckDatabase duck({}, {});
  duck.execute(
      "CREATE TABLE \"<script>alert(1)</script>\" AS SELECT i AS id, '\"><img src=x "
      "onerror=alert(2)>"
      "' || (i % 3) || repeat('y', 10000 * (i % 2)) AS \"</style><b>\" FROM range(60) t(i)");
  duck.execute(
      "CREATE TABLE events AS SELECT i AS id, hash(i) % 60 AS who, TIMESTAMP '2021-01-01' + "
      "INTERVAL "
      "(hash(i, 1) % 9000) HOUR AS at, hash(i, 2) % 9 AS amount FROM range(4000) t(i)");
  std::filesystem::create_directories(folder.path() / "db");
  duck.execute("COPY \"<script>alert(1)</script>\" TO '" +
               (folder.path() / "db/e.parquet").string() + "'");
  duck.execute("COPY events TO '" + (folder.path() / "db/events.parquet").string() + "'");
  // A file may not be called like that, a table of DuckDB may.
  const std::string source = (folder.path() / "hostile.duckdb").string();
  duck.execute("ATTACH '" + source + "' AS other");
  duck.execute(
      "CREATE TABLE other.\"<script>alert(1)</script>\" AS FROM \"<script>alert(1)</script>\"");
  duck.execute("CREATE TABLE other.events AS FROM events");
  duck.execute("DETACH other");
  write_file_atomically(
      folder.path() / "manifest.yaml",
      "name: \"<script>alert(3)</script>\"\nval_timestamp: 2021-08-01\ntest_timestamp: 2021-10-01\n"
      "tables:\n  \"<script>alert(1)</script>\": {pkey: id, time_col: null, fkeys: {}}\n"
      "  events: {pkey: id, time_col: at, fkeys: {who: \"<script>alert(1)</script>\"}}\n");
  const std::string run =
      fitted({source, "--manifest", (folder.path() / "manifest.yaml").string(),
              "PREDICT SUM(events.amount, 0, 30, days) FOR EACH \"<script>alert(1)</script>\".id"},
             folder.path() / "run");
  const Outcome outcome = run_cenote({"report", run, "--quiet"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const std::string page = read_file(run + "/report.html");
  EXPECT_EQ(fault_of(page), "");
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_NE(page.find("&lt;script&gt;alert(1)"), std::string::npos);
  EXPECT_NE(page.find("meant to hold"), std::string::npos);  // a regression has intervals
  EXPECT_EQ(page.find(std::string(2000, 'y')), std::string::npos);
}

TEST(Report, Refuses) {
  EXPECT_EQ(run_cenote({"report"}).code, 2);
  const Outcome no_run = run_cenote({"report", "/nowhere"});
  EXPECT_EQ(no_run.code, 1);
  EXPECT_NE(no_run.err.find("no run folder '/nowhere'"), std::string::npos) << no_run.err;
}

}  // namespace
}  // namespace cenote
