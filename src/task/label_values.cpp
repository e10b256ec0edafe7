// SPDX-License-Identifier: Apache-2.0
#include "task/label_values.h"

#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include "base/check.h"

namespace cenote {
namespace {

using Point = std::function<std::string(size_t split, int64_t row)>;
using Columns = std::array<const ColumnData*, 3>;

// One output a class is wanted of a model: more than this is a number or a text, not a class.
constexpr size_t kMostClasses = 100'000;

std::array<LabelTable*, 3> tables_of(Labels& labels) {
  return {&labels.train, &labels.val, &labels.test};
}

void number_values(TaskType type, const Columns& splits, const Point& point, Labels& labels) {
  const bool binary = type == TaskType::binary_classification;
  for (size_t s = 0; s < splits.size(); ++s) {
    const ColumnData& column = *splits[s];
    if (column.size() == 0) continue;
    const bool number = column.type != StorageType::utf8 && column.type != StorageType::time;
    CENOTE_CHECK(number, bad_input, "{} is no number but '{}' ({}){}", point(s, 0),
                 value_text(column, 0), to_string(column.type),
                 binary ? "; texts are classes of a multiclass_classification" : "");
    auto& out = tables_of(labels)[s]->label;
    out.reserve(static_cast<size_t>(column.size()));
    for (int64_t row = 0; row < column.size(); ++row) {
      const double value = column.number(row);
      CENOTE_CHECK(!binary || value == 0 || value == 1, bad_input, "{} must be 0 or 1, it is {}",
                   point(s, row), value);
      out.push_back(value);
    }
  }
}

/// Key bytes order values and tell them apart; the name is for people.
using ClassSet = std::map<std::string, std::string>;

ClassSet class_set(const ColumnData& column) {
  ClassSet set;
  for (int64_t row = 0; row < column.size(); ++row) {
    std::string key;
    append_key_bytes(column, row, key);
    auto [place, is_new] = set.try_emplace(std::move(key));
    if (is_new) place->second = value_text(column, row);
  }
  return set;
}

void class_values(const Columns& splits, const Point& point, Labels& labels) {
  std::map<std::string, int64_t> index;
  const auto add = [&](const ClassSet& set) {
    for (const auto& [key, name] : set) {
      if (index.try_emplace(key, static_cast<int64_t>(index.size())).second)
        labels.classes.push_back(name);
    }
  };
  add(class_set(*splits[0]));
  labels.training_classes = static_cast<int64_t>(labels.classes.size());
  ClassSet others;
  for (size_t s = 1; s < splits.size(); ++s) {
    // An empty result may have lost its type; any other must have the training labels' own.
    CENOTE_CHECK(splits[s]->size() == 0 || splits[s]->type == splits[0]->type, bad_input,
                 "{} is {}, training labels are {}", point(s, 0), to_string(splits[s]->type),
                 to_string(splits[0]->type));
    others.merge(class_set(*splits[s]));
  }
  add(others);
  CENOTE_CHECK(labels.classes.size() <= kMostClasses, bad_input,
               "{} is one of {} classes, the most is {}; is it a number (regression)?", point(0, 0),
               labels.classes.size(), kMostClasses);
  for (size_t s = 0; s < splits.size(); ++s) {
    auto& out = tables_of(labels)[s]->label;
    for (int64_t row = 0; row < splits[s]->size(); ++row) {
      std::string key;
      append_key_bytes(*splits[s], row, key);
      out.push_back(static_cast<double>(index.at(key)));
    }
  }
}

/// "[1, 0, 1]" or "[true, false]", as DuckDB writes lists. False if it is anything else.
bool parse_list(std::string_view text, std::vector<double>& out) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return false;
  text = text.substr(1, text.size() - 2);
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    std::string_view item = text.substr(0, comma);
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    text.remove_prefix(std::min(comma + 1, text.size()));
    double value = 0;
    if (item == "true" || item == "false") {
      value = item == "true";
    } else {
      const auto [end, error] = std::from_chars(item.data(), item.data() + item.size(), value);
      if (error != std::errc() || end != item.data() + item.size()) return false;
    }
    if (value != 0 && value != 1) return false;
    out.push_back(value);
  }
  return true;
}

void list_values(const Columns& splits, const Point& point, Labels& labels) {
  int64_t width = 0;
  for (size_t s = 0; s < splits.size(); ++s) {
    const ColumnData& column = *splits[s];
    auto& out = tables_of(labels)[s]->label;
    for (int64_t row = 0; row < column.size(); ++row) {
      const size_t before = out.size();
      CENOTE_CHECK(column.type == StorageType::utf8 && parse_list(column.text(row), out), bad_input,
                   "{} must be a list of 0 and 1, it is '{}'", point(s, row),
                   value_text(column, row));
      const auto length = static_cast<int64_t>(out.size() - before);
      if (width == 0) width = length;
      CENOTE_CHECK(length == width && width > 0, bad_input, "{} has {} values, others have {}",
                   point(s, row), length, width);
    }
  }
  for (LabelTable* table : tables_of(labels)) table->width = std::max<int64_t>(width, 1);
}

}  // namespace

bool has_label(const ColumnData& label, int64_t row) {
  return label.is_valid(row) &&
         (label.type != StorageType::float64 || std::isfinite(label.number(row)));
}

void label_values(TaskType type, const Columns& splits, const Point& point, Labels& labels) {
  switch (type) {
    case TaskType::binary_classification:
    case TaskType::regression: return number_values(type, splits, point, labels);
    case TaskType::multiclass_classification: return class_values(splits, point, labels);
    case TaskType::multilabel_classification: return list_values(splits, point, labels);
    case TaskType::link_prediction: break;
  }
  fail(ErrorCode::internal, "no labels of this type");
}

}  // namespace cenote
