// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "base/time.h"
#include "engine/entity_rows.h"
#include "report/gather.h"

namespace cenote {
namespace {

constexpr size_t kHits = 3, kMisses = 3;
constexpr int64_t kImportanceSeeds = 500, kRepeats = 2;

/// How far a row's prediction is off, and how bold it is: of two that hit, the bolder one is worth a look.
struct Judged {
  double error = 0, bold = 0;
};

std::vector<Judged> judge(const ReportData& data) {
  std::vector<Judged> out(data.label.size());
  double mean = 0;
  for (const double one : data.prediction)
    mean += one / static_cast<double>(data.prediction.size());
  for (size_t i = 0; i < data.label.size(); ++i) {
    if (data.task.type == TaskType::multiclass_classification) {
      const auto label = static_cast<int64_t>(data.label[i]);
      const bool known = label >= 0 && label < data.width;
      const double p = known ? data.prediction[i * data.width + label] : 0;
      out[i] = {1 - p, p};
    } else {
      out[i] = {std::abs(data.label[i] - data.prediction[i]), std::abs(data.prediction[i] - mean)};
    }
  }
  return out;
}

/// The first `most` rows of an order that belong to different entities.
std::vector<size_t> first_of_entities(const std::vector<size_t>& order, const SeedTable& split,
                                      size_t most, std::set<int64_t>& taken) {
  std::vector<size_t> out;
  for (const size_t i : order) {
    if (out.size() == most) break;
    if (taken.insert(split.seeds[i].row).second) out.push_back(i);
  }
  return out;
}

}  // namespace

void gather_explanations(const ReportOptions& options, const Prepared& prepared, ReportData& data,
                         const Hooks& hooks) {
  const bool one_number = data.task.type == TaskType::binary_classification ||
                          data.task.type == TaskType::regression ||
                          data.task.type == TaskType::multiclass_classification;
  if (!one_number) return;
  const Hooks quiet{hooks.progress, {}, hooks.cancelled};
  const SeedTable& split = prepared.split(data.split);
  if (prepared.val.size() > 0)
    data.importance =
        importance({.run = options.run, .repeats = kRepeats, .seeds = kImportanceSeeds}, quiet);
  if (entity_key(prepared) == nullptr) return;  // rows that cannot be named

  const auto judged = judge(data);
  std::vector<size_t> order;
  for (size_t i = 0; i < data.label.size(); ++i)
    if (std::isfinite(data.label[i])) order.push_back(i);
  std::set<int64_t> taken;
  // Hits: right, and far from what is said of everybody.
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return judged[a].bold - 2 * judged[a].error > judged[b].bold - 2 * judged[b].error;
  });
  auto chosen = first_of_entities(order, split, kHits, taken);
  data.hits = chosen.size();
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return judged[a].error > judged[b].error; });
  for (const size_t i : first_of_entities(order, split, kMisses, taken)) chosen.push_back(i);
  ExplainOptions explain_options;
  explain_options.run = options.run;
  explain_options.split = data.split;
  explain_options.cells = 0;
  for (const size_t i : chosen) {
    explain_options.seeds.push_back(
        {entity_text(prepared, split.seeds[i].row), format_time(split.seeds[i].time)});
    data.explained_label.push_back(data.label[i]);
  }
  data.explained = explain(explain_options, quiet);
}

}  // namespace cenote
