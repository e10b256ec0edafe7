// SPDX-License-Identifier: Apache-2.0
// Recommendation in two stages: a few hundred candidates a seed, ranked by gradient boosted trees.
//
//   1. candidates (detail/item_candidates.h): own past, items of similar entities, popular and new items
//   2. numbers of each pair as of the seed's cut (detail/pair_features.h): counts, ages and trends over labels of the
//      past and over the rows in which entities and items meet, columns of both
//   3. trees tell the candidates that came from those that did not; of the latter a sample trains, drawn among
//      items that exist at the cut. They stop by the log loss of validation pairs, and `bags` of them are averaged
//
// Shapes    [seeds, top] items that exist at the cut.
// Empty     no candidate that came in training: what trees without splits say, so the order of popularity.
// Options   candidates, negatives, max_pairs, bags, rounds, patience, lr, leaves, min_rows.
// Units     a score is the trees' probability, of candidates sampled as in training.
// Errors    cancelled.
// Cost      seeds x candidates x features; never more pairs in memory than a block of seeds has.
// Threads   seeds and boosters; the bytes do not depend on their number.
// Source    retrieval and ranking: Covington, Adams, Sargin 2016, Deep neural networks for YouTube recommendations;
//           trees as ranker: Burges 2010; boosting: Friedman 2001, Ke et al. 2017.
#include <algorithm>
#include <cmath>
#include <mutex>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/check.h"
#include "base/hash.h"
#include "model/detail/boost_labels.h"
#include "model/detail/pair_features.h"
#include "model/model.h"
#include "tree/boosting.h"

namespace cenote {
namespace {

/// Sorts of meetings that are looked at, beside labels of the past.
constexpr size_t kMostWays = 3;
/// Seeds whose pairs are in memory at a time, and seeds that a thread takes at once.
constexpr size_t kBlock = 2048, kPart = 64;
/// Of few pairs a leaf holds at least this part, whatever `min_rows` says.
constexpr int64_t kLeastLeaves = 100;

/// Pairs of a seed in a matrix: rows [begin, begin + candidates).
struct Pairs {
  FeatureMatrix x;
  std::vector<int64_t> begin;                   // [S + 1]
  std::vector<std::vector<Candidate>> of_seed;  // [S]
};

class Rerank : public Ranker {
 public:
  Rerank(const Options& options, const ModelContext& context)
      : options_(options), context_(context) {}

  void fit(const EstimatorData& data) override {
    const std::vector<Interactions> meetings = meetings_of(data.history);
    const PairFeatures features(context_, meetings);
    const SeedTable train = training_seeds(data);
    std::vector<double> label, val_label;
    const FeatureMatrix x = sampled_pairs(features, meetings, train, data, label);
    bags_.clear();
    if (std::find(label.begin(), label.end(), 1.0) == label.end()) return;
    const FeatureMatrix val = sampled_pairs(features, meetings, data.val, data, val_label);
    const bool stops = options_.get_int("patience") > 0 && val.rows > 0;
    const auto judge = [&](const std::vector<double>& prediction) {
      double loss = 0;
      for (size_t i = 0; i < prediction.size(); ++i)
        loss -= std::log(std::max(val_label[i] == 1 ? prediction[i] : 1 - prediction[i], 1e-15));
      return loss;
    };
    bags_.resize(options_.get_int("bags"));
    // Boosters grow on several threads, and hooks are called from one at a time.
    Hooks hooks;
    std::mutex asking;
    hooks.cancelled = [&] {
      const std::lock_guard lock(asking);
      return data.hooks.is_cancelled();
    };
    data.threads.parallel_for(std::ssize(bags_), [&](int64_t bag) {
      BoostingOptions own = boosting(x.rows);
      own.seed = hash_combine(context_.seed, static_cast<uint64_t>(bag));
      bags_[bag] =
          fit_trees(x, label, {}, stops ? &val : nullptr, judge, false, own, hooks, nullptr);
    });
  }

