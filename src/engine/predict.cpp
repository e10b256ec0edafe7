// SPDX-License-Identifier: Apache-2.0
#include "cenote/predict.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "base/check.h"
#include "base/time.h"
#include "engine/entity_rows.h"
#include "engine/prepared.h"
#include "engine/run_folder.h"
#include "engine/trained.h"

namespace cenote {
namespace {

/// Seeds; of a task of several windows also when each was asked, and about which of them.
struct Asked {
  std::vector<Seed> seeds;
  std::vector<int64_t> time, frame;
};

/// Entities at one time: all of them, or those that are named.
Asked entity_seeds(const Prepared& prepared, const PredictOptions& options) {
  const StoredTable& table = prepared.graph.store.tables[prepared.entity_table];
  const ColumnData* key = entity_key(prepared);
  const bool autocomplete = prepared.task.kind == TaskKind::autocomplete;
  std::vector<int64_t> rows;
  if (options.entities.empty()) {
    for (int64_t row = 0; row < table.rows; ++row) {
      if (key != nullptr && !key->is_valid(row)) continue;
      if (autocomplete && table.time[row] == kTimeNever) continue;
      rows.push_back(row);
    }
    if (autocomplete) {
      // What is asked for is what is missing: rows without the target.
      const int64_t target =
          prepared.schema.tables[prepared.entity_table].find_column(prepared.task.target_column);
      CENOTE_CHECK(target >= 0, bad_input, "model: table '{}' has no column '{}' to complete",
                   table.name, prepared.task.target_column);
      std::erase_if(rows, [&](int64_t row) {
        return table.columns[target].size() > 0 && table.columns[target].is_valid(row);
      });
      CENOTE_CHECK(
          !rows.empty(), bad_input,
          "no row of '{}' lacks '{}': there is nothing to complete; give --split or --entities",
          table.name, prepared.task.target_column);
    }
  } else {
    rows = entity_rows(prepared, options.entities);
  }
  Asked out;
  const int64_t frames = prepared.task.frames;
  for (const int64_t row : rows) {
    const bool own_time = options.at.empty() && asks_at_own_time(prepared.task);
    const int64_t time = own_time ? table.time[row] : prepared.at;
    for (int64_t frame = 1; frame <= frames; ++frame) {
      out.seeds.push_back(entity_seed(prepared, row, time, frame));
      if (frames == 1) continue;
      out.time.push_back(time);
      out.frame.push_back(frame);
    }
  }
  return out;
}

/// Key order, then time.
std::vector<int64_t> key_order(const ColumnData* key, std::span<const Seed> seeds) {
  std::vector<std::string> key_bytes(seeds.size());
  for (size_t i = 0; i < seeds.size() && key != nullptr; ++i)
    append_key_bytes(*key, seeds[i].row, key_bytes[i]);
  std::vector<int64_t> order(seeds.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    if (key_bytes[a] != key_bytes[b]) return key_bytes[a] < key_bytes[b];
    return seeds[a].time < seeds[b].time;
  });
  return order;
}

/// What is predicted, by what, and how the columns are called.
PredictResult describe(const Prepared& prepared, const OpenRun& run) {
  PredictResult out;
  out.task = prepared.task.name;
  out.task_type = to_string(prepared.task.type);
  out.model = run.model.model;
  out.protocol = to_string(run.protocol);
  out.dataset = prepared.dataset;
  out.entity_column = entity_key_name(prepared);
  out.time_column = prepared.task.time_column;
  out.target_column = prepared.task.target_column;
  const ColumnData* key = entity_key(prepared);
  out.entity_is_number = key == nullptr || key->type == StorageType::int64;
  return out;
}

/// A row for each item that is recommended to one of the seeds.
void add_recommendations(const Prepared& prepared, std::span<const Seed> seeds,
                         const Rankings& found, PredictResult& out) {
  const ColumnData& entity = *entity_key(prepared);
  const ColumnData& item = *key_column(prepared, prepared.item_table);
  out.item_is_number = item.type == StorageType::int64;
  for (const int64_t i : key_order(&entity, seeds)) {
    for (int64_t place = 0; place < found.top; ++place) {
      const int64_t row = found.item[i * found.top + place];
      if (row < 0) break;
      out.entity.push_back(value_text(entity, seeds[i].row));
      out.time.push_back(seeds[i].time);
      out.rank.push_back(place + 1);
      out.item.push_back(value_text(item, row));
      out.prediction.push_back(found.score[i * found.top + place]);
    }
  }
}

}  // namespace

