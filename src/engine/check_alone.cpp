// SPDX-License-Identifier: Apache-2.0
// What alone tells the label too well: columns, pools of columns, the entity's key.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/hash.h"
#include "engine/check.h"
#include "feature/alone.h"
#include "feature/candidates.h"
#include "feature/compute.h"
#include "model/detail/boost_labels.h"

namespace cenote {
namespace {

/// Skill from which on a single number is suspected.
struct Limits {
  double perfect;  // whatever it is
  double undated;  // of what has no time, if nothing dated comes near
  double gap;      // how near
  double key;      // of the entity's key
  const char* name;
};
Limits limits_of(TaskType type) {
  if (type == TaskType::regression) return {0.97, 0.8, 0.1, 0.7, "R2"};
  if (type == TaskType::multiclass_classification)
    return {0.97, 0.8, 0.1, 0.7, "share of the errors avoided"};
  return {0.985, 0.85, 0.05, 0.85, "AUROC"};
}
constexpr size_t kMostFindings = 5;

struct Sample {
  SeedTable seeds;
  std::vector<double> label;  // of a multilabel task the first
  std::vector<uint8_t> fold;
};

Sample draw_sample(const Prepared& prepared, const ModelContext& context, int64_t most) {
  const SeedTable& train = prepared.train;
  std::vector<std::pair<uint64_t, int64_t>> keyed;
  for (const int64_t row : known_labels(train, context))
    keyed.emplace_back(boost_seed_key(context, train.seeds[row], 0x616c6f6e65), row);
  const auto kept = std::min(std::ssize(keyed), most);
  std::partial_sort(keyed.begin(), keyed.begin() + kept, keyed.end());
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < kept; ++i) rows.push_back(keyed[i].second);
  Sample out{take_seeds(train, rows), {}, {}};
  const StoredTable& entities = prepared.graph.store.tables[prepared.entity_table];
  for (int64_t i = 0; i < out.seeds.size(); ++i) {
    out.label.push_back(out.seeds.label[i * train.width]);
    out.fold.push_back(mix64(entities.key_hash[out.seeds.seeds[i].row]) & 1);
  }
  return out;
}

/// Where a feature's numbers come from. `dated`: rows of a table with times, that came to be one by one; what stands in
/// the entity's own row, or its parents', may have been filled in at any time.
struct Origin {
  std::string table, column;
  bool dated = true, timed = true;
};
Origin origin_of(const FeatureSpace& space, const Feature& feature) {
  if (feature.source != FeatureSource::rows) return {"", "", true, true};
  const ColumnRef& ref = feature.term.kind == TermKind::indicator
                             ? feature.term.conditions.front().column
                             : feature.term.column;
  int32_t table = space.row_table(feature);
  if (ref.column < 0) return {space.schema.tables[table].name, "", true, true};
  table = end_table(space.graph, ref.up, table);
  const Table& of = space.schema.tables[table];
  const bool timed = !of.time_column.empty();
  return {of.name, of.columns[ref.column].name, timed && !feature.rows.empty(), timed};
}

/// Does a number equal the label, row by row? Missing ones may stand for 0.
bool equals_label(const std::vector<float>& value, const std::vector<double>& label) {
  int64_t same = 0;
  for (size_t i = 0; i < label.size(); ++i) {
    const double v = std::isnan(value[i]) ? 0 : value[i];
    same += std::abs(v - label[i]) <= 1e-5 * std::max(1.0, std::abs(label[i]));
  }
  const auto [low, high] = std::minmax_element(label.begin(), label.end());
  return *low < *high && same >= std::ssize(label) * 98 / 100;
}

/// The key of each seed as numbers: its place among all keys, and of texts their beginnings and ends, of whole numbers
/// their last digits.
std::vector<std::pair<std::string, std::vector<float>>> key_numbers(const ColumnData& key,
                                                                    const SeedTable& seeds) {
  std::vector<std::pair<std::string, std::vector<float>>> out;
  std::vector<std::string> bytes;
  for (const Seed& seed : seeds.seeds) append_key_bytes(key, seed.row, bytes.emplace_back());
  const auto add = [&](const std::string& name, const auto& value_of) {
    using Value = decltype(value_of(size_t{0}));
    std::map<Value, float> place;
    for (size_t i = 0; i < bytes.size(); ++i) place[value_of(i)] = 0;
    float next = 0;
    for (auto& [value, at] : place) at = next++;
    std::vector<float> numbers;
    for (size_t i = 0; i < bytes.size(); ++i) numbers.push_back(place.at(value_of(i)));
    out.emplace_back(name, std::move(numbers));
  };
  add("order", [&](size_t i) { return bytes[i]; });
  if (key.type == StorageType::utf8) {
    for (const size_t letters : {1, 2, 3}) {
      const auto text = [&](size_t i) { return key.text(seeds.seeds[i].row); };
      add("beginning", [&](size_t i) { return std::string(text(i).substr(0, letters)); });
      add("end", [&](size_t i) {
        return std::string(text(i).substr(text(i).size() - std::min(letters, text(i).size())));
      });
    }
  } else if (key.type == StorageType::int64) {
    for (const int64_t base : {2, 10, 100})
      add("last digits", [&](size_t i) { return key.integers[seeds.seeds[i].row] % base; });
  }
  return out;
}

void check_key(const Prepared& prepared, const Sample& sample, const Limits& limits,
               AloneFindings& out) {
  const Table& table = prepared.schema.tables[prepared.entity_table];
  if (table.primary_key.size() != 1) return;
  const auto c = static_cast<size_t>(table.find_column(table.primary_key[0]));
  const ColumnData& key = prepared.graph.store.tables[prepared.entity_table].columns[c];
  double best = 0;
  std::string best_name;
  for (const auto& [name, numbers] : key_numbers(key, sample.seeds)) {
    const double skill = skill_alone(numbers, sample.label, sample.fold, prepared.task.type);
    ++out.tried;
    if (!(skill > best)) continue;
    best = skill;
    best_name = name;
  }
  if (best < limits.key) return;
  out.findings.push_back(
      {kWarning, "key_tells_label", table.name, table.primary_key[0],
       fmt::format("the {} of the key alone tells the label: {} {:.3f} on entities held out",
                   best_name, limits.name, best),
       "no model here reads keys as values, but other tools may, and what made the keys knew the "
       "outcome: look for other columns from the same place"});
}

}  // namespace

