// SPDX-License-Identifier: Apache-2.0
#include "feature/term.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <unordered_map>

#include "base/check.h"
#include "base/time.h"

namespace cenote {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

double days(int64_t micros) {
  return micros == kTimeNever || micros == kTimeAlways
             ? kMissing
             : static_cast<double>(micros) / kMicrosPerDay;
}

/// In hours, with its part.
double hour_of_day(int64_t micros) {
  const int64_t in_day = (micros % kMicrosPerDay + kMicrosPerDay) % kMicrosPerDay;
  return static_cast<double>(in_day) / (kMicrosPerDay / 24);
}

/// Codes of the rows row(0) ... row(count - 1), where -1 is none.
template <class Row>
ValueCodes codes_of(const ColumnData& column, int64_t count, const Row& row_of) {
  ValueCodes out;
  out.code.assign(count, -1);
  const auto fill = [&](auto known, const auto& value_of) {
    for (int64_t i = 0; i < count; ++i) {
      const int64_t row = row_of(i);
      if (row < 0 || !column.is_valid(row)) continue;
      const auto value = value_of(row);
      if constexpr (std::is_same_v<decltype(value), const double>) {
        if (!std::isfinite(value)) continue;
      }
      const auto [at, fresh] = known.try_emplace(value, static_cast<int32_t>(out.values.size()));
      if (fresh) out.values.push_back(value_text(column, row));
      out.code[i] = at->second;
    }
  };
  if (column.type == StorageType::utf8) {
    fill(std::unordered_map<std::string_view, int32_t>(),
         [&](int64_t row) { return column.text(row); });
  } else {
    fill(std::unordered_map<double, int32_t>(), [&](int64_t row) { return column.number(row); });
  }
  return out;
}

}  // namespace

ValueCodes value_codes(const ColumnData& column) {
  return codes_of(column, column.size(), [](int64_t i) { return i; });
}

ValueCodes value_codes(const ColumnData& column, std::span<const int32_t> rows) {
  return codes_of(column, std::ssize(rows), [&](int64_t i) { return int64_t{rows[i]}; });
}

void each_word(std::string_view text, const std::function<void(const std::string&)>& use) {
  std::string word;
  for (size_t i = 0; i <= text.size(); ++i) {
    const auto c = i < text.size() ? static_cast<unsigned char>(text[i]) : ' ';
    if (c >= 0x80 || std::isalnum(c)) {
      word += static_cast<char>(c < 0x80 ? std::tolower(c) : c);
    } else if (!word.empty()) {
      use(word);
      word.clear();
    }
  }
}

WordMarks::WordMarks(const ColumnData& column, std::span<const int32_t> rows,
                     std::vector<std::string> words)
    : words_(std::move(words)) {
  std::sort(words_.begin(), words_.end());
  words_.erase(std::unique(words_.begin(), words_.end()), words_.end());
  blocks_ = static_cast<int64_t>(words_.size() + 63) / 64;
  marks_.assign(rows.size() * blocks_, 0);
  std::unordered_map<std::string, int64_t> place;
  for (size_t i = 0; i < words_.size(); ++i) place.emplace(words_[i], i);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] < 0 || !column.is_valid(rows[i])) continue;
    each_word(column.text(rows[i]), [&](const std::string& word) {
      const auto at = place.find(word);
      if (at != place.end())
        marks_[i * blocks_ + at->second / 64] |= uint64_t{1} << (at->second % 64);
    });
  }
}

int64_t WordMarks::find(const std::string& word) const {
  const auto at = std::lower_bound(words_.begin(), words_.end(), word);
  return at != words_.end() && *at == word ? at - words_.begin() : -1;
}

const ColumnData& TermMaker::data(const ColumnRef& ref) const {
  return space_.graph.store.tables[end_table(space_.graph, ref.up, table_)].columns[ref.column];
}

const std::vector<int32_t>& TermMaker::source_rows(const Path& up) {
  const auto [at, fresh] = source_rows_.try_emplace(up, rows_.begin(), rows_.end());
  std::vector<int32_t>& out = at->second;
  if (!fresh) return out;
  const StoredTable& table = space_.graph.store.tables[table_];
  for (const int32_t relation : up) {
    const GraphLink& link = space_.graph.links[relation / 2];
    const StoredTable& parents = space_.graph.store.tables[link.parent_table];
    for (size_t i = 0; i < out.size(); ++i) {
      if (out[i] < 0) continue;
      out[i] = link.parent[out[i]];
      if (out[i] >= 0 && parents.time[out[i]] > table.time[rows_[i]]) out[i] = -1;
    }
  }
  return out;
}

