// SPDX-License-Identifier: Apache-2.0
// Two towers: a network makes a vector of the seed, another one a vector of each item, and the score is their product.
//
// The seed's tower is that of model sage. An item's is the encoding of its row, through a linear map, plus a learned
// vector of its key. A training pass draws for each seed one item that came and `negatives` others among those that
// exist at the seed's cut, and gives their scores to the loss (bpr); any other pass gives the seed's vector, which the
// engine multiplies with those of all items, block by block.
//
// Shapes    training [seeds, 1 + negatives]; else [seeds, channels].
// Empty     as sage. An item that came after training has the vector of its columns, and of a key that it shares.
// Options   those of sage, negatives, buckets.
// Gradient  with respect to all parameters.
// Cost      sage, and an item's encoding per different item of a shard.
// Source    two towers: Yi et al. 2019; with BPR and a vector an item on RelBench's network: Robinson et al. 2024,
//           arXiv:2407.20060. Keys share `buckets` vectors (Weinberger et al. 2009), so the size is fixed.
#include <ATen/ops/add.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/ones.h>

#include <algorithm>

#include "base/hash.h"
#include "base/random.h"
#include "kernel/linear.h"
#include "kernel/segment.h"
#include "model/detail/layered_network.h"
#include "model/detail/popular_items.h"

namespace cenote {
namespace {

/// Draws until an item is none that came; so many, or there may be none.
constexpr int kTries = 8;

ModelContext as_wide_as(const ModelContext& context, int64_t width) {
  ModelContext out = context;
  out.outputs = width;
  return out;
}

class TwoTower : public LayeredNetwork, public ItemTower {
 public:
  TwoTower(const Options& options, const ModelContext& context)
      : LayeredNetwork({.model = "two_tower", .layer = "sage"}, options,
                       as_wide_as(context, options.get_int("channels"))),
        context_(context),
        width_(options.get_int("channels")),
        negatives_(options.get_int("negatives")),
        buckets_(options.get_int("buckets")) {
    item_ = parameters_.declare_linear("item", width_, width_);
    keys_ = parameters_.declare("item.keys", {buckets_, width_}, Init::normal, 0.1);
    ones_ = at::ones({1, width_}, keys_.options().requires_grad(false));
  }

  void learn_from(const SeedTable& train) override {
    train_ = &train;
    order_.clear();
    for (int64_t i = 0; i < train.size(); ++i) order_.push_back(i);
    std::sort(order_.begin(), order_.end(), [&](int64_t a, int64_t b) {
      return place_of(train.seeds[a]) < place_of(train.seeds[b]);
    });
  }

  at::Tensor items(std::span<const int64_t> rows, const Pass& pass) const override {
    const StoredTable& table = context_.graph.store.tables[context_.item_table];
    auto buckets = std::make_shared<std::vector<int64_t>>();
    for (const int64_t row : rows)
      buckets->push_back(
          static_cast<int64_t>(mix64(table.key_hash[row]) % static_cast<uint64_t>(buckets_)));
    return at::add(linear_rows(encode(context_.item_table, rows, pass), item_.first, item_.second),
                   gather_rows(keys_, buckets));
  }

  at::Tensor forward(const Shard& shard, std::vector<at::Tensor> x,
                     const Pass& pass) const override {
    const at::Tensor users = LayeredNetwork::forward(shard, std::move(x), pass);
    if (!pass.training) return users;
    const Drawn drawn = draw(shard.seeds, pass.key);
    const at::Tensor pairs =
        at::mul(gather_rows(users, drawn.seed), gather_rows(items(drawn.rows, pass), drawn.place));
    return linear_rows(pairs, ones_, {}).view({users.size(0), 1 + negatives_});
  }

 private:
  /// Pairs of a shard: 1 + negatives of each seed, the one that came first.
  struct Drawn {
    std::vector<int64_t> rows;                          // different items
    std::shared_ptr<std::vector<int64_t>> seed, place;  // of each pair: in the shard, in `rows`
  };

  static std::pair<int64_t, int64_t> place_of(const Seed& seed) { return {seed.time, seed.row}; }

  std::span<const int64_t> items_of(const Seed& seed) const {
    const auto found = std::lower_bound(
        order_.begin(), order_.end(), place_of(seed),
        [&](int64_t i, const auto& wanted) { return place_of(train_->seeds[i]) < wanted; });
    CENOTE_ASSERT(found != order_.end() && place_of(train_->seeds[*found]) == place_of(seed));
    return train_->items(*found);
  }

  Drawn draw(std::span<const Seed> seeds, uint64_t key) const {
    const StoredTable& entities = context_.graph.store.tables[context_.entity_table];
    const StoredTable& table = context_.graph.store.tables[context_.item_table];
    std::vector<int64_t> drawn;
    for (const Seed& seed : seeds) {
      const auto came = items_of(seed);
      const int64_t existing = existing_rows(table, seed.cut);
      Random random(hash_combine(hash_combine(key, entities.key_hash[seed.row]),
                                 static_cast<uint64_t>(seed.time)));
      drawn.push_back(came[random.below(came.size())]);
      for (int64_t n = 0; n < negatives_; ++n) {
        int64_t item = drawn[drawn.size() - 1 - static_cast<size_t>(n)];
        for (int tried = 0; existing > 0 && tried < kTries; ++tried) {
          const auto other = static_cast<int64_t>(random.below(static_cast<uint64_t>(existing)));
          if (std::binary_search(came.begin(), came.end(), other)) continue;
          item = other;
          break;
        }
        drawn.push_back(item);
      }
    }
    Drawn out;
    out.rows = drawn;
    std::sort(out.rows.begin(), out.rows.end());
    out.rows.erase(std::unique(out.rows.begin(), out.rows.end()), out.rows.end());
    out.seed = std::make_shared<std::vector<int64_t>>();
    out.place = std::make_shared<std::vector<int64_t>>();
    for (size_t i = 0; i < drawn.size(); ++i) {
      out.seed->push_back(static_cast<int64_t>(i) / (1 + negatives_));
      out.place->push_back(std::lower_bound(out.rows.begin(), out.rows.end(), drawn[i]) -
                           out.rows.begin());
    }
    return out;
  }

  const ModelContext context_;
  const int64_t width_, negatives_, buckets_;
  std::pair<at::Tensor, at::Tensor> item_;
  at::Tensor keys_, ones_;
  const SeedTable* train_ = nullptr;
  std::vector<int64_t> order_;  // of its seeds, by (time, row)
};

}  // namespace

CENOTE_MODEL(two_tower) {
  ModelEntry entry;
  entry.info = {
      "a network for the seed and one for the item, their product the score",
      "Robinson et al. 2024, arXiv:2407.20060 (two towers, BPR); Yi et al. 2019",
      "cenote fit examples/f1 --task driver-circuit-compete --model two_tower --set lr=0.01",
      network_options({})};
  entry.info.options.push_back({"negatives",
                                int64_t{32},
                                "items that did not come, drawn for each seed and update",
                                1,
                                10000,
                                {}});
  entry.info.options.push_back(
      {"buckets", int64_t{4096}, "learned vectors that the items' keys share", 1, 10000000, {}});
  entry.make_network = [](const Options& options,
                          const ModelContext& context) -> std::unique_ptr<Network> {
    return std::make_unique<TwoTower>(options, context);
  };
  entry.recommends = true;
  return entry;
}

}  // namespace cenote