AloneFindings check_alone(const Prepared& prepared, int64_t candidates, int64_t rows,
                          ThreadPool& threads, const Hooks& hooks) {
  AloneFindings out;
  if (prepared.task.type == TaskType::link_prediction) return out;  // a list has no one number
  const ModelContext context = prepared.context(0);
  const Sample sample = draw_sample(prepared, context, rows);
  if (sample.seeds.size() < 20) return out;
  const FeatureSpace space{prepared.schema, prepared.graph, prepared.entity_table};
  FeatureTask task;
  task.horizon = context.horizon;
  task.outputs = context.outputs;
  task.has_labels = prepared.task.kind != TaskKind::autocomplete && has_history(prepared.task);
  task.visible_until = context.last_training_time;
  task.removed = prepared.task.remove_columns;
  const auto features = suggest_features(space, task, candidates);
  const FeatureMatrix x =
      compute_features(space, label_rows(prepared.history(), context), features, sample.seeds.seeds,
                       threads, [&] { return hooks.is_cancelled(); });
  std::vector<double> skill(features.size());
  threads.parallel_for(std::ssize(features), [&](int64_t f) {
    skill[f] = skill_alone(x.columns[f], sample.label, sample.fold, prepared.task.type);
  });
  out.tried = std::ssize(features);

  // The best feature of each column; and of all that is dated.
  const Limits limits = limits_of(prepared.task.type);
  std::map<std::pair<std::string, std::string>, size_t> best;
  double best_dated = 0;
  for (size_t f = 0; f < features.size(); ++f) {
    if (!(skill[f] > 0)) continue;
    const Origin origin = origin_of(space, features[f]);
    if (origin.dated) best_dated = std::max(best_dated, skill[f]);
    // A number that is the label may lose a little where few rows have the same value.
    if (skill[f] >= limits.undated && equals_label(x.columns[f], sample.label)) skill[f] = 1;
    const auto [at, is_new] = best.try_emplace({origin.table, origin.column}, f);
    if (!is_new && skill[f] > skill[at->second]) at->second = f;
  }
  std::vector<size_t> order;
  for (const auto& [column, f] : best) order.push_back(f);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return skill[a] > skill[b]; });
  for (const size_t f : order) {
    if (out.findings.size() >= kMostFindings) break;
    const Origin origin = origin_of(space, features[f]);
    const std::string sentence = describe(space, features[f]);
    const std::string how_well =
        fmt::format("{} {:.3f} on entities held out", limits.name, skill[f]);
    if (features[f].source != FeatureSource::rows) {
      if (skill[f] < limits.perfect) continue;
      out.findings.push_back({kNote, "label_stays", "", "",
                              fmt::format("'{}' alone tells the label: {}", sentence, how_well),
                              "labels hardly ever change: is there anything to predict?"});
    } else if (origin.dated && equals_label(x.columns[f], sample.label)) {
      out.findings.push_back(
          {kLeak, "label_is_known", origin.table, origin.column,
           fmt::format("the label equals '{}', which is known at the time of asking", sentence),
           "the label's window lies before its time instead of after it: look at the label's SQL "
           "or file, and at its time column"});
    } else if (skill[f] >= limits.perfect) {
      out.findings.push_back(
          {kWarning, "too_good", origin.table, origin.column,
           fmt::format("'{}' alone tells the label: {}", sentence, how_well),
           origin.timed ? "is the column filled in after its row's time (a status, a total), or "
                          "does the label's window begin before its time? Then remove the column "
                          "(ignore: in the manifest) or mend the label"
                        : "its table has no time, so its rows count as known for ever: if the "
                          "column was filled in later, ignore it (ignore: in the manifest) or give "
                          "its rows their time"});
    } else if (!origin.dated && task.has_labels && skill[f] >= limits.undated &&
               skill[f] > best_dated + limits.gap) {
      out.findings.push_back(
          {kWarning, "undated_tells_label", origin.table, origin.column,
           fmt::format("'{}' tells the label far better ({}) than anything that happened at a "
                       "known time (at most {:.3f})",
                       sentence, how_well, best_dated),
           "was it known at the time of asking? If it was made up from later rows, ignore it "
           "(ignore: in the manifest)"});
    }
  }
  check_key(prepared, sample, limits, out);
  return out;
}

}  // namespace cenote