PredictResult predict(const PredictOptions& options, const Hooks& hooks) {
  CENOTE_CHECK(options.split.empty() || (options.at.empty() && options.entities.empty()), bad_input,
               "--split names the seeds, so it does not go with --at or --entities");
  CENOTE_CHECK(options.top >= 0, bad_input, "--top must be at least 1, got {}", options.top);
  const OpenRun run = open_run(options.run);
  // Before any work: that there are intervals, and of this level.
  if (options.interval > 0) run.model.confidence.intervals.around(0, options.interval);
  const auto threads = make_threads(options.run.threads);
  const auto at = options.split.empty() ? std::optional(options.at) : std::nullopt;
  const auto prepared =
      prepare_use(run.source, run.model, run.task, run.protocol, at, *threads, hooks);
  const auto trained = make_trained(*prepared, run.model, run.model.scale, *threads);
  trained->load(run.model);
  Asked asked;
  std::span<const Seed> seeds;
  if (options.split.empty()) {
    asked = entity_seeds(*prepared, options);
    seeds = asked.seeds;
  } else {
    const LabelTable& labels = prepared->labels_of(options.split);
    seeds = prepared->split(options.split).seeds;
    asked.frame = labels.frame;
    if (!asked.frame.empty()) asked.time.assign(labels.time.begin(), labels.time.end());
  }
  PredictResult out = describe(*prepared, run);
  if (prepared->task.type == TaskType::link_prediction) {
    const int64_t top = options.top > 0 ? options.top : prepared->task.k;
    add_recommendations(*prepared, seeds, trained->rank(seeds, top, hooks), out);
    return out;
  }
  std::vector<double> numbers = trained->predict(seeds, hooks);
  run.model.confidence.apply(numbers);

  const int64_t outputs = prepared->outputs;
  const bool multiclass = prepared->task.type == TaskType::multiclass_classification;
  const bool multilabel = prepared->task.type == TaskType::multilabel_classification;
  std::vector<double> value(seeds.size()), rank(seeds.size());  // what --top goes by
  for (size_t i = 0; i < seeds.size(); ++i) {
    const double* row = numbers.data() + i * outputs;
    const double* winner = multiclass ? std::max_element(row, row + outputs) : row;
    value[i] = multiclass ? static_cast<double>(winner - row) : *winner;
    rank[i] = *winner;
  }

  // With --top: the largest predictions first.
  std::vector<int64_t> order = key_order(entity_key(*prepared), seeds);
  if (options.top > 0) {
    std::stable_sort(order.begin(), order.end(),
                     [&](int64_t a, int64_t b) { return rank[a] > rank[b]; });
    if (static_cast<int64_t>(order.size()) > options.top) order.resize(options.top);
  }

  if (multiclass || multilabel) {
    out.classes = prepared->labels.classes;
    for (auto c = static_cast<int64_t>(out.classes.size()); c < outputs; ++c)
      out.classes.push_back(std::to_string(c));
  }
  for (const int64_t i : order) {
    out.entity.push_back(entity_text(*prepared, seeds[i].row));
    out.time.push_back(asked.frame.empty() ? seeds[i].time : asked.time[i]);
    if (!asked.frame.empty()) out.frame.push_back(asked.frame[i]);
    out.prediction.push_back(value[i]);
    if (options.interval > 0) {
      const auto [low, high] = run.model.confidence.intervals.around(value[i], options.interval);
      out.low.push_back(low);
      out.high.push_back(high);
    }
    if (!out.classes.empty()) {
      out.probabilities.insert(out.probabilities.end(), numbers.begin() + i * outputs,
                               numbers.begin() + (i + 1) * outputs);
    }
  }
  return out;
}

}  // namespace cenote
