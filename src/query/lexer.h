// SPDX-License-Identifier: Apache-2.0
// A question's text -> words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "query/source_text.h"

namespace cenote::query {

enum class TokenKind { name, quoted_name, number, text, symbol, end };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;  // quotes and doubled quotes inside are taken away
  Span place;

  bool is_symbol(std::string_view symbol) const {
    return kind == TokenKind::symbol && text == symbol;
  }
  /// A word that is not quoted, in any case; `keyword` in capitals.
  bool is_keyword(std::string_view keyword) const;
  /// "'FOR'", "the end of the question": what an error calls it.
  std::string shown() const;
};

/// A text in capitals; letters other than a-z stay.
std::string capitals(std::string_view text);

/// Splits a question; the last token is the end.
///
/// Names begin with a letter, _ or any character beyond ASCII and go on with these and digits; "any name"
/// in double quotes, 'a text' in single ones, each with its quote doubled inside; comments from # or -- to
/// the end of the line.
/// Errors    bad_input at the place: too long, not UTF-8, a quote that is not closed, a character that means
///           nothing here.
std::vector<Token> read_tokens(std::string_view text);

}  // namespace cenote::query
