// SPDX-License-Identifier: Apache-2.0
// Runs cases/*.txt: statements over shop_schema(), and what is understood of them or why they are refused.
//
//   # a comment; empty lines end a case
//   PREDICT COUNT(orders.*, 0, 30, days) > 0       the statement, of one line or several
//     FOR EACH customers.id
//   = binary                                       the kind, or
//   = binary | whether the number of ...           the kind and the first sentence
//   + only where | customers.age is more than 30   another sentence
//   ! no table 'custmers'; did you mean ...        or the message, pointing at what stands between « and »
//   !unsupported ...                               with another code than bad_input
//
// {1:a|b} makes a case of each alternative; groups of the same number vary together, others on their own.
// `& X text` puts a text in the place of X in the expected sentences.
//
// In messages $TABLES and $COLUMNS(table) stand for the lists of names.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/check.h"
#include "test_paths.h"
#include "testing.h"

namespace cenote {
namespace {

namespace fs = std::filesystem;

struct Case {
  std::string file, statement, kind, predict, code = "bad_input", message;
  int64_t line = 0;
  std::vector<std::pair<std::string, std::string>> words, short_words;
};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

std::string with_lists(std::string text, const Schema& schema) {
  replace_all(text, "$TABLES", join_names(schema.table_names()));
  for (const Table& table : schema.tables) {
    std::vector<std::string> names;
    for (const Column& column : table.columns) names.push_back(column.name);
    replace_all(text, "$COLUMNS(" + table.name + ")", join_names(names));
  }
  return text;
}

/// Every text of a case, in one: alternatives in them belong together.
constexpr char kBetween = '\x1f';

std::string packed(const Case& one) {
  std::string out =
      one.statement + kBetween + one.kind + kBetween + one.predict + kBetween + one.message;
  for (const auto& [name, text] : one.words) out += kBetween + name + kBetween + text;
  for (const auto& [name, text] : one.short_words) out += kBetween + name + kBetween + text;
  return out;
}

Case unpacked(const std::string& text, Case one) {
  std::vector<std::string> parts{""};
  for (const char c : text) {
    if (c == kBetween) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  one.statement = parts[0];
  one.kind = parts[1];
  one.predict = parts[2];
  one.message = parts[3];
  size_t at = 4;
  for (auto* list : {&one.words, &one.short_words}) {
    for (auto& pair : *list) {
      pair = {parts[at], parts[at + 1]};
      at += 2;
    }
  }
  for (const auto& [word, said] : one.short_words) {
    replace_all(one.predict, word, said);
    for (auto& sentence : one.words) replace_all(sentence.second, word, said);
  }
  return one;
}

/// All alternatives of the first group that is left, and of these the others.
void expand(const Case& one, const std::string& text, std::vector<Case>& out) {
  size_t at = 0;
  while ((at = text.find('{', at)) != std::string::npos &&
         (at + 2 >= text.size() || text[at + 2] != ':'))
    ++at;
  if (at == std::string::npos) {
    out.push_back(unpacked(text, one));
    return;
  }
  const std::string head = text.substr(at, 3);
  for (size_t alternative = 0;; ++alternative) {
    std::string chosen;
    bool left = true;
    for (size_t i = 0; i < text.size() && left;) {
      if (text.compare(i, head.size(), head) != 0) {
        chosen += text[i++];
        continue;
      }
      const size_t end = text.find('}', i);
      std::vector<std::string> parts{""};
      for (size_t c = i + head.size(); c < end; ++c) {
        if (text[c] == '|') {
          parts.emplace_back();
        } else {
          parts.back() += text[c];
        }
      }
      left = alternative < parts.size();
      if (left) chosen += parts[alternative];
      i = end + 1;
    }
    if (!left) return;
    expand(one, chosen, out);
  }
}

std::vector<Case> read_cases(const fs::path& path) {
  std::ifstream in(path);
  std::vector<Case> out;
  Case one;
  int64_t number = 0;
  const auto flush = [&] {
    if (!one.statement.empty()) expand(one, packed(one), out);
    one = {};
  };
  for (std::string line; std::getline(in, line);) {
    ++number;
    const bool answer = one.kind.empty() && one.message.empty()
                            ? line.starts_with("= ") || line.starts_with("!")
                            : line.starts_with("+ ") || line.starts_with("& ");
    if (line.empty()) {
      flush();
    } else if (one.statement.empty() && line.starts_with("# ")) {
      continue;
    } else if (!answer) {
      if (one.statement.empty()) {
        one.file = path.filename().string();
        one.line = number;
      }
      one.statement += (one.statement.empty() ? "" : "\n") + line;
    } else if (line[0] == '!') {
      const size_t space = line.find(' ');
      if (space > 1) one.code = line.substr(1, space - 1);
      one.message = line.substr(space + 1);
    } else if (line[0] == '&') {
      const size_t space = line.find(' ', 2);
      const std::string word = line.substr(2, space - 2), text = line.substr(space + 1);
      one.short_words.emplace_back(word, text);
    } else {
      const size_t bar = line.find(" | ");
      const std::string head = line.substr(2, bar == std::string::npos ? bar : bar - 2);
      const std::string tail = bar == std::string::npos ? "" : line.substr(bar + 3);
      if (line[0] == '+') {
        one.words.emplace_back(head, tail);
      } else {
        one.kind = head;
        one.predict = tail;
      }
    }
  }
  flush();
  return out;
}

/// Characters of a UTF-8 text.
int64_t length(const std::string& text) {
  int64_t out = 0;
  for (const char c : text) out += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return out;
}

/// The whole message, from the marks in the statement; takes the marks away. Lines of cases are short, so that
/// nothing is left out of them.
std::string expected_error(std::string& statement, const std::string& message) {
  const std::string open = "«", close = "»";
  const size_t begin = statement.find(open);
  statement.erase(begin, open.size());
  const size_t end = statement.find(close);
  statement.erase(end, close.size());
  const std::string before = statement.substr(0, begin);
  const size_t newline = before.rfind('\n');
  const std::string left = newline == std::string::npos ? before : before.substr(newline + 1);
  const size_t line_begin = begin - left.size();
  const std::string line =
      statement.substr(line_begin, statement.find('\n', line_begin) - line_begin);
  std::string marked = statement.substr(begin, end - begin);
  marked = marked.substr(0, marked.find('\n'));
  return message.empty()
             ? ""
             : "line " + std::to_string(std::count(before.begin(), before.end(), '\n') + 1) +
                   ", column " + std::to_string(length(left) + 1) + ": " + message + "\n  " + line +
                   "\n  " + std::string(length(left), ' ') +
                   std::string(std::max<int64_t>(1, length(marked)), '^');
}

void run_case(Case one, const Schema& schema) {
  SCOPED_TRACE(one.file + ":" + std::to_string(one.line) + "\n" + one.statement);
  if (!one.message.empty()) {
    ASSERT_NE(one.statement.find("«"), std::string::npos);
    const std::string expected =
        one.code + ": " + expected_error(one.statement, with_lists(one.message, schema));
    EXPECT_EQ(error_of([&] { read_question(one.statement, schema); }), expected);
    return;
  }
  ASSERT_FALSE(one.kind.empty()) << "a case says what comes out";
  Question question;
  ASSERT_EQ(error_of([&] { question = read_question(one.statement, schema); }), "");
  EXPECT_EQ(to_string(question.kind), one.kind);
  if (!one.predict.empty()) {
    EXPECT_EQ(question.words.front().second, one.predict);
  }
  for (const auto& [name, text] : one.words) {
    std::string found = "(no such sentence)";
    for (const auto& [head, said] : question.words) {
      if (head == name) found = said;
    }
    EXPECT_EQ(found, text);
  }
}

TEST(Cases, AreUnderstoodOrRefusedAsTheySay) {
  const Schema schema = shop_schema();
  std::vector<fs::path> files;
  for (const auto& entry :
       fs::directory_iterator(std::string(CENOTE_SOURCE_DIR) + "/tests/query/cases")) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  int64_t valid = 0, refused = 0;
  for (const fs::path& file : files) {
    for (const Case& one : read_cases(file)) {
      (one.message.empty() ? valid : refused)++;
      run_case(one, schema);
    }
  }
  RecordProperty("valid", std::to_string(valid));
  RecordProperty("refused", std::to_string(refused));
  EXPECT_GE(valid + refused, 1000);
  EXPECT_GE(refused, 300);
}

}  // namespace
}  // namespace cenote
