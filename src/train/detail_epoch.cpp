// SPDX-License-Identifier: Apache-2.0
#include "train/detail_epoch.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/hash.h"

namespace cenote {

double scheduled_rate(const TrainOptions& options, int64_t step, int64_t steps) {
  if (!options.cosine) return options.adam.learning_rate;
  const double warm = std::max(1.0, static_cast<double>(steps) / 20);
  const double at = static_cast<double>(step);
  if (at < warm) return options.adam.learning_rate * (at + 1) / (warm + 1);
  const double share = (at - warm) / std::max(1.0, static_cast<double>(steps) - warm);
  return options.adam.learning_rate * (1 + std::cos(3.14159265358979323846 * share)) / 2;
}

Seed stale_half(const Seed& seed, const StoredTable& entities, bool own_row_always,
                const TrainOptions& options, int64_t epoch) {
  if (options.staleness <= 0) return seed;
  uint64_t key =
      hash_combine(hash_combine(options.seed, 0x7374616c65), static_cast<uint64_t>(epoch));
  key = hash_combine(hash_combine(key, entities.key_hash[seed.row]),
                     static_cast<uint64_t>(seed.time));
  if (key & 1) return seed;
  return stale_seed(seed, entities, own_row_always, draw_lag(options.staleness, key));
}

std::vector<int64_t> epoch_order(const SeedTable& table, std::span<const uint64_t> entity_hash,
                                 uint64_t seed, int64_t epoch) {
  std::vector<uint64_t> key(table.size());
  const uint64_t base =
      hash_combine(hash_combine(seed, 0x6f72646572), static_cast<uint64_t>(epoch));
  for (int64_t i = 0; i < table.size(); ++i) {
    key[i] = hash_combine(hash_combine(base, entity_hash[table.seeds[i].row]),
                          static_cast<uint64_t>(table.seeds[i].time));
  }
  std::vector<int64_t> order(table.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return key[a] < key[b]; });
  return order;
}

}  // namespace cenote
