// SPDX-License-Identifier: Apache-2.0
// The entity's own past again: the items that it has met most often, of late, and then those of everyone.
//
// Shapes    [seeds, top] items that exist at the cut.
// Empty     an entity without a past gets what model popularity recommends. Fewer items than places: -1.
// Options   half_life.
// Units     a score is 1 + the number of the entity's own meetings, one that is a half-life old counting half; of
//           the others n / (1 + n), n being that number over all entities.
// Source    ours; RelBench calls it "past visit", without fading.
#include <algorithm>
#include <unordered_map>

#include "base/time.h"
#include "model/detail/fading_ranker.h"

namespace cenote {
namespace {

class Repeat : public FadingRanker {
 public:
  using FadingRanker::FadingRanker;

 private:
  Rankings ranked(const Interactions& meetings, std::span<const Seed> seeds, int64_t top,
                  int64_t half_life) const override {
    // Twice as many as there are places: a seed's own items may be among them, and at most `top` are.
    const auto popular = popular_items(meetings, context().graph.store.tables[context().item_table],
                                       seeds, half_life, 2 * top);
    Rankings out;
    out.top = top;
    for (const Seed& seed : seeds) {
      std::vector<ScoredItem> best = own_items(meetings, seed, half_life);
      if (static_cast<int64_t>(best.size()) > top) best.resize(top);
      const size_t own = best.size();
      for (const ScoredItem& one : popular.at(seed.cut)) {
        if (static_cast<int64_t>(best.size()) == top) break;
        const bool known =
            std::any_of(best.begin(), best.begin() + static_cast<int64_t>(own),
                        [&](const ScoredItem& other) { return other.item == one.item; });
        if (!known) best.push_back({one.item, one.score / (1 + one.score)});
      }
      append_ranking(best, out);
    }
    return out;
  }

  /// The items that the entity has met, best first; of equal ones the one met last, then the first row.
  static std::vector<ScoredItem> own_items(const Interactions& meetings, const Seed& seed,
                                           int64_t half_life) {
    const auto list = meetings.of_entity(seed.row, seed.cut);
    std::unordered_map<int64_t, size_t> place;
    std::vector<ScoredItem> out;
    std::vector<int64_t> last;
    for (size_t i = 0; i < list.size(); ++i) {
      const auto [at, is_new] = place.try_emplace(list.other[i], out.size());
      if (is_new) {
        out.push_back({list.other[i], 1});
        last.push_back(0);
      }
      last[at->second] = list.time[i];
      if (list.time[i] == kTimeAlways)
        out[at->second].score += half_life == 0 ? 1 : 0;
      else
        out[at->second].score += faded(seed.cut - list.time[i], half_life);
    }
    std::sort(out.begin(), out.end(), [&](const ScoredItem& a, const ScoredItem& b) {
      if (a.score != b.score) return a.score > b.score;
      const int64_t x = last[place.at(a.item)], y = last[place.at(b.item)];
      return x != y ? x > y : a.item < b.item;
    });
    return out;
  }
};

}  // namespace

CENOTE_MODEL(repeat) {
  ModelEntry entry;
  entry.info = {
      "recommends what the entity itself has met most often, of late, then what is popular", "ours",
      "cenote fit examples/f1 --task driver-circuit-compete --model repeat", fading_options()};
  entry.make_ranker = [](const Options& options,
                         const ModelContext& context) -> std::unique_ptr<Ranker> {
    return std::make_unique<Repeat>(options, context);
  };
  entry.looks_back = true;
  entry.reads_rows = false;
  return entry;
}

}  // namespace cenote
