// SPDX-License-Identifier: Apache-2.0
#include "query/lexer.h"

#include <algorithm>
#include <array>

namespace cenote::query {
namespace {

constexpr size_t kMostBytes = 1 << 16;
constexpr size_t kShownLetters = 40;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/// Bytes of the UTF-8 character at `at`, 0 where there is none.
size_t character_size(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const size_t size = first < 0x80   ? 1
                      : first < 0xC2 ? 0
                      : first < 0xE0 ? 2
                      : first < 0xF0 ? 3
                      : first < 0xF5 ? 4
                                     : 0;
  if (size == 0 || at + size > text.size()) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  }
  if (size == 3 && first == 0xE0 && byte(at + 1) < 0xA0) return 0;
  if (size == 3 && first == 0xED && byte(at + 1) > 0x9F) return 0;  // half of a surrogate pair
  if (size == 4 && first == 0xF0 && byte(at + 1) < 0x90) return 0;
  if (size == 4 && first == 0xF4 && byte(at + 1) > 0x8F) return 0;
  return size;
}

/// Characters that editors and web pages put in unasked, and what was meant.
struct Lookalike {
  std::string_view found, meant;
};
constexpr std::array<Lookalike, 11> kLookalikes{{{"\u2018", "'"},
                                                 {"\u2019", "'"},
                                                 {"\u201C", "\""},
                                                 {"\u201D", "\""},
                                                 {"\u2264", "<="},
                                                 {"\u2265", ">="},
                                                 {"\u2260", "!="},
                                                 {"\u2013", "-"},
                                                 {"\u2212", "-"},
                                                 {"\u00D7", "*"},
                                                 {"\uFF0C", ","}}};
constexpr std::array<std::string_view, 6> kSpaces{"\u00A0", "\u2007", "\u2009",
                                                  "\u202F", "\u3000", "\uFEFF"};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    if (text_.size() > kMostBytes) {
      throw Error(ErrorCode::bad_input,
                  fmt::format("a question may have at most {} bytes, this one has {}", kMostBytes,
                              text_.size()));
    }
    check_encoding();
    std::vector<Token> tokens;
    do {
      skip_blanks();
      tokens.push_back(next());
    } while (tokens.back().kind != TokenKind::end);
    return tokens;
  }

 private:
  void check_encoding() {
    for (size_t at = 0; at < text_.size();) {
      const size_t size = character_size(text_, at);
      if (size == 0) {
        throw Error(ErrorCode::bad_input,
                    fmt::format("byte {} of the question is no UTF-8 (0x{:02x})", at + 1,
                                static_cast<unsigned char>(text_[at])));
      }
      if (text_[at] == '\0')
        refuse_at(text_, span(at, 1), "a zero byte cannot stand in a question");
      at += size;
    }
  }

  bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  static Span span(size_t begin, size_t size) {
    return {static_cast<int64_t>(begin), static_cast<int64_t>(begin + size)};
  }

  void skip_blanks() {
    while (at_ < text_.size()) {
      const auto wide =
          std::find_if(kSpaces.begin(), kSpaces.end(), [&](auto s) { return starts(s); });
      if (is_space(text_[at_])) {
        ++at_;
      } else if (wide != kSpaces.end()) {
        at_ += wide->size();
      } else if (text_[at_] == '#' || starts("--")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return;
      }
    }
  }

  Token take(TokenKind kind, size_t size) {
    Token token{kind, std::string(text_.substr(at_, size)), span(at_, size)};
    at_ += size;
    return token;
  }

  Token next() {
    if (at_ >= text_.size()) return {TokenKind::end, "", span(text_.size(), 0)};
    const char c = text_[at_];
    for (const Lookalike& one : kLookalikes) {
      if (starts(one.found)) {
        refuse_at(text_, span(at_, one.found.size()), "'{}' means nothing here; write {}",
                  one.found, one.meant);
      }
    }
    if (is_digit(c)) return number();
    if (is_letter(c)) return name();
    if (c == '\'') return quoted(TokenKind::text, "text");
    if (c == '"') return quoted(TokenKind::quoted_name, "name");
    for (const std::string_view symbol : {"<=", ">=", "!=", "<>", "=="}) {
      if (!starts(symbol)) continue;
      if (symbol == "==") refuse_at(text_, span(at_, 2), "'==' means nothing here; write =");
      return take(TokenKind::symbol, 2);
    }
    if (std::string_view("()*.,;=<>+-/").find(c) != std::string_view::npos)
      return take(TokenKind::symbol, 1);
    if (c == '`') refuse_at(text_, span(at_, 1), "names are quoted as \"name\", not with `");
    const std::string_view shown = text_.substr(at_, 1);
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      refuse_at(text_, span(at_, 1), "a control character (0x{:02x}) cannot stand here",
                static_cast<unsigned char>(c));
    }
    refuse_at(text_, span(at_, 1), "'{}' means nothing here", shown);
  }

  bool is_wide_space(size_t at) const {
    return std::any_of(kSpaces.begin(), kSpaces.end(),
                       [&](auto s) { return text_.substr(at).starts_with(s); });
  }

  Token name() {
    size_t end = at_;
    while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end])) &&
           !is_wide_space(end))
      ++end;
    return take(TokenKind::name, end - at_);
  }

  Token number() {
    size_t end = at_;
    const auto digits = [&] {
      while (end < text_.size() && is_digit(text_[end])) ++end;
    };
    const auto digit_at = [&](size_t at) { return at < text_.size() && is_digit(text_[at]); };
    digits();
    if (end < text_.size() && text_[end] == '.' && digit_at(end + 1)) {
      ++end;
      digits();
    }
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
      const bool sign = end + 1 < text_.size() && (text_[end + 1] == '-' || text_[end + 1] == '+');
      if (digit_at(end + (sign ? 2 : 1))) {
        end += sign ? 2 : 1;
        digits();
      }
    }
    if (end < text_.size() && is_letter(text_[end])) {
      size_t word = end;
      while (word < text_.size() && (is_letter(text_[word]) || is_digit(text_[word]))) ++word;
      refuse_at(text_, span(at_, word - at_),
                "'{}' is neither a number nor a name; a name that begins with a digit stands in "
                "double quotes",
                text_.substr(at_, word - at_));
    }
    return take(TokenKind::number, end - at_);
  }

  Token quoted(TokenKind kind, std::string_view what) {
    const size_t begin = at_;
    const char quote = text_[at_++];
    std::string value;
    for (;; ++at_) {
      if (at_ >= text_.size()) {
        refuse_at(text_, span(begin, 1), "the {} that begins here is not closed: a {} is missing",
                  what, quote);
      }
      if (text_[at_] == quote) {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != quote) break;
        ++at_;
      }
      value += text_[at_];
    }
    ++at_;
    if (kind == TokenKind::quoted_name && value.empty())
      refuse_at(text_, span(begin, 2), "a name between quotes cannot be empty");
    return {kind, std::move(value), span(begin, at_ - begin)};
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::string capitals(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

bool Token::is_keyword(std::string_view keyword) const {
  return kind == TokenKind::name && text.size() == keyword.size() && capitals(text) == keyword;
}

std::string Token::shown() const {
  if (kind == TokenKind::end) return "the end of the question";
  std::string shortened = text.substr(0, kShownLetters);
  if (shortened.size() < text.size()) {
    while (!shortened.empty() &&
           (static_cast<unsigned char>(text[shortened.size()]) & 0xC0) == 0x80)
      shortened.pop_back();
    shortened += "...";
  }
  if (kind == TokenKind::quoted_name) return fmt::format("\"{}\"", shortened);
  return fmt::format("'{}'", shortened);
}

std::vector<Token> read_tokens(std::string_view text) { return Lexer(text).run(); }

}  // namespace cenote::query
