// SPDX-License-Identifier: Apache-2.0
#include "cenote/ask.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/check.h"
#include "base/time.h"
#include "engine/ask_labels.h"

namespace cenote {
namespace {

constexpr size_t kMostClasses = 20;

using Distribution = std::vector<std::pair<std::string, double>>;

double quantile(const std::vector<double>& sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(at);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

Distribution of_numbers(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  double sum = 0;
  for (const double value : values) sum += value;
  return {{"min", values.front()},
          {"quartile_1", quantile(values, 0.25)},
          {"median", quantile(values, 0.5)},
          {"quartile_3", quantile(values, 0.75)},
          {"max", values.back()},
          {"mean", sum / static_cast<double>(values.size())}};
}

Distribution of_classes(const std::vector<std::string>& labels) {
  std::map<std::string, int64_t> counts;
  for (const std::string& label : labels) ++counts[label];
  Distribution out;
  for (const auto& [label, count] : counts) out.emplace_back(label, static_cast<double>(count));
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  if (out.size() > kMostClasses) out.resize(kMostClasses);
  return out;
}

void add_split(const AskedTask& asked, const AskedLabels& labels, int64_t rows, Asked& out) {
  AskedSplit split;
  split.name = labels.split;
  split.times = std::ssize(labels.times);
  if (!labels.times.empty()) {
    split.first_time = format_time(labels.times.front());
    split.last_time = format_time(labels.times.back());
  }
  split.labels = std::ssize(labels.label);
  split.entities = std::ssize(std::set<std::string>(labels.entity.begin(), labels.entity.end()));
  if (labels.counts.size() == 4) {
    split.known = labels.counts[0];
    split.chosen = labels.counts[1];
    split.assumed = labels.counts[2];
    split.empty = labels.counts[3];
  }
  const bool classes = asked.task.type == TaskType::binary_classification ||
                       asked.task.type == TaskType::multiclass_classification;
  split.distribution = classes ? of_classes(labels.label) : of_numbers(labels.number);
  for (size_t i = 0; i < labels.label.size() && static_cast<int64_t>(out.rows.size()) < rows; ++i) {
    out.rows.push_back({labels.split, format_time(labels.time[i]), labels.entity[i],
                        labels.frame.empty() ? 0 : labels.frame[i], labels.label[i]});
  }
  out.splits.push_back(std::move(split));
}

}  // namespace

Asked ask(const AskOptions& options, const Hooks& hooks) {
  Asked out;
  Hooks inner = hooks;
  inner.warning = [&](const std::string& code, const std::string& message) {
    out.warnings.emplace_back(code, message);
  };
  Progress progress;
  progress.phase = "open";
  inner.report(progress);
  check_syntax(options.question);  // before a large database is opened
  Snapshot snapshot = Snapshot::open(options.source, inner);
  out.warnings.clear();  // of the source: `inspect` says them
  const AskedTask asked = ask_task(options.question, snapshot, options.eval_times);
  const Question& question = asked.question;
  out.question = question.text;
  out.name = question.name;
  out.kind = to_string(question.kind);
  out.task_type = to_string(asked.task.type);
  out.entity_table = question.entity_table;
  out.entity_key = question.entity_key;
  out.words = question.words;
  constexpr std::array<const char*, 3> kRules{"dropped", "counted", "varies"};
  out.empty_rule = kRules[static_cast<size_t>(question.empty.kind)];
  out.sql = question.sql;
  if (asked.task.horizon > 0) out.horizon = format_horizon(asked.task);
  out.val_timestamp = format_time(asked.task.val_timestamp);
  out.test_timestamp = format_time(asked.task.test_timestamp);
  const bool given =
      !options.source.val_timestamp.empty() || !options.source.test_timestamp.empty();
  out.split_from = splits_by_key(asked.task) ? "keys"
                   : asked.split_chosen      ? "data"
                   : given                   ? "options"
                                             : "manifest";
  try {
    check_trainable(asked);
  } catch (const Error& error) {
    out.cannot_fit = error.what();
  }
  try {
    for (const AskedLabels& labels : asked_labels(asked, snapshot, inner))
      add_split(asked, labels, options.rows, out);
  } catch (const Error& error) {
    // Too few labels to learn from is an answer, too.
    if (error.code() != ErrorCode::bad_input) throw;
    out.cannot_fit = error.what();
  }
  return out;
}

}  // namespace cenote
