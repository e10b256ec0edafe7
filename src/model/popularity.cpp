// SPDX-License-Identifier: Apache-2.0
// The same for everyone: the items that have been met most often, of late.
//
// Shapes    [seeds, top] items that exist at the cut.
// Empty     nothing met yet: the newest items. Fewer items than places: -1.
// Options   half_life.
// Units     a score is the number of meetings, one that is a half-life old counting half. Meetings are labels of the
//           past whose window has closed; of a task without a horizon, rows of the database.
// Source    ours; RelBench calls it "global popularity", without fading.

#include "model/detail/fading_ranker.h"

namespace cenote {
namespace {

class Popularity : public FadingRanker {
 public:
  using FadingRanker::FadingRanker;

 private:
  Rankings ranked(const Interactions& meetings, std::span<const Seed> seeds, int64_t top,
                  int64_t half_life) const override {
    const auto popular = popular_items(meetings, context().graph.store.tables[context().item_table],
                                       seeds, half_life, top);
    Rankings out;
    out.top = top;
    for (const Seed& seed : seeds) append_ranking(popular.at(seed.cut), out);
    return out;
  }
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