  Rankings rank(std::span<const Seed> seeds, const History& history, int64_t top,
                ThreadPool& threads, const Hooks& hooks) const override {
    const std::vector<Interactions> meetings = meetings_of(history);
    const PairFeatures features(context_, meetings);
    const int64_t most = std::max(options_.get_int("candidates"), top);
    Rankings out;
    out.top = top;
    for (size_t begin = 0; begin < seeds.size(); begin += kBlock) {
      CENOTE_CHECK(!hooks.is_cancelled(), cancelled, "cancelled while recommending");
      const auto block = seeds.subspan(begin, std::min(kBlock, seeds.size() - begin));
      const Pairs pairs = make_pairs(features, meetings, block, most, threads);
      const std::vector<double> score = scores(pairs.x, threads);
      for (size_t s = 0; s < block.size(); ++s) append_ranking(best_of(pairs, score, s, top), out);
    }
    return out;
  }

  nlohmann::json save() const override {
    nlohmann::json out = {{"bags", nlohmann::json::array()}, {"features", feature_names()}};
    for (const TreeEnsemble& bag : bags_) out["bags"].push_back(bag.save());
    return out;
  }
  void load(const nlohmann::json& state) override {
    bags_.clear();
    std::vector<std::string> names;
    try {
      names = state.at("features").get<std::vector<std::string>>();
      for (const auto& bag : state.at("bags")) bags_.push_back(TreeEnsemble::load(bag));
    } catch (const nlohmann::json::exception&) {
      fail(ErrorCode::bad_input, "model: the state of 'rerank' is damaged");
    }
    bool fits = names == feature_names();
    for (const TreeEnsemble& bag : bags_)
      fits &= bag.outputs() == 1 && bag.features() == std::ssize(names);
    CENOTE_CHECK(fits, bad_input, "model: the state of 'rerank' does not fit its task");
  }

  std::vector<UsedFeature> used_features() const override {
    const std::vector<std::string> names = feature_names();
    std::vector<double> gain(names.size(), 0.0);
    for (const TreeEnsemble& bag : bags_) {
      const auto of_trees = bag.importance();
      for (size_t f = 0; f < gain.size(); ++f) gain[f] += of_trees[f];
    }
    const double total = std::accumulate(gain.begin(), gain.end(), 0.0);
    std::vector<UsedFeature> out;
    for (size_t f = 0; f < gain.size(); ++f) {
      if (gain[f] > 0) out.push_back({names[f], "", gain[f] / total});
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const UsedFeature& a, const UsedFeature& b) { return a.share > b.share; });
    return out;
  }

 private:
  std::vector<Interactions> meetings_of(const History& history) const {
    std::vector<Interactions> out;
    if (has_history(*context_.task)) out.push_back(label_interactions(history, context_));
    for (Interactions& ways : row_interactions(context_, kMostWays)) out.push_back(std::move(ways));
    if (out.empty()) out.push_back(label_interactions({}, context_));
    return out;
  }

  std::vector<std::string> feature_names() const {
    const auto ways = row_interaction_names(context_, kMostWays);
    std::vector<std::string> of;
    if (has_history(*context_.task) || ways.empty()) of.push_back(Interactions::kLabels);
    of.insert(of.end(), ways.begin(), ways.end());
    return PairFeatures::names(context_, of);
  }

  BoostingOptions boosting(int64_t pairs) const {
    BoostingOptions out;
    out.objective = "binary";
    out.rounds = options_.get_int("rounds");
    out.patience = std::max<int64_t>(1, options_.get_int("patience"));
    out.learning_rate = options_.get_double("lr");
    out.leaves = options_.get_int("leaves");
    out.min_rows_in_leaf =
        std::max<int64_t>(1, std::min(options_.get_int("min_rows"), pairs / kLeastLeaves));
    out.feature_fraction = 0.5;
    out.max_bins = 63;
    out.threads = 1;
    return out;
  }

