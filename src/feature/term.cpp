// SPDX-License-Identifier: Apache-2.0
#include "feature/term.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
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

}  // namespace

ValueCodes value_codes(const ColumnData& column) {
  ValueCodes out;
  out.code.assign(column.size(), -1);
  const auto new_code = [&](int64_t row) {
    out.values.push_back(value_text(column, row));
    return static_cast<int32_t>(out.values.size()) - 1;
  };
  if (column.type == StorageType::utf8) {
    std::unordered_map<std::string_view, int32_t> known;
    for (int64_t row = 0; row < column.size(); ++row) {
      if (!column.is_valid(row)) continue;
      const auto [at, fresh] = known.try_emplace(column.text(row), 0);
      if (fresh) at->second = new_code(row);
      out.code[row] = at->second;
    }
    return out;
  }
  std::unordered_map<double, int32_t> known;
  for (int64_t row = 0; row < column.size(); ++row) {
    if (!column.is_valid(row)) continue;
    const double value = column.number(row);
    if (!std::isfinite(value)) continue;
    const auto [at, fresh] = known.try_emplace(value, 0);
    if (fresh) at->second = new_code(row);
    out.code[row] = at->second;
  }
  return out;
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

WordMarks::WordMarks(const ColumnData& column, std::vector<std::string> words)
    : words_(std::move(words)) {
  std::sort(words_.begin(), words_.end());
  words_.erase(std::unique(words_.begin(), words_.end()), words_.end());
  blocks_ = static_cast<int64_t>(words_.size() + 63) / 64;
  marks_.assign(column.size() * blocks_, 0);
  std::unordered_map<std::string, int64_t> place;
  for (size_t i = 0; i < words_.size(); ++i) place.emplace(words_[i], i);
  for (int64_t row = 0; row < column.size(); ++row) {
    if (!column.is_valid(row)) continue;
    each_word(column.text(row), [&](const std::string& word) {
      const auto at = place.find(word);
      if (at != place.end())
        marks_[row * blocks_ + at->second / 64] |= uint64_t{1} << (at->second % 64);
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

std::vector<int32_t> TermMaker::source_rows(const ColumnRef& ref) const {
  const StoredTable& table = space_.graph.store.tables[table_];
  std::vector<int32_t> out(table.rows);
  for (int64_t row = 0; row < table.rows; ++row) out[row] = static_cast<int32_t>(row);
  for (const int32_t relation : ref.up) {
    const GraphLink& link = space_.graph.links[relation / 2];
    const StoredTable& parents = space_.graph.store.tables[link.parent_table];
    for (int64_t row = 0; row < table.rows; ++row) {
      if (out[row] < 0) continue;
      out[row] = link.parent[out[row]];
      if (out[row] >= 0 && parents.time[out[row]] > table.time[row]) out[row] = -1;
    }
  }
  return out;
}

const ValueCodes& TermMaker::codes(const ColumnRef& ref) {
  const auto [at, fresh] = codes_.try_emplace({ref.up, ref.column});
  if (!fresh) return at->second;
  ValueCodes plain = value_codes(data(ref));
  if (!ref.up.empty()) {
    const auto source = source_rows(ref);
    std::vector<int32_t> code(source.size(), -1);
    for (size_t row = 0; row < source.size(); ++row) {
      if (source[row] >= 0) code[row] = plain.code[source[row]];
    }
    plain.code = std::move(code);
  }
  at->second = std::move(plain);
  return at->second;
}

std::vector<double> TermMaker::make(const Term& term) {
  const StoredTable& table = space_.graph.store.tables[table_];
  std::vector<double> out(table.rows, 1.0);
  switch (term.kind) {
    case TermKind::label: fail(ErrorCode::internal, "labels are no column of a table");
    case TermKind::row: return out;
    case TermKind::time:
      for (int64_t row = 0; row < table.rows; ++row) out[row] = days(table.time[row]);
      return out;
    case TermKind::distinct: {
      const ValueCodes& known = codes(term.column);
      for (int64_t row = 0; row < table.rows; ++row)
        out[row] = known.code[row] < 0 ? kMissing : known.code[row];
      return out;
    }
    case TermKind::number:
    case TermKind::timestamp: {
      const ColumnData& column = data(term.column);
      const auto source = source_rows(term.column);
      for (int64_t row = 0; row < table.rows; ++row) {
        const int32_t at = source[row];
        if (at < 0 || !column.is_valid(at)) {
          out[row] = kMissing;
        } else if (term.kind == TermKind::timestamp) {
          out[row] = days(column.integers[at]);
        } else {
          out[row] = column.number(at);
          if (!std::isfinite(out[row])) out[row] = kMissing;
        }
      }
      return out;
    }
    case TermKind::indicator: break;
  }
  for (const Condition& condition : term.conditions) {
    if (condition.word) {
      const ColumnData& column = data(condition.column);
      const WordMarks& marks = words_.at(
          {end_table(space_.graph, condition.column.up, table_), condition.column.column});
      const int64_t word = marks.find(condition.value);
      CENOTE_ASSERT(word >= 0);
      const auto source = source_rows(condition.column);
      for (int64_t row = 0; row < table.rows; ++row) {
        const int32_t at = source[row];
        out[row] *= at < 0 || !column.is_valid(at) ? kMissing : marks.has(at, word);
      }
      continue;
    }
    const ValueCodes& known = codes(condition.column);
    const auto at = std::find(known.values.begin(), known.values.end(), condition.value);
    const auto wanted = static_cast<int32_t>(at - known.values.begin());  // none: equals no code
    for (int64_t row = 0; row < table.rows; ++row)
      out[row] *= known.code[row] < 0 ? kMissing : known.code[row] == wanted;
  }
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

ColumnWords words_asked_for(const FeatureSpace& space, std::span<const Feature> features,
                            ThreadPool& threads) {
  std::map<std::pair<int32_t, int32_t>, std::vector<std::string>> wanted;
  for (const Feature& feature : features) {
    for (const Condition& condition : feature.term.conditions) {
      if (!condition.word) continue;
      const int32_t table = end_table(space.graph, condition.column.up, space.row_table(feature));
      wanted[{table, condition.column.column}].push_back(condition.value);
    }
  }
  std::vector<std::pair<std::pair<int32_t, int32_t>, std::vector<std::string>>> columns(
      wanted.begin(), wanted.end());
  std::vector<std::optional<WordMarks>> marks(columns.size());
  threads.parallel_for(static_cast<int64_t>(columns.size()), [&](int64_t i) {
    const auto [table, column] = columns[i].first;
    marks[i].emplace(space.graph.store.tables[table].columns[column], columns[i].second);
  });
  ColumnWords out;
  for (size_t i = 0; i < columns.size(); ++i) out.emplace(columns[i].first, std::move(*marks[i]));
  return out;
}

}  // namespace cenote
