// SPDX-License-Identifier: Apache-2.0
#include "model/detail/popular_items.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/hash.h"
#include "base/time.h"
#include "metric/detail/hits.h"
#include "model/detail/boost_labels.h"
#include "model/detail/label_statistics.h"

namespace cenote {
namespace {

/// Scores are held as of a moment that moves on with them, or they would outgrow a double.
constexpr double kMostExponent = 500;

/// In horizons; 0 never fades.
constexpr double kHalfLives[] = {0, 0.5, 1, 2, 4};
constexpr double kUsualHalfLife = 2;
constexpr int64_t kMostJudged = 20'000;

void fill_up(const StoredTable& items, int64_t cut, size_t count, std::vector<ScoredItem>& out) {
  std::vector<int64_t> met;
  for (const ScoredItem& one : out) met.push_back(one.item);
  std::sort(met.begin(), met.end());
  const int64_t existing = existing_rows(items, cut);
  for (int64_t i = 0; i < existing && out.size() < count; ++i) {
    const int64_t row = items.timed ? existing - 1 - i : i;
    if (!std::binary_search(met.begin(), met.end(), row)) out.push_back({row, 0});
  }
}

}  // namespace

double faded(int64_t age, int64_t half_life) {
  return half_life == 0 ? 1 : std::exp2(-static_cast<double>(age) / static_cast<double>(half_life));
}

int64_t existing_rows(const StoredTable& table, int64_t cut) {
  return std::upper_bound(table.time.begin(), table.time.end(), cut) - table.time.begin();
}

std::map<int64_t, std::vector<ScoredItem>> popular_items(const Interactions& meetings,
                                                         const StoredTable& items,
                                                         std::span<const Seed> seeds,
                                                         int64_t half_life, int64_t count) {
  std::map<int64_t, std::vector<ScoredItem>> out;
  for (const Seed& seed : seeds) out[seed.cut];
  const auto all = meetings.all();
  std::vector<double> score(meetings.items(), 0.0);  // as of `moment`
  int64_t moment = all.empty() ? 0 : all.back().time;
  for (const Meeting& one : all) {
    if (one.time == kTimeAlways) continue;
    moment = one.time;
    break;
  }
  size_t next = 0;
  for (auto& [cut, best] : out) {
    for (; next < all.size() && all[next].time <= cut; ++next) {
      // What has always been so has faded for ever.
      if (all[next].time == kTimeAlways) {
        score[all[next].item] += half_life == 0 ? 1 : 0;
        continue;
      }
      const int64_t later = all[next].time - moment;
      double weight = half_life == 0 ? 1 : 1 / faded(later, half_life);
      if (half_life > 0 &&
          static_cast<double>(later) / static_cast<double>(half_life) > kMostExponent) {
        for (double& one : score) one *= faded(later, half_life);
        moment = all[next].time;
        weight = 1;
      }
      score[all[next].item] += weight;
    }
    for (int64_t item = 0; item < meetings.items(); ++item) {
      if (score[item] > 0) best.push_back({item, score[item]});
    }
    const auto order = [](const ScoredItem& a, const ScoredItem& b) {
      return a.score != b.score ? a.score > b.score : a.item < b.item;
    };
    const auto kept = std::min(best.size(), static_cast<size_t>(count));
    std::partial_sort(best.begin(), best.begin() + static_cast<int64_t>(kept), best.end(), order);
    best.resize(kept);
    const double now = half_life == 0 ? 1 : faded(cut - moment, half_life);
    for (ScoredItem& one : best) one.score *= now;
    fill_up(items, cut, static_cast<size_t>(count), best);
  }
  return out;
}

std::vector<Option> fading_options() {
  return {{"half_life",
           -1.0,
           "horizons after which a meeting counts half; 0: it always counts 1; -1: as would have "
           "been best in training",
           -1,
           1e6,
           {}}};
}

int64_t choose_half_life(
    const Options& options, const ModelContext& context, const EstimatorData& data,
    const std::function<Rankings(std::span<const Seed> seeds, int64_t half_life)>& rank) {
  const auto micros = [&](double horizons) {
    return static_cast<int64_t>(horizons * static_cast<double>(recent_span(context)));
  };
  const double given = options.get_double("half_life");
  if (given >= 0) return micros(given);
  const double share =
      static_cast<double>(kMostJudged) / std::max(1.0, static_cast<double>(data.train.size()));
  std::vector<Seed> seeds;
  std::vector<int64_t> rows;
  std::vector<double> label;
  for (int64_t i = 0; i < data.train.size(); ++i) {
    const uint64_t key = boost_seed_key(context, data.train.seeds[i], 0x66616465);
    if (static_cast<double>(mix64(key) >> 11) * 0x1.0p-53 >= share) continue;
    seeds.push_back(data.train.seeds[i]);
    rows.push_back(i);
    label.push_back(data.train.label[i]);
  }
  const MetricEntry& metric = metric_registry().at(context.task->metric);
  const int64_t k = context.task->k;
  int64_t best = micros(kUsualHalfLife);
  double best_value = std::numeric_limits<double>::quiet_NaN();
  for (const double tried : kHalfLives) {
    CENOTE_CHECK(!data.hooks.is_cancelled(), cancelled, "cancelled while counting meetings");
    const Rankings found = rank(seeds, micros(tried));
    std::vector<double> hits;
    for (size_t i = 0; i < seeds.size(); ++i) {
      const std::vector<double> list(found.item.begin() + static_cast<int64_t>(i) * k,
                                     found.item.begin() + static_cast<int64_t>(i + 1) * k);
      append_hits(list, data.train.items(rows[i]), hits);
    }
    const double value = metric.compute({hits, label, k});
    const bool better = std::isnan(best_value) ||
                        (metric.higher_is_better ? value > best_value : value < best_value);
    if (std::isnan(value) || !better) continue;
    best = micros(tried);
    best_value = value;
  }
  return best;
}

int64_t load_half_life(const nlohmann::json& state) {
  const double half_life = load_numbers(state, "half_life", 1)[0];
  CENOTE_CHECK(half_life >= 0 && half_life < 0x1p62, bad_input, "model: a half-life of {}",
               half_life);
  return static_cast<int64_t>(half_life);
}

void append_ranking(std::span<const ScoredItem> items, Rankings& rankings) {
  for (const ScoredItem& one : items) {
    rankings.item.push_back(one.item);
    rankings.score.push_back(one.score);
  }
  const auto missing = static_cast<size_t>(rankings.top) - items.size();
  rankings.item.insert(rankings.item.end(), missing, -1);
  rankings.score.insert(rankings.score.end(), missing, 0.0);
}

}  // namespace cenote