  /// About as many seeds as `max_pairs` pairs have, drawn by content; in a database that lags behind by whole
  /// horizons where the one that is used will.
  SeedTable training_seeds(const EstimatorData& data) const {
    const StoredTable& entities = context_.graph.store.tables[context_.entity_table];
    const int64_t pairs = options_.get_int("negatives") + 10;
    const double most =
        static_cast<double>(options_.get_int("max_pairs")) / static_cast<double>(pairs);
    const double share = most / std::max(1.0, static_cast<double>(data.train.size()));
    SeedTable out;
    out.item_offsets = {0};
    for (int64_t i = 0; i < data.train.size(); ++i) {
      Seed seed = data.train.seeds[i];
      const uint64_t key = boost_seed_key(context_, seed, 0x7365656473);
      if (static_cast<double>(mix64(key) >> 11) * 0x1.0p-53 >= share) continue;
      if (data.staleness > 0) {
        const int64_t span = recent_span(context_);
        const int64_t lag =
            draw_lag(data.staleness + span, boost_seed_key(context_, seed, 0x6c6167));
        seed = stale_seed(seed, entities, false, lag / span * span);
      }
      const auto items = data.train.items(i);
      out.seeds.push_back(seed);
      out.label.push_back(data.train.label[i]);
      out.item.insert(out.item.end(), items.begin(), items.end());
      out.item_offsets.push_back(std::ssize(out.item));
    }
    return out;
  }

  Pairs make_pairs(const PairFeatures& features, const std::vector<Interactions>& meetings,
                   std::span<const Seed> seeds, int64_t most, ThreadPool& threads,
                   const std::function<void(size_t, std::vector<Candidate>&)>& choose = {}) const {
    const ItemCandidates candidates(meetings, context_.graph.store.tables[context_.item_table],
                                    recent_span(context_), seeds, most);
    Pairs out;
    out.of_seed.resize(seeds.size());
    const auto in_parts = [&](const auto& work) {
      threads.parallel_for(
          static_cast<int64_t>((seeds.size() + kPart - 1) / kPart), [&](int64_t part) {
            const size_t end = std::min(seeds.size(), (static_cast<size_t>(part) + 1) * kPart);
            for (size_t s = static_cast<size_t>(part) * kPart; s < end; ++s) work(s);
          });
    };
    in_parts([&](size_t s) {
      out.of_seed[s] = candidates.of_seed(seeds[s]);
      if (choose) choose(s, out.of_seed[s]);
    });
    out.begin = {0};
    for (const auto& one : out.of_seed) out.begin.push_back(out.begin.back() + std::ssize(one));
    out.x.rows = out.begin.back();
    out.x.columns.assign(features.size(), std::vector<float>(out.x.rows));
    in_parts([&](size_t s) { features.compute(seeds[s], out.of_seed[s], out.begin[s], out.x); });
    return out;
  }

  /// Pairs to learn from: all candidates that came, and `negatives` of those that did not.
  FeatureMatrix sampled_pairs(const PairFeatures& features,
                              const std::vector<Interactions>& meetings, const SeedTable& table,
                              const EstimatorData& data, std::vector<double>& label) const {
    const StoredTable& items = context_.graph.store.tables[context_.item_table];
    const auto negatives = static_cast<size_t>(options_.get_int("negatives"));
    const auto came = [&](int64_t s, int64_t item) {
      const auto list = table.items(s);
      return std::binary_search(list.begin(), list.end(), item);
    };
    FeatureMatrix out;
    out.columns.resize(features.size());
    for (int64_t first = 0; first < table.size(); first += kBlock) {
      CENOTE_CHECK(!data.hooks.is_cancelled(), cancelled,
                   "cancelled while pairing seeds with items");
      Progress progress;
      progress.phase = "features";
      progress.done = first;
      progress.total = table.size();
      data.hooks.report(progress);
      const auto seeds =
          std::span(table.seeds).subspan(first, std::min<int64_t>(kBlock, table.size() - first));
      const auto choose = [&](size_t s, std::vector<Candidate>& all) {
        const uint64_t key = boost_seed_key(context_, seeds[s], 0x6e65676174697665);
        const auto draw = [&](const Candidate& one) {
          return mix64(hash_combine(key, items.key_hash[one.item]));
        };
        const auto middle = std::stable_partition(
            all.begin(), all.end(),
            [&](const Candidate& one) { return came(first + static_cast<int64_t>(s), one.item); });
        std::sort(middle, all.end(),
                  [&](const Candidate& a, const Candidate& b) { return draw(a) < draw(b); });
        all.resize(std::min(all.size(), static_cast<size_t>(middle - all.begin()) + negatives));
      };
      const Pairs pairs = make_pairs(features, meetings, seeds, options_.get_int("candidates"),
                                     data.threads, choose);
      for (size_t s = 0; s < seeds.size(); ++s) {
        for (const Candidate& one : pairs.of_seed[s])
          label.push_back(came(first + static_cast<int64_t>(s), one.item) ? 1 : 0);
      }
      for (size_t c = 0; c < out.columns.size(); ++c)
        out.columns[c].insert(out.columns[c].end(), pairs.x.columns[c].begin(),
                              pairs.x.columns[c].end());
      out.rows += pairs.x.rows;
    }
    return out;
  }

