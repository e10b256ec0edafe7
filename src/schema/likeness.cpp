// SPDX-License-Identifier: Apache-2.0
#include "schema/likeness.h"

#include <algorithm>
#include <array>
#include <vector>

#include "schema/names.h"

namespace cenote {
namespace {

using Words = std::vector<std::string>;

constexpr std::array<std::string_view, 9> kKeyWords{"id", "key", "code", "uuid", "guid",
                                                    "pk", "fk",  "no",   "nr"};

bool is_key_word(const std::string& word) {
  return std::find(kKeyWords.begin(), kKeyWords.end(), word) != kKeyWords.end();
}

/// The words that carry meaning, in the singular: without a short prefix that all columns of a table
/// share in some databases (c_custkey, o_orderdate).
Words singular_words(std::string_view name) {
  Words words = name_words(name);
  if (words.size() > 1 && words[0].size() <= 2 && !is_key_word(words[0]))
    words.erase(words.begin());
  for (std::string& word : words) word = singular(word);
  return words;
}

/// "customerid" -> "customer", "" if the word ends in no such way.
std::string without_glued_key(const std::string& word) {
  for (const std::string_view suffix : {"id", "key", "code"}) {
    if (word.size() > suffix.size() + 2 && word.ends_with(suffix)) {
      return singular(word.substr(0, word.size() - suffix.size()));
    }
  }
  return "";
}

/// Without the words that only say "key": order_id, id_order, orderid -> order.
Words strip_key_words(Words words) {
  while (!words.empty() && is_key_word(words.back())) words.pop_back();
  while (words.size() > 1 && is_key_word(words.front())) words.erase(words.begin());
  if (!words.empty()) {
    if (std::string stem = without_glued_key(words.back()); !stem.empty()) words.back() = stem;
  }
  return words;
}

std::string joined(const Words& words) {
  std::string out;
  for (const std::string& word : words) out += word;
  return out;
}

bool ends_with(const Words& words, const Words& tail) {
  return !tail.empty() && words.size() > tail.size() &&
         std::equal(tail.rbegin(), tail.rend(), words.rbegin());
}

/// "qualify" and "qualifying", "cust" and "customer": one begins the other.
bool abbreviates(const std::string& a, const std::string& b, size_t least) {
  return std::min(a.size(), b.size()) >= least && (a.starts_with(b) || b.starts_with(a));
}

/// The last part of a qualified name: "sales.orders" is about orders.
std::string_view bare(std::string_view table) {
  const size_t dot = table.rfind('.');
  return dot == std::string_view::npos ? table : table.substr(dot + 1);
}

/// A word of its own says that this is a key: order_id, id_order.
bool has_key_word(const Words& words) {
  return !words.empty() && (is_key_word(words.back()) || is_key_word(words.front()));
}

/// The last word ends as if it said so: orderid, custkey; but also solid and humid.
bool has_glued_key(const Words& words) {
  return !words.empty() && !without_glued_key(words.back()).empty();
}

}  // namespace

double primary_key_likeness(std::string_view table, std::string_view column) {
  const Words raw = name_words(column), words = singular_words(column);
  if (words.empty()) return 0;
  const Words subject_words = singular_words(bare(table));
  const std::string subject = joined(subject_words), stem = joined(strip_key_words(words));
  if (words.size() == 1 && is_key_word(words[0])) {
    if (raw.size() > 1) return subject.starts_with(raw[0]) ? 0.8 : 0.6;  // u_id
    return words[0] == "id" || words[0] == "pk" ? 1 : 0.8;
  }
  const bool key_word = has_key_word(words), glued = has_glued_key(words);
  if (stem == subject) return key_word || glued ? 1 : 0.7;
  if (!key_word && !glued) return 0;
  if (abbreviates(stem, subject, 3)) return 0.9;
  if (!subject_words.empty() && stem == subject_words.back()) return 0.9;
  return key_word ? 0.6 : 0;
}

double link_likeness(std::string_view child, std::string_view column, std::string_view parent,
                     std::string_view key) {
  const Words words = singular_words(column);
  if (words.empty() || (words.size() == 1 && is_key_word(words[0]))) return 0;
  const Words stem = strip_key_words(words);
  const Words subject = singular_words(bare(parent));
  const Words key_words = singular_words(key);
  const bool generic_key = key_words.size() == 1 && is_key_word(key_words[0]);
  const bool same_table = child == parent;
  const bool key_word = has_key_word(words) || has_glued_key(words);
  if (same_table) {
    static const Words kRelatives{"parent",  "manager",  "boss",        "supervisor",
                                  "reply",   "original", "root",        "previous",
                                  "prev",    "next",     "predecessor", "successor",
                                  "replace", "related",  "mentor",      "leader"};
    for (const std::string& word : stem) {
      if (key_word && std::find(kRelatives.begin(), kRelatives.end(), word) != kRelatives.end())
        return 0.8;
    }
  }
  if (!stem.empty() && joined(stem) == joined(subject)) return same_table ? 0 : key_word ? 1 : 0.9;
  // movies and links may both be known by movieId: the table of that name comes first.
  if (!generic_key && words == key_words) return same_table ? 0 : 0.95;
  if (ends_with(stem, subject)) return key_word ? 0.85 : 0.7;
  if (!generic_key && ends_with(words, key_words)) return 0.85;
  if (!same_table && key_word && stem.size() == 1 && abbreviates(stem[0], joined(subject), 4))
    return 0.6;
  return 0;
}

namespace {

/// What has ids, but few: a category with a number for its name.
bool is_sort(const std::string& word) {
  static constexpr std::array<std::string_view, 16> kSorts{
      "reason", "language", "country", "currency", "level",  "city",   "color", "colour",
      "size",   "unit",     "role",    "rank",     "method", "source", "mode",  "stage"};
  return is_code_name(word) || std::find(kSorts.begin(), kSorts.end(), word) != kSorts.end();
}

/// Not every word that ends in "id" identifies: solid, valid, paid.
bool is_subject(const std::string& word) {
  static constexpr std::array<std::string_view, 26> kSubjects{
      "user",   "customer", "client",   "account", "member", "visitor", "session",
      "device", "product",  "item",     "order",   "player", "patient", "store",
      "shop",   "station",  "employee", "student", "driver", "vehicle", "card",
      "song",   "movy",     "merchant", "seller",  "invoice"};
  return std::find(kSubjects.begin(), kSubjects.end(), word) != kSubjects.end();
}

}  // namespace

std::string identified_subject(std::string_view column) {
  Words words = name_words(column);
  static constexpr std::array<std::string_view, 4> kIdentifiers{"id", "key", "uuid", "guid"};
  const auto is_identifier = [&](const std::string& word) {
    return std::find(kIdentifiers.begin(), kIdentifiers.end(), word) != kIdentifiers.end();
  };
  if (words.size() > 1 && is_identifier(words.back())) {
    words.pop_back();
  } else if (words.size() > 1 && is_identifier(words.front())) {
    words.erase(words.begin());
  } else if (const std::string stem = words.empty() ? "" : without_glued_key(words.back());
             words.empty() || words.back().ends_with("key") ? !stem.empty() : is_subject(stem)) {
    words.back() = stem;
  } else {
    return "";
  }
  if (is_sort(words.back())) return "";
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : "_") + word;
  return out;
}

