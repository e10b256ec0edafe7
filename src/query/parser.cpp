// SPDX-License-Identifier: Apache-2.0
// The clauses of a question.
#include "query/parser.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/check.h"

namespace cenote::query {
namespace {

constexpr int64_t kMostDepth = 100;
constexpr int64_t kMostFrames = 10'000;
constexpr int64_t kMostRanked = 10'000;
constexpr size_t kMostParts = 16;

constexpr std::array<std::string_view, 7> kUnits{"seconds", "minutes", "hours", "days",
                                                 "weeks",   "months",  "years"};
constexpr std::array<std::string_view, 9> kFunctions{
    "SUM", "AVG", "MIN", "MAX", "COUNT", "COUNT_DISTINCT", "LIST_DISTINCT", "FIRST", "LAST"};

}  // namespace

std::string_view to_string(Unit unit) { return kUnits[static_cast<size_t>(unit)]; }
std::string_view to_string(Function function) { return kFunctions[static_cast<size_t>(function)]; }

Statement parse_question(std::string_view text) { return Parser(text).statement(); }

Parser::Deeper::Deeper(Parser& parser) : parser(parser) {
  if (++parser.depth_ > kMostDepth)
    refuse_at(parser.text_, parser.peek().place, "the question is nested more than {} deep",
              kMostDepth);
}

const Token& Parser::peek(size_t ahead) const {
  return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

Token Parser::take() {
  Token token = peek();
  if (at_ + 1 < tokens_.size()) ++at_;
  last_ = token.place;
  return token;
}

bool Parser::take_keyword(std::string_view keyword) {
  if (!at_keyword(keyword)) return false;
  take();
  return true;
}

bool Parser::take_symbol(std::string_view symbol) {
  if (!at_symbol(symbol)) return false;
  take();
  return true;
}

bool Parser::at_reserved() const {
  if (at_symbol(".", 1)) return false;  // a table of that name
  for (const std::string_view word :
       {"FOR", "EACH", "WHERE", "ASSUMING", "FORECAST", "TIMEFRAMES", "CLASSIFY", "RANK", "TOP",
        "AND", "OR", "NOT", "IS", "IN", "VIA", "PREDICT"}) {
    if (at_keyword(word)) return true;
  }
  return false;
}

void Parser::expected(std::string_view what, const std::vector<std::string>& words) const {
  const Token& token = peek();
  std::string hint;
  if (token.kind == TokenKind::name && !at_reserved()) {
    const auto near = nearest_names(capitals(token.text), words);
    if (!near.empty() && near.front() != capitals(token.text))
      hint = fmt::format("; did you mean {}?", near.front());
  }
  refuse_at(text_, token.place, "expected {}, got {}{}", what, token.shown(), hint);
}

Statement Parser::statement() {
  Statement out;
  if (peek().kind == TokenKind::end)
    refuse_at(text_, peek().place, "the question is empty; it begins with PREDICT");
  if (!take_keyword("PREDICT")) expected("PREDICT", {"PREDICT"});
  out.target = condition();
  answer(out);
  entity(out);
  if (take_keyword("WHERE")) out.where = condition();
  if (take_keyword("ASSUMING")) {
    out.assuming = condition();
    if (at_keyword("WHERE"))
      refuse_at(text_, peek().place, "WHERE stands before ASSUMING{}", out.where ? ", once" : "");
  }
  end();
  return out;
}

void Parser::answer(Statement& out) {
  out.answer = peek().place;
  const bool forecast = take_keyword("FORECAST");
  if (forecast) {
    out.frames = count("the number of timeframes");
    if (*out.frames > kMostFrames)
      refuse_at(text_, last(), "at most {} timeframes can be asked for, got {}", kMostFrames,
                *out.frames);
    if (!take_keyword("TIMEFRAMES") && !take_keyword("TIMEFRAME"))
      expected("TIMEFRAMES", {"TIMEFRAMES"});
  } else {
    out.classify = take_keyword("CLASSIFY");
    if (!out.classify) out.rank = take_keyword("RANK");
    if (at_keyword("TOP") && !at_symbol(".", 1)) {
      take();
      out.top = count("how many to rank");
      if (*out.top > kMostRanked)
        refuse_at(text_, last(), "at most {} can be ranked, got {}", kMostRanked, *out.top);
    } else if (out.rank) {
      expected("TOP k after RANK", {"TOP"});
    }
  }
  out.answer = join(out.answer, last());
}

int64_t Parser::count(std::string_view what) {
  const Token& token = peek();
  int64_t value = 0;
  const auto* end = token.text.data() + token.text.size();
  const auto read = std::from_chars(token.text.data(), end, value);
  if (token.kind != TokenKind::number || read.ec != std::errc() || read.ptr != end || value < 1)
    expected(fmt::format("{}, a whole number from 1 on", what));
  take();
  return value;
}

void Parser::entity(Statement& out) {
  if (!take_keyword("FOR")) {
    if (peek().kind == TokenKind::end) expected("FOR EACH and the key that is asked about");
    expected("an operator, an answer (CLASSIFY, RANK TOP, FORECAST) or FOR EACH",
             {"FOR", "CLASSIFY", "RANK", "FORECAST", "AND", "OR", "TOP", "IS", "IN", "LIKE",
              "CONTAINS", "NOT", "STARTS", "ENDS"});
  }
  take_keyword("EACH");
  out.entity = name("a table and its key, as in customers.id");
  if (out.entity.star) {
    refuse_at(text_, out.entity.places.back(), "FOR EACH takes a table and its key, not *");
  }
  if (!at_symbol("=") && !at_keyword("IN") && !at_keyword("IS")) return;
  Node key;
  key.kind = Node::Kind::column;
  key.name = out.entity;
  key.place = out.entity.place;
  out.chosen = compared(std::move(key));
}

Name Parser::name(std::string_view what) {
  Name out;
  const auto part = [&](bool star) {
    const Token& token = peek();
    if (star && at_symbol("*")) {
      out.star = true;
    } else if (token.kind != TokenKind::name && token.kind != TokenKind::quoted_name) {
      expected(out.parts.empty() ? std::string(what) : std::string("a name after the dot"));
    } else {
      out.parts.push_back(token.text);
    }
    out.places.push_back(token.place);
    take();
  };
  if (at_reserved()) expected(what);
  part(false);
  while (!out.star && take_symbol(".")) {
    part(true);
    if (out.parts.size() > kMostParts)
      refuse_at(text_, last(), "a name has at most {} parts", kMostParts);
  }
  out.place = join(out.places.front(), out.places.back());
  return out;
}

void Parser::end() {
  if (take_symbol(";") && peek().kind != TokenKind::end)
    refuse_at(text_, peek().place,
              "a question ends with its semicolon; there is one question at a time");
  if (peek().kind == TokenKind::end) return;
  if (at_symbol(")")) refuse_at(text_, peek().place, "this ')' closes nothing");
  expected("an operator, WHERE, ASSUMING or the end of the question",
           {"WHERE", "ASSUMING", "AND", "OR"});
}

}  // namespace cenote::query
