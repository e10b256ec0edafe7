// SPDX-License-Identifier: Apache-2.0
// Recursive descent over the words of a question: one function for each rule of the grammar (docs/predict.md).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query/lexer.h"
#include "query/syntax.h"

namespace cenote::query {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), tokens_(read_tokens(text)) {}
  Statement statement();

 private:
  // parser.cpp: clauses
  void answer(Statement& out);
  void entity(Statement& out);
  void end();
  int64_t count(std::string_view what);
  Name name(std::string_view what);

  // parser_condition.cpp: from OR, which binds least, down to a single value
  Node condition();
  Node conjunction();
  Node negation();
  Node comparison();
  Node compared(Node value);
  Node is_null(Node value);
  Node in_list(Node value, bool negated);
  Node match(Node value, const std::string& op, bool negated);
  Node sum();
  Node product();
  Node factor();
  Node primary();
  Node literal();

  // parser_aggregate.cpp
  Node aggregate();
  Window window();
  std::optional<int64_t> bound(bool first);
  Unit unit();

  const Token& peek(size_t ahead = 0) const;
  Token take();
  bool at_keyword(std::string_view keyword, size_t ahead = 0) const {
    return peek(ahead).is_keyword(keyword);
  }
  bool at_symbol(std::string_view symbol, size_t ahead = 0) const {
    return peek(ahead).is_symbol(symbol);
  }
  bool take_keyword(std::string_view keyword);
  bool take_symbol(std::string_view symbol);
  /// A word that begins a clause or joins conditions, and no name with a dot behind it.
  bool at_reserved() const;
  Span last() const { return last_; }
  /// "expected FOR EACH, got 'FORE'; did you mean 'FOR'?": `words` are the keywords among what was expected.
  [[noreturn]] void expected(std::string_view what,
                             const std::vector<std::string>& words = {}) const;

  /// Counts nesting; destroyed when the rule is done.
  struct Deeper {
    explicit Deeper(Parser& parser);
    ~Deeper() { --parser.depth_; }
    Parser& parser;
  };

  std::string_view text_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  Span last_;
  int64_t depth_ = 0;
};

}  // namespace cenote::query