  /// The mean of the bags.
  std::vector<double> scores(const FeatureMatrix& x, ThreadPool& threads) const {
    std::vector<double> out(x.rows, 0.0);
    for (const TreeEnsemble& bag : bags_) {
      const auto part = bag.predict(x, threads);
      for (size_t i = 0; i < out.size(); ++i) out[i] += part[i] / static_cast<double>(bags_.size());
    }
    return out;
  }

  /// Of equal scores the one that more have met of late goes first, then the first row.
  std::vector<ScoredItem> best_of(const Pairs& pairs, const std::vector<double>& score, size_t seed,
                                  int64_t top) const {
    constexpr size_t kRecent = 6;  // of PairFeatures: meetings of the item in the last span
    std::vector<int64_t> order(pairs.of_seed[seed].size());
    std::iota(order.begin(), order.end(), 0);
    const int64_t begin = pairs.begin[seed];
    const auto kept = std::min<int64_t>(top, std::ssize(order));
    std::partial_sort(order.begin(), order.begin() + kept, order.end(), [&](int64_t a, int64_t b) {
      if (score[begin + a] != score[begin + b]) return score[begin + a] > score[begin + b];
      const float x = pairs.x.columns[kRecent][begin + a], y = pairs.x.columns[kRecent][begin + b];
      return x != y ? x > y : a < b;
    });
    std::vector<ScoredItem> out;
    for (int64_t i = 0; i < kept; ++i)
      out.push_back({pairs.of_seed[seed][order[i]].item, score[begin + order[i]]});
    return out;
  }

  const Options options_;
  const ModelContext context_;
  std::vector<TreeEnsemble> bags_;
};

}  // namespace

CENOTE_MODEL(rerank) {
  ModelEntry entry;
  entry.info = {
      "candidates of the entity's past, of its likes and of what is popular, ranked by gradient "
      "boosted trees",
      "Covington, Adams, Sargin 2016 (two stages); Friedman 2001, Ke et al. 2017 (trees)",
      "cenote fit examples/f1 --task driver-circuit-compete --model rerank",
      {{"candidates", int64_t{300}, "items that are scored for a seed", 1, 100000, {}},
       {"negatives",
        int64_t{40},
        "candidates that did not come, of each seed trained on",
        1,
        100000,
        {}},
       {"max_pairs", int64_t{2000000}, "pairs of seed and item to train on, about", 100, 1e9, {}},
       {"bags", int64_t{3}, "boosters that are averaged", 1, 100, {}},
       {"rounds", int64_t{300}, "trees of a booster at most", 1, 100000, {}},
       {"patience",
        int64_t{50},
        "rounds without a better log loss of validation; 0: all rounds",
        0,
        100000,
        {}},
       {"lr", 0.1, "learning rate of the trees", 1e-6, 1, {}},
       {"leaves", int64_t{15}, "leaves of a tree at most", 2, 4096, {}},
       {"min_rows",
        int64_t{200},
        "pairs in a leaf at least, of few pairs a hundredth of them",
        1,
        1e9,
        {}}}};
  entry.make_ranker = [](const Options& options,
                         const ModelContext& context) -> std::unique_ptr<Ranker> {
    return std::make_unique<Rerank>(options, context);
  };
  entry.looks_back = true;
  return entry;
}

}  // namespace cenote
