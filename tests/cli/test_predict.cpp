// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "cenote/error.h"
#include "cli/detail/entity_file.h"
#include "database/parquet_file.h"
#include "program.h"

namespace cenote {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream stream(line);
  for (std::string field; std::getline(stream, field, ',');) fields.push_back(field);
  return fields;
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  return names;
}

TEST(Predict, EveryEntityAtTheLatestTimeInKeyOrder) {
  const Outcome outcome = run_cenote({"predict", trained_run().path});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto lines = lines_of(outcome.out);
  ASSERT_EQ(lines.size(), 858u);  // 857 drivers and the head
  EXPECT_EQ(lines[0], "driverId,date,prediction");
  int last = -1;
  for (size_t i = 1; i < lines.size(); ++i) {
    const auto fields = fields_of(lines[i]);
    ASSERT_EQ(fields.size(), 3u) << lines[i];
    EXPECT_LT(last, std::stoi(fields[0]));
    last = std::stoi(fields[0]);
    EXPECT_EQ(fields[1], fields_of(lines[1])[1]);
    EXPECT_GE(std::stod(fields[2]), 0);
    EXPECT_LE(std::stod(fields[2]), 1);
  }
  EXPECT_NE(outcome.err.find("driver-top3 by sage, rolling: 857 predictions"), std::string::npos)
      << outcome.err;
}

TEST(Predict, NamedEntitiesGiveTheSameNumbersAsAll) {
  const TemporaryFolder folder;
  const fs::path plain = folder.path() / "keys.txt", table = folder.path() / "keys.csv";
  write_file_atomically(plain, "20\r\n1\n\n");
  write_file_atomically(table, "name,driverId\n\"Vettel, Sebastian\",20\nHamilton,1\n");
  const std::vector<std::string> words{"predict", trained_run().path, "--at", "2009-06-01",
                                       "--quiet"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), words.begin(), words.end());
    return run_cenote(more);
  };
  const Outcome one = with({"--entities", plain.string()}),
                two = with({"--entities", table.string()}), all = with({});
  ASSERT_EQ(one.code, 0) << one.err;
  const auto lines = lines_of(one.out);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[1].rfind("1,2009-06-01,", 0), 0u) << lines[1];
  EXPECT_EQ(lines[2].rfind("20,2009-06-01,", 0), 0u) << lines[2];
  EXPECT_EQ(two.out, one.out);
  EXPECT_NE(all.out.find("\n" + lines[1] + "\n"), std::string::npos);
  EXPECT_NE(all.out.find("\n" + lines[2] + "\n"), std::string::npos);

  write_file_atomically(plain, "1\nnobody\n");
  expect_refused(with({"--entities", plain.string()}), 1, {"driverId", "'nobody'"});
  write_file_atomically(plain, "\n");
  expect_refused(with({"--entities", plain.string()}), 1, {"holds no key"});
}

TEST(Predict, TopKeepsTheLargestFirst) {
  const Outcome outcome =
      run_cenote({"predict", trained_run().path, "--top", "5", "--json", "--at", "2009-06-01"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto json = outcome.json();
  EXPECT_EQ(json.at("rows"), 5);
  EXPECT_EQ(json.at("protocol"), "rolling");
  EXPECT_EQ(json.at("entity_column"), "driverId");
  double last = 2;
  for (const auto& row : json.at("predictions")) {
    EXPECT_TRUE(row.at("entity").is_number_integer());
    EXPECT_EQ(row.at("time"), "2009-06-01");
    EXPECT_LE(row.at("prediction").get<double>(), last);
    last = row.at("prediction").get<double>();
  }
}

TEST(Predict, ParquetHoldsWhatCsvHolds) {
  const TemporaryFolder folder;
  const fs::path csv = folder.path() / "p.csv", parquet = folder.path() / "p.parquet";
  const std::vector<std::string> words{"predict", trained_run().path, "--split", "val", "--out"};
  for (const fs::path& out : {csv, parquet}) {
    auto more = words;
    more.insert(more.end(), {out.string(), "--json"});
    const Outcome outcome = run_cenote(more);
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.json().at("out"), out.string());
    EXPECT_EQ(outcome.json().at("split"), "val");
    EXPECT_FALSE(outcome.json().contains("predictions"));
  }
  const QueryResult table = read_parquet_file(parquet, {"driverId", "date", "prediction"});
  const auto lines = lines_of(read_file(csv));
  ASSERT_EQ(static_cast<size_t>(table.rows) + 1, lines.size());
  for (int64_t row = 0; row < table.rows; ++row) {
    const auto fields = fields_of(lines[static_cast<size_t>(row) + 1]);
    EXPECT_EQ(value_text(table.columns[0], row), fields[0]);
    EXPECT_EQ(value_text(table.columns[1], row), fields[1]);
    EXPECT_EQ(table.columns[2].number(row), std::stod(fields[2]));  // to the last bit
  }
  auto names = names_in(folder.path());
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"p.csv", "p.parquet"}));  // no temporary file remains
}