double time_likeness(std::string_view column) {
  const Words words = name_words(column);
  const auto has = [&](std::initializer_list<std::string_view> wanted) {
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
      return std::find(wanted.begin(), wanted.end(), word) != wanted.end();
    });
  };
  const std::string all = joined(words);
  if (has({"birth", "born", "dob", "birthday", "birthdate", "death", "died"}) ||
      all.find("birth") != std::string::npos)
    return 0;
  if (has({"due", "expiry", "expires", "expire", "expiration", "deadline", "until", "planned",
           "scheduled", "estimated", "expected", "promised", "next", "limit", "target"}))
    return 0;
  // A version of a row is there from the beginning of its validity; the end is not known by then.
  if (has({"to", "thru", "through"}) || all.ends_with("validto") || all.ends_with("validuntil") ||
      (has({"valid", "validity", "effective"}) &&
       has({"end", "ends", "ended", "ending", "finish", "closed", "last"})))
    return 0;
  if (has({"from", "since", "effective"}) || all.ends_with("validfrom")) return 0.9;
  if (has({"updated", "update", "modified", "modification", "changed", "last", "edited"}))
    return 0.35;
  if (has({"end", "ended", "finish", "finished", "closed", "completed", "cancelled", "delivered",
           "shipped", "deleted", "resolved"}))
    return 0.4;
  if (has({"created", "creation", "create", "inserted"}) || all.find("creat") != std::string::npos)
    return 1;
  if (words.size() == 1 && has({"date", "timestamp", "datetime", "time", "ts", "when"}))
    return 0.95;
  if (has({"timestamp", "datetime"})) return 0.95;
  if (has({"event",       "order",      "ordered",      "placed",  "purchase",  "purchased",
           "transaction", "sale",       "sold",         "review",  "visit",     "view",
           "start",       "started",    "begin",        "began",   "starts",    "beginning",
           "joined",      "registered", "registration", "signup",  "posted",    "occurred",
           "happened",    "booked",     "search",       "request", "requested", "received",
           "opened",      "admission",  "admitted",     "invoice", "payment",   "paid"}))
    return 0.9;
  if (has({"date", "time", "at", "on", "ts"})) return 0.7;
  if (names_year(column)) return 0.45;
  return 0.5;  // a column of times whose name says nothing
}

bool names_year(std::string_view column) {
  const Words words = name_words(column);
  return !words.empty() && words.back() == "year";
}

}  // namespace cenote
