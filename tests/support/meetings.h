// SPDX-License-Identifier: Apache-2.0
// Recommendation on the toy shop: customers are recommended products, from orders and from labels of the past.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "support/toy.h"

namespace cenote::toy {

/// What a ranker is made for: products for customers, with a horizon of ten days.
inline ModelContext link_context(Shop& shop, int64_t k = 3) {
  shop.task.type = TaskType::link_prediction;
  shop.task.kind = TaskKind::forecast;
  shop.task.horizon = 10 * kMicrosPerDay;
  shop.task.item_table = "products";
  shop.task.k = k;
  shop.task.metric = "map_at_k";
  ModelContext context = shop.context(TaskType::link_prediction);
  context.item_table = 2;
  context.outputs = k;
  return context;
}

inline std::unique_ptr<Ranker> make_ranker(const std::string& model, const ModelContext& context,
                                           const std::map<std::string, std::string>& set = {}) {
  const ModelEntry& entry = model_registry().at(model);
  Options options(entry.info.options);
  for (const auto& [name, value] : set) options.set(model, name, value);
  return entry.make_ranker(options, context);
}

/// A past label: at `day` the customer was asked about, and had the product (rows, not keys).
inline void add_past(History& history, int64_t customer, int64_t day, int64_t product) {
  history.row.push_back(customer);
  history.time.push_back(day * kMicrosPerDay);
  history.label.push_back(static_cast<double>(product));
}

inline Rankings rank_with(const Ranker& model, std::span<const Seed> seeds,
                          const History& history, int64_t top, int threads = 2) {
  ThreadPool pool(threads);
  return model.rank(seeds, history, top, pool, {});
}

/// Who orders what in (day, day + 10], as seeds and as past labels.
inline SeedTable link_seeds(const Shop& shop, int64_t first_day, int64_t last_day) {
  const GraphLink &customer = shop.graph.links[0], &product = shop.graph.links[1];
  SeedTable out;
  out.item_offsets = {0};
  for (int64_t day = first_day; day <= last_day; day += 10) {
    for (int64_t row = 0; row < shop.graph.store.tables[0].rows; ++row) {
      std::vector<int64_t> items;
      for (int64_t e = customer.offsets[row]; e < customer.offsets[row + 1]; ++e) {
        const int64_t time = customer.child_time[e], item = product.parent[customer.children[e]];
        if (item >= 0 && time > day * kMicrosPerDay && time <= (day + 10) * kMicrosPerDay)
          items.push_back(item);
      }
      std::sort(items.begin(), items.end());
      items.erase(std::unique(items.begin(), items.end()), items.end());
      if (items.empty()) continue;
      out.seeds.push_back(seed_at(row, day));
      out.label.push_back(static_cast<double>(items.size()));
      out.item.insert(out.item.end(), items.begin(), items.end());
      out.item_offsets.push_back(std::ssize(out.item));
    }
  }
  return out;
}

inline History history_of(const SeedTable& table) {
  History out;
  for (int64_t i = 0; i < table.size(); ++i) {
    for (const int64_t item : table.items(i)) {
      out.row.push_back(table.seeds[i].row);
      out.time.push_back(table.seeds[i].time);
      out.label.push_back(static_cast<double>(item));
    }
  }
  return out;
}

/// Of [S, k] recommended items, the share that came.
inline double right_share(const std::vector<double>& items, const SeedTable& table) {
  const auto k = static_cast<int64_t>(items.size()) / std::max<int64_t>(1, table.size());
  double right = 0;
  for (int64_t i = 0; i < std::ssize(items); ++i) {
    const auto list = table.items(i / k);
    right += std::binary_search(list.begin(), list.end(), static_cast<int64_t>(items[i]));
  }
  return right / static_cast<double>(items.size());
}

/// Fits as the engine does; validation is judged by right_share().
inline void fit_ranker(Ranker& model, const SeedTable& train, const SeedTable& val,
                       const History& history, int threads = 2, int64_t staleness = 0) {
  ThreadPool pool(threads);
  const Judge judge{"share", true,
                    [&](const std::vector<double>& items) { return right_share(items, val); }};
  model.fit({train, val, history, judge, staleness, pool, {}});
}

}  // namespace cenote::toy
