// SPDX-License-Identifier: Apache-2.0
#include "engine/trained_network.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "kernel/linear.h"
#include "model/detail/popular_items.h"
#include "train/checkpoint.h"

namespace cenote {
namespace {

/// Seeds and items whose scores are in memory at a time.
constexpr int64_t kBlockRows = 256;

bool is_better(const ScoredItem& a, const ScoredItem& b) {
  return a.score != b.score ? a.score > b.score : a.item < b.item;
}

/// Keeps the best `top`, in order.
void keep_best(std::vector<ScoredItem>& items, int64_t top) {
  const auto kept = std::min(std::ssize(items), top);
  std::partial_sort(items.begin(), items.begin() + kept, items.end(), is_better);
  items.resize(kept);
}

}  // namespace

TrainedNetwork::TrainedNetwork(const Prepared& prepared, const ModelContext& context,
                               const Options& options, const ModelEntry& entry,
                               const LossEntry& loss, const OutputScale& scale,
                               const TrainOptions& training, ThreadPool& threads)
    : prepared_(prepared),
      context_(context),
      scale_(scale),
      threads_(threads),
      network_(entry.make_network(options, context_)),
      items_(entry.recommends ? &dynamic_cast<ItemTower&>(*network_) : nullptr),
      trainer_(std::make_unique<Trainer>(*network_, context_, loss, scale, training, threads)) {}

TrainReport TrainedNetwork::fit(const FitRequest& request) {
  Judge judge = make_judge(prepared_);
  if (items_ != nullptr) {
    items_->learn_from(prepared_.train);
    // The trainer knows seeds' vectors only.
    judge.value = [this, inner = judge.value](const std::vector<double>& vectors) {
      const Rankings found = rank_vectors(vectors, prepared_.selection.seeds, prepared_.outputs);
      return inner({found.item.begin(), found.item.end()});
    };
  }
  return trainer_->train(prepared_.train, prepared_.selection, judge, request.checkpoint,
                         request.fingerprint, request.resume, request.hooks);
}

std::vector<double> TrainedNetwork::predict(std::span<const Seed> seeds, const Hooks& hooks) const {
  if (items_ == nullptr) return trainer_->predict(seeds, hooks);
  const Rankings found = rank(seeds, prepared_.outputs, hooks);
  return {found.item.begin(), found.item.end()};
}

std::vector<SeedEffects> TrainedNetwork::explain(const EffectsRequest& request,
                                                 const Hooks& hooks) const {
  if (items_ != nullptr) return Trained::explain(request, hooks);
  const auto average =
      mean_prediction(trainer_->predict(request.reference, hooks), prepared_.outputs);
  return explain_network(*network_, context_, scale_, prepared_, average, request, threads_, hooks);
}

Rankings TrainedNetwork::rank(std::span<const Seed> seeds, int64_t top, const Hooks& hooks) const {
  if (items_ == nullptr) return Trained::rank(seeds, top, hooks);
  return rank_vectors(trainer_->predict(seeds, hooks), seeds, top);
}

/// Blocks of 256 seeds against blocks of 256 items; of each seed only the best are kept.
Rankings TrainedNetwork::rank_vectors(const std::vector<double>& vectors,
                                      std::span<const Seed> seeds, int64_t top) const {
  const at::AutoGradMode mode(false);
  const StoredTable& table = prepared_.graph.store.tables[prepared_.item_table];
  std::vector<at::Tensor> blocks((table.rows + kBlockRows - 1) / kBlockRows);
  threads_.parallel_for(std::ssize(blocks), [&](int64_t block) {
    const at::AutoGradMode quiet(false);
    std::vector<int64_t> rows(std::min(kBlockRows, table.rows - block * kBlockRows));
    std::iota(rows.begin(), rows.end(), block * kBlockRows);
    blocks[block] = items_->items(rows, {});
  });
  std::vector<std::vector<ScoredItem>> best(seeds.size());
  const auto count = static_cast<int64_t>(seeds.size());
  const int64_t width = count == 0 ? 0 : static_cast<int64_t>(vectors.size()) / count;
  threads_.parallel_for((count + kBlockRows - 1) / kBlockRows, [&](int64_t part) {
    const at::AutoGradMode quiet(false);
    const int64_t first = part * kBlockRows, here = std::min(kBlockRows, count - first);
    if (blocks.empty()) return;
    at::Tensor users = at::empty({here, width}, blocks[0].options());
    for (int64_t i = 0; i < here * width; ++i)
      users.mutable_data_ptr<float>()[i] = static_cast<float>(vectors[first * width + i]);
    for (size_t block = 0; block < blocks.size(); ++block) {
      const at::Tensor scores = linear_rows(users, blocks[block], {});
      for (int64_t s = 0; s < here; ++s) {
        const int64_t existing = existing_rows(table, seeds[first + s].cut);
        const int64_t from = static_cast<int64_t>(block) * kBlockRows;
        const int64_t items = scores.size(1);
        const float* row = scores.const_data_ptr<float>() + s * items;
        auto& kept = best[first + s];
        for (int64_t i = 0; i < items && from + i < existing; ++i)
          kept.push_back({from + i, static_cast<double>(row[i])});
        keep_best(kept, top);
      }
    }
  });
  Rankings out;
  out.top = top;
  for (const auto& items : best) append_ranking(items, out);
  return out;
}

void TrainedNetwork::save(ModelPart& part) const {
  const auto& names = network_->parameters().names();
  for (size_t i = 0; i < names.size(); ++i)
    part.tensors.emplace_back(names[i], to_raw(network_->parameters().tensors()[i]));
}

void TrainedNetwork::load(const ModelPart& part) {
  const auto& parameters = network_->parameters();
  CENOTE_CHECK(part.tensors.size() == parameters.names().size(), bad_input,
               "model: {} tensors, {} are needed", part.tensors.size(), parameters.names().size());
  for (const std::string& name : parameters.names()) {
    const auto found = std::find_if(part.tensors.begin(), part.tensors.end(),
                                    [&](const auto& t) { return t.first == name; });
    CENOTE_CHECK(found != part.tensors.end(), bad_input, "model: tensor '{}' is missing", name);
    at::Tensor target = parameters.at(name).detach();
    copy_from_raw(name, found->second, target);
  }
}

}  // namespace cenote
