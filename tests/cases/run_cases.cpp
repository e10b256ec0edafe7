// SPDX-License-Identifier: Apache-2.0
// Runs tests/cases/<topic>/*.case: what a user types, and what must come back.
//
// A case is a text file of lines `field: value`, then sections. Fields:
//   name:      one sentence, what is shown
//   run:       the words after `cenote`; '...' keeps spaces; {f1} is the bundled database
//   exit:      exit code (0)
//   stdout:    a regular expression that must be found; may be repeated, as the next three
//   stderr:    likewise
//   no-stdout: must not be found
//   no-stderr: likewise
//   leaves:    files that may be there afterwards that were not before; none without this field
// Sections, each up to the next line that begins with ---, make files in the folder that the case runs in:
//   --- file NAME      its content
//   --- sql            DuckDB statements, each ended by ; at the end of a line (COPY ... TO 'x.parquet')
//   --- duckdb NAME    likewise, in a DuckDB file of that name
//   --- sqlite NAME    a script for SQLite (made by python3; the case is skipped where that is missing)
// After the run every file must be as it was: nothing is written half, nothing beside.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <regex>
#include <sstream>

#include "base/files.h"
#include "cenote/error.h"
#include "database/duckdb.h"
#include "test_paths.h"

namespace cenote {
namespace {

namespace fs = std::filesystem;

struct Section {
  std::string kind, name, text;
};
struct Case {
  std::multimap<std::string, std::string> fields;
  std::vector<Section> sections;

  std::string field(const std::string& name, const std::string& otherwise = "") const {
    const auto found = fields.find(name);
    return found == fields.end() ? otherwise : found->second;
  }
};

Case read_case(const fs::path& path) {
  const std::vector<std::string> known{"name",   "run",       "exit",      "stdout",
                                       "stderr", "no-stdout", "no-stderr", "leaves"};
  std::istringstream in(read_file(path));
  Case out;
  std::string line;
  while (std::getline(in, line)) {
    if (line.starts_with("--- ")) {
      std::istringstream words(line.substr(4));
      Section section;
      words >> section.kind >> section.name;
      out.sections.push_back(section);
    } else if (!out.sections.empty()) {
      out.sections.back().text += line + "\n";
    } else if (!line.empty() && line[0] != '#') {
      const size_t colon = line.find(": ");
      const std::string field = line.substr(0, std::min(colon, line.size()));
      if (std::find(known.begin(), known.end(), field) == known.end())
        throw std::runtime_error("no field '" + field + "'");
      out.fields.emplace(field, line.substr(colon + 2));
    }
  }
  return out;
}

void run_sql(const fs::path& database, const std::string& text) {
  const DuckDatabase duck(database, {});
  std::string statement;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    statement += line + "\n";
    if (!line.ends_with(';')) continue;
    duck.execute(statement);
    statement.clear();
  }
}

/// False where the case needs a program that is not there.
bool make_section(const Section& section) {
  if (section.kind == "file") {
    const fs::path path(section.name);
    if (path.has_parent_path()) fs::create_directories(path.parent_path());
    write_file_atomically(path, section.text);
  } else if (section.kind == "sql" || section.kind == "duckdb") {
    run_sql(section.name, section.text);
  } else if (section.kind == "sqlite") {
    const TemporaryFolder folder;
    const fs::path script = folder.path() / "script.sql";
    write_file_atomically(script, section.text);
    return std::system(
               fmt::format("python3 -c 'import sqlite3, sys; "
                           "sqlite3.connect(sys.argv[1]).executescript(open(sys.argv[2]).read())' "
                           "'{}' '{}'",
                           section.name, script.string())
                   .c_str()) == 0;
  } else {
    throw std::runtime_error("no section '" + section.kind + "'");
  }
  return true;
}

std::map<std::string, std::string> folder_content() {
  std::map<std::string, std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(".")) {
    out[entry.path().lexically_normal().string()] =
        entry.is_regular_file() ? read_file(entry.path()) : "";
  }
  return out;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

void expect_found(const Case& c, const std::string& field, const std::string& text, bool wanted) {
  const auto [begin, end] = c.fields.equal_range(field);
  for (auto it = begin; it != end; ++it) {
    EXPECT_EQ(std::regex_search(text, std::regex(it->second)), wanted)
        << field << ": " << it->second << "\ngot:\n"
        << text;
  }
}

std::vector<std::string> find_cases() {
  std::vector<std::string> out;
  const fs::path root = fs::path(CENOTE_SOURCE_DIR) / "tests" / "cases";
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".case")
      out.push_back(fs::relative(entry.path(), root).string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

class Cases : public testing::TestWithParam<std::string> {};

TEST_P(Cases, Holds) {
  const Case c = read_case(fs::path(CENOTE_SOURCE_DIR) / "tests" / "cases" / GetParam());
  ASSERT_NE(c.field("name"), "");
  const TemporaryFolder folder("cenote-case"), output("cenote-case-output");
  const fs::path before_path = fs::current_path();
  fs::current_path(folder.path());
  for (const Section& section : c.sections) {
    if (!make_section(section)) {
      fs::current_path(before_path);
      GTEST_SKIP() << "needs python3 with its module sqlite3";
    }
  }
  const auto before = folder_content();
  const std::string out = (output.path() / "out").string(), err = (output.path() / "err").string();
  const std::string words =
      replaced(c.field("run"), "{f1}", std::string(CENOTE_SOURCE_DIR) + "/examples/f1");
  const int status = std::system(
      fmt::format("timeout 120 '{}' {} >'{}' 2>'{}' </dev/null", CENOTE_BINARY, words, out, err)
          .c_str());
  EXPECT_EQ(WEXITSTATUS(status), std::stoi(c.field("exit", "0")))
      << c.field("name") << "\n"
      << read_file(out) << read_file(err);
  const std::string shown = read_file(out), said = read_file(err);
  expect_found(c, "stdout", shown, true);
  expect_found(c, "stderr", said, true);
  expect_found(c, "no-stdout", shown, false);
  expect_found(c, "no-stderr", said, false);
  auto after = folder_content();
  std::istringstream leaves(c.field("leaves"));
  for (std::string name; leaves >> name;)
    EXPECT_EQ(after.erase(name), 1u) << name << " was not written";
  EXPECT_EQ(after, before) << c.field("name");
  fs::current_path(before_path);
}

INSTANTIATE_TEST_SUITE_P(All, Cases, testing::ValuesIn(find_cases()), [](const auto& info) {
  std::string name = info.param.substr(0, info.param.size() - 5);
  std::replace_if(
      name.begin(), name.end(),
      [](char ch) { return !std::isalnum(static_cast<unsigned char>(ch)); }, '_');
  return name;
});

}  // namespace
}  // namespace cenote
