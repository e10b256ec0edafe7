// SPDX-License-Identifier: Apache-2.0
// The same for everyone: the items that have been met most often, of late.
//
// Shapes    [seeds, top] items that exist at the cut.
// Empty     nothing met yet: the newest items. Fewer items than places: -1.
// Options   half_life.
// Units     a score is the number of meetings, one that is a half-life old counting half. Meetings are labels of the
//           past whose window has closed; of a task without a horizon, rows of the database.
// Source    ours; RelBench calls it "global popularity", without fading.
#include <nlohmann/json.hpp>

#include "model/detail/popular_items.h"
#include "model/model.h"

namespace cenote {
namespace {

class Popularity : public Ranker {
 public:
  Popularity(const Options& options, const ModelContext& context)
      : options_(options), context_(context) {}

  void fit(const EstimatorData& data) override {
    const Interactions meetings = main_interactions(data.history, context_);
    half_life_ = choose_half_life(options_, context_, data,
                                  [&](std::span<const Seed> seeds, int64_t half_life) {
                                    return ranked(meetings, seeds, context_.task->k, half_life);
                                  });
  }

  Rankings rank(std::span<const Seed> seeds, const History& history, int64_t top, ThreadPool&,
                const Hooks&) const override {
    return ranked(main_interactions(history, context_), seeds, top, half_life_);
  }

  nlohmann::json save() const override {
    return {{"half_life", {static_cast<double>(half_life_)}}};
  }
  void load(const nlohmann::json& state) override { half_life_ = load_half_life(state); }

 private:
  Rankings ranked(const Interactions& meetings, std::span<const Seed> seeds, int64_t top,
                  int64_t half_life) const {
    const auto popular = popular_items(meetings, context_.graph.store.tables[context_.item_table],
                                       seeds, half_life, top);
    Rankings out;
    out.top = top;
    for (const Seed& seed : seeds) append_ranking(popular.at(seed.cut), out);
    return out;
  }

  const Options options_;
  const ModelContext context_;
  int64_t half_life_ = 0;
};

}  // namespace

CENOTE_MODEL(popularity) {
  ModelEntry entry;
  entry.info = {"recommends to everyone what has been met most often, of late", "ours",
                "cenote fit examples/f1 --task driver-circuit-compete --model popularity",
                fading_options()};
  entry.make_ranker = [](const Options& options,
                         const ModelContext& context) -> std::unique_ptr<Ranker> {
    return std::make_unique<Popularity>(options, context);
  };
  entry.looks_back = true;
  entry.reads_rows = false;
  return entry;
}

}  // namespace cenote
