// SPDX-License-Identifier: Apache-2.0
// What `cenote inspect` prints of the bundled database; tests/cases/inspect/ runs the program itself.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "cenote/error.h"
#include "cenote/inspect.h"
#include "cli/cli.h"
#include "cli/detail/terminal.h"
#include "test_paths.h"

namespace cenote {
namespace {

using testing::HasSubstr;

std::string print(std::vector<std::string> words) {
  words.insert(words.begin(), std::string(CENOTE_SOURCE_DIR) + "/examples/f1");
  words.push_back("--quiet");
  testing::internal::CaptureStdout();
  const int code = cli_registry().at("inspect").run(words);
  const std::string out = testing::internal::GetCapturedStdout();
  EXPECT_EQ(code, 0);
  return out;
}

TEST(Inspect, FitsAnEightyColumnTerminal) {
  const std::string out = print({});
  EXPECT_THAT(out, HasSubstr("results  26,080 rows  key resultId"));
  EXPECT_THAT(out, HasSubstr("validation from 2005-01-01, test from 2010-01-01"));
  std::istringstream lines(out);
  bool in_tables = true;
  for (std::string line; std::getline(lines, line);) {
    // The path of the source is as long as it is.
    if (line.find("/examples/f1") == std::string::npos) {
      EXPECT_LE(display_width(line), 80) << line;
    }
    in_tables &= line != "links";
  }
  EXPECT_FALSE(in_tables);
}

TEST(Inspect, PrintsJsonForPrograms) {
  const auto found = nlohmann::json::parse(print({"--json"}));
  EXPECT_EQ(found["tables"].size(), 9u);
  EXPECT_EQ(found["links"].size(), 13u);
  for (const auto& table : found["tables"]) {
    for (const char* key : {"name", "rows", "primary_key", "time_column", "time_range", "columns"})
      EXPECT_TRUE(table.contains(key)) << key;
    for (const auto& column : table["columns"]) {
      for (const char* key : {"name", "type", "null_fraction", "source", "confidence", "reason"})
        EXPECT_TRUE(column.contains(key)) << key;
    }
  }
  const auto& link = found["links"][0];
  EXPECT_EQ(link["from"]["table"], "constructor_results");
  EXPECT_EQ(link["to"]["columns"][0], "constructorId");
  EXPECT_EQ(link["matched_fraction"], 1.0);
  EXPECT_EQ(link["source"], "manifest");
  EXPECT_TRUE(found["warnings"].is_array());
}

TEST(Inspect, AsALibraryCallGivesTheSameAndAManifest) {
  SourceOptions options;
  options.source = std::string(CENOTE_SOURCE_DIR) +
                   "/examples/f1/db";  // the files alone: everything is inferred
  const Inspection found = inspect(options);
  ASSERT_EQ(found.tables.size(), 9u);
  EXPECT_EQ(found.links.size(), 13u);  // all of them, and no other
  for (const InspectedTable& table : found.tables) {
    EXPECT_EQ(table.primary_key.size(), 1u) << table.name;
    const bool timed =
        table.name != "circuits" && table.name != "drivers" && table.name != "constructors";
    EXPECT_EQ(table.time_column, timed ? "date" : "") << table.name;
  }
  EXPECT_THAT(found.manifest, HasSubstr("      raceId: races  # the names fit"));
}

}  // namespace
}  // namespace cenote
