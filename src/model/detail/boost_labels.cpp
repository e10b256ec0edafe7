// SPDX-License-Identifier: Apache-2.0
#include "model/detail/boost_labels.h"

#include <algorithm>
#include <cmath>

#include "base/hash.h"
#include "model/detail/known_from.h"

namespace cenote {

LabelRows label_rows(const History& history, const ModelContext& context) {
  LabelRows out;
  const auto count = static_cast<int64_t>(history.row.size());
  const bool classes = context.task_type == TaskType::multiclass_classification;
  out.entity = history.row;
  out.time = history.time;
  out.known.resize(count);
  out.value.assign(context.outputs, std::vector<double>(count));
  for (int64_t i = 0; i < count; ++i) {
    out.known[i] = known_from(context, history.time[i]);
    for (int64_t m = 0; m < context.outputs; ++m) {
      const double label = history.label[i * history.width + (classes ? 0 : m)];
      out.value[m][i] = classes && std::isfinite(label)
                            ? static_cast<double>(label == static_cast<double>(m))
                            : label;
    }
  }
  return out;
}

std::vector<int64_t> known_labels(const SeedTable& table, const ModelContext& context) {
  std::vector<int64_t> out;
  for (int64_t i = 0; i < table.size(); ++i) {
    bool known = true;
    for (int64_t w = 0; w < table.width; ++w)
      known &= std::isfinite(table.label[i * table.width + w]);
    if (context.task_type == TaskType::multiclass_classification)
      known = known && table.label[i] >= 0 && table.label[i] < static_cast<double>(context.outputs);
    if (known) out.push_back(i);
  }
  return out;
}

SeedTable take_seeds(const SeedTable& table, const std::vector<int64_t>& rows) {
  SeedTable out;
  out.width = table.width;
  out.own_row_always = table.own_row_always;
  for (const int64_t row : rows) {
    out.seeds.push_back(table.seeds[row]);
    const auto label = table.label.begin() + row * table.width;
    out.label.insert(out.label.end(), label, label + table.width);
  }
  return out;
}

uint64_t boost_seed_key(const ModelContext& context, const Seed& seed, uint64_t what) {
  const StoredTable& entities = context.graph.store.tables[context.entity_table];
  return hash_combine(hash_combine(context.seed, what),
                      hash_combine(entities.key_hash[seed.row], static_cast<uint64_t>(seed.time)));
}

SeedTable training_rows(const SeedTable& train, const ModelContext& context, int64_t copies,
                        int64_t staleness, int64_t most) {
  const StoredTable& entities = context.graph.store.tables[context.entity_table];
  const auto known = known_labels(train, context);
  const int64_t total = static_cast<int64_t>(known.size()) * (1 + copies);
  const double share = static_cast<double>(most) / static_cast<double>(std::max<int64_t>(1, total));
  SeedTable out;
  out.width = train.width;
  out.own_row_always = train.own_row_always;
  for (int64_t copy = 0; copy <= copies; ++copy) {
    for (const int64_t i : known) {
      Seed seed = train.seeds[i];
      const uint64_t key =
          boost_seed_key(context, seed, 0x626f6f7374 + static_cast<uint64_t>(copy));
      if (static_cast<double>(mix64(key) >> 11) * 0x1.0p-53 >= share) continue;
      if (copy > 0) seed = stale_seed(seed, entities, out.own_row_always, draw_lag(staleness, key));
      out.seeds.push_back(seed);
      const auto label = train.label.begin() + i * out.width;
      out.label.insert(out.label.end(), label, label + out.width);
    }
  }
  return out;
}

std::vector<double> label_column(const SeedTable& table, int64_t b, int64_t boosters) {
  if (boosters == 1) return table.label;
  std::vector<double> out(table.size());
  for (int64_t i = 0; i < table.size(); ++i) out[i] = table.label[i * table.width + b];
  return out;
}

double label_log_loss(const SeedTable& table, int64_t b, const std::vector<double>& prediction) {
  double loss = 0;
  for (int64_t i = 0; i < table.size(); ++i) {
    const double label = table.label[i * table.width + b];
    if (!std::isfinite(label)) continue;
    const double p = std::clamp(prediction[i], 1e-9, 1 - 1e-9);
    loss -= label > 0.5 ? std::log(p) : std::log(1 - p);
  }
  return loss / static_cast<double>(std::max<int64_t>(1, table.size()));
}

}  // namespace cenote