TEST(Predict, RelbenchFileIsCalledAndFilledAsItsLeaderboardWants) {
  const TemporaryFolder folder;
  const Outcome rolling = run_cenote(
      {"predict", trained_run().path, "--format", "relbench", "--out", folder.path().string()});
  ASSERT_EQ(rolling.code, 0) << rolling.err;
  EXPECT_NE(rolling.err.find("--protocol frozen"), std::string::npos) << rolling.err;
  EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"rel-f1__driver-top3.csv"});
  const Outcome frozen =
      run_cenote({"predict", trained_run().path, "--format", "relbench", "--protocol", "frozen",
                  "--split", "test", "--out", folder.path().string()});
  ASSERT_EQ(frozen.code, 0) << frozen.err;
  EXPECT_EQ(frozen.err.find("warning: these predictions"), std::string::npos) << frozen.err;
  const auto lines = lines_of(read_file(folder.path() / "rel-f1__driver-top3.csv"));
  EXPECT_EQ(lines.size(), 727u);
  EXPECT_EQ(lines[0], "driverId,date,qualifying");
}

TEST(Predict, OfLinksARowIsAnItem) {
  const TemporaryFolder folder;
  const std::string run = (folder.path() / "run").string();
  const fs::path keys = folder.path() / "keys.txt";
  const Outcome fit = run_cenote({"fit", f1(), "--task", "driver-circuit-compete", "--model",
                                  "popularity", "--out", run, "--quiet"});
  ASSERT_EQ(fit.code, 0) << fit.err;
  write_file_atomically(keys, "20\n1\n");
  std::vector<std::string> words{"predict",     run,     "--at", "2010-01-01", "--entities",
                                 keys.string(), "--top", "2",    "--quiet"};
  const auto lines = lines_of(run_cenote(words).out);
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[0], "driverId,date,rank,circuitId,score");
  EXPECT_EQ(lines[1].rfind("1,2010-01-01,1,", 0), 0u) << lines[1];
  EXPECT_EQ(lines[4].rfind("20,2010-01-01,2,", 0), 0u) << lines[4];
  words.push_back("--json");
  const auto json = run_cenote(words).json();
  EXPECT_EQ(json.at("task_type"), "link_prediction");
  const auto& first = json.at("predictions").at(0);
  EXPECT_EQ(first.at("entity"), 1);
  EXPECT_EQ(first.at("rank"), 1);
  EXPECT_TRUE(first.at("item").is_number_integer());
  EXPECT_TRUE(first.at("score").is_number());
  const Outcome board =
      run_cenote({"predict", run, "--format", "relbench", "--out", folder.path().string()});
  ASSERT_EQ(board.code, 0) << board.err;
  const auto rows = lines_of(read_file(folder.path() / "rel-f1__driver-circuit-compete.csv"));
  ASSERT_EQ(rows.size(), 28u);
  EXPECT_EQ(rows[0], "driverId,date,circuitId");
  EXPECT_EQ(std::count(rows[1].begin(), rows[1].end(), ','), 2 + 9);
  EXPECT_NE(rows[1].find(",\"["), std::string::npos) << rows[1];
}

TEST(Predict, WritesNothingWhereItCannot) {
  const TemporaryFolder folder;
  const std::string run = trained_run().path;
  expect_refused(run_cenote({"predict", run, "--split", "val", "--out",
                             (folder.path() / "no" / "p.csv").string()}),
                 1, {"no/p.csv"});
  expect_refused(run_cenote({"predict", run, "--split", "val", "--out", folder.path().string()}), 1,
                 {"no regular file"});
  expect_refused(run_cenote({"predict", run, "--format", "parquet"}), 2, {"--out FILE"});
  expect_refused(run_cenote({"predict", run, "--at", "2009-06-01", "--split", "val"}), 2,
                 {"--split"});
  expect_refused(run_cenote({"predict", run, "--at", "yesterday"}), 2, {"yesterday"});
  expect_refused(run_cenote({"predict", run, "--format", "relbench", "--top", "3"}), 2, {"--top"});
  expect_refused(run_cenote({"predict", run, "--top", "0"}), 2, {"--top"});
  EXPECT_TRUE(names_in(folder.path()).empty());
}

TEST(Entities, AreLinesOrAColumn) {
  using Keys = std::vector<std::string>;
  EXPECT_EQ(parse_entities("a\nb, c\n", "id", "f"), (Keys{"a", "b, c"}));
  EXPECT_EQ(parse_entities("\xef\xbb\xbfid\r\n1\r\n\"2\"\r\n", "id", "f"), (Keys{"1", "2"}));
  EXPECT_EQ(parse_entities("n,id\n\"x \"\"y\"\", z\",\"a\nb\"\n", "id", "f"), (Keys{"a\nb"}));
  EXPECT_EQ(parse_entities("5\" disk\n", "id", "f"), (Keys{"5\" disk"}));
  EXPECT_THROW(parse_entities("id,n\n1\n", "id", "f"), Error);
  EXPECT_THROW(parse_entities("id\n\"1\n", "id", "f"), Error);
  EXPECT_THROW(parse_entities("", "id", "f"), Error);
}

}  // namespace
}  // namespace cenote