const ValueCodes& TermMaker::codes(const ColumnRef& ref) {
  const auto [at, fresh] = codes_.try_emplace({ref.up, ref.column});
  if (!fresh) return at->second;
  const ColumnData& column = data(ref);
  const std::vector<int32_t>& source = source_rows(ref.up);
  if (std::ssize(source) <= column.size()) {
    at->second = value_codes(column, source);
    return at->second;
  }
  // Fewer parents than rows: each is looked at once.
  ValueCodes plain = value_codes(column);
  std::vector<int32_t> code(source.size(), -1);
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] >= 0) code[i] = plain.code[source[i]];
  }
  plain.code = std::move(code);
  at->second = std::move(plain);
  return at->second;
}

const WordMarks& TermMaker::words(const ColumnRef& ref) {
  const Key key{ref.up, ref.column};
  if (const auto known = words_.find(key); known != words_.end()) return known->second;
  std::vector<std::string> wanted;
  for (const Term* term : terms_) {
    for (const Condition& condition : term->conditions) {
      if (condition.word && condition.column == ref) wanted.push_back(condition.value);
    }
  }
  return words_.try_emplace(key, data(ref), source_rows(ref.up), std::move(wanted)).first->second;
}

std::vector<double> TermMaker::make(const Term& term) {
  const StoredTable& table = space_.graph.store.tables[table_];
  std::vector<double> out(rows_.size(), 1.0);
  switch (term.kind) {
    case TermKind::label: fail(ErrorCode::internal, "labels are no column of a table");
    case TermKind::row: return out;
    case TermKind::time:
      for (size_t i = 0; i < out.size(); ++i) out[i] = days(table.time[rows_[i]]);
      return out;
    case TermKind::weekend:
    case TermKind::hour:
      for (size_t i = 0; i < out.size(); ++i) {
        const int64_t time = table.time[rows_[i]];
        out[i] = time == kTimeAlways || time == kTimeNever ? kMissing
                 : term.kind == TermKind::hour             ? hour_of_day(time)
                                                           : to_civil(time).weekday >= 5;
      }
      return out;
    case TermKind::distinct: {
      const ValueCodes& known = codes(term.column);
      for (size_t i = 0; i < out.size(); ++i) out[i] = known.code[i] < 0 ? kMissing : known.code[i];
      return out;
    }
    case TermKind::number:
    case TermKind::timestamp: {
      const ColumnData& column = data(term.column);
      const std::vector<int32_t>& source = source_rows(term.column.up);
      for (size_t i = 0; i < out.size(); ++i) {
        const int32_t at = source[i];
        if (at < 0 || !column.is_valid(at)) {
          out[i] = kMissing;
        } else if (term.kind == TermKind::timestamp) {
          out[i] = days(column.integers[at]);
        } else {
          out[i] = column.number(at);
          if (!std::isfinite(out[i])) out[i] = kMissing;
        }
      }
      for (const Condition& condition : term.conditions) {
        const std::vector<double> holds = indicator(condition);
        for (size_t i = 0; i < out.size(); ++i)
          if (holds[i] != 1) out[i] = kMissing;
      }
      return out;
    }
    case TermKind::indicator: break;
  }
  for (const Condition& condition : term.conditions) {
    const std::vector<double> holds = indicator(condition);
    for (size_t i = 0; i < out.size(); ++i) out[i] *= holds[i];
  }
  return out;
}

std::vector<double> TermMaker::indicator(const Condition& condition) {
  std::vector<double> out(rows_.size());
  if (condition.word) {
    const ColumnData& column = data(condition.column);
    const WordMarks& marks = words(condition.column);
    const int64_t word = marks.find(condition.value);
    CENOTE_ASSERT(word >= 0);
    const std::vector<int32_t>& source = source_rows(condition.column.up);
    for (size_t i = 0; i < out.size(); ++i) {
      const int32_t at = source[i];
      out[i] = at < 0 || !column.is_valid(at) ? kMissing : marks.has(static_cast<int64_t>(i), word);
    }
    return out;
  }
  const ValueCodes& known = codes(condition.column);
  const auto at = std::find(known.values.begin(), known.values.end(), condition.value);
  const auto wanted = static_cast<int32_t>(at - known.values.begin());  // none: equals no code
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = known.code[i] < 0 ? kMissing : known.code[i] == wanted;
  return out;
}

std::string term_key(const Term& term) {
  std::string key =
      fmt::format("{} {} {}", static_cast<int>(term.kind), term.output, term.column.column);
  for (const int32_t relation : term.column.up) key += fmt::format("^{}", relation);
  for (const Condition& condition : term.conditions) {
    key += fmt::format("|{} {} {}", condition.column.column, condition.word, condition.value);
    for (const int32_t relation : condition.column.up) key += fmt::format("^{}", relation);
  }
  return key;
}

}  // namespace cenote
