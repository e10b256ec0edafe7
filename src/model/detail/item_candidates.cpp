// SPDX-License-Identifier: Apache-2.0
#include "model/detail/item_candidates.h"

#include <algorithm>
#include <unordered_map>

#include "base/time.h"

namespace cenote {
namespace {

// How far a seed's neighbourhood is looked at: latest own items, latest others who met each, their latest items.
constexpr size_t kOwn = 8, kOthers = 32, kTheirs = 24;
/// Of all candidates, the share that neighbours may take.
constexpr int64_t kNeighbourShare = 2;
/// In spans: what is popular just now, and what has been for long.
constexpr int64_t kHalfLives[] = {1, 8};

/// The last `most` of a list.
Interactions::List latest(const Interactions::List& list, size_t most) {
  const size_t first = list.size() - std::min(list.size(), most);
  return {list.other.subspan(first), list.time.subspan(first)};
}

double weight_of(int64_t cut, int64_t time, int64_t half_life) {
  return time == kTimeAlways ? 0.5 : faded(cut - time, half_life);
}

}  // namespace

ItemCandidates::ItemCandidates(const std::vector<Interactions>& meetings, const StoredTable& items,
                               int64_t span, std::span<const Seed> seeds, int64_t most)
    : meetings_(meetings), span_(span), most_(most) {
  for (const int64_t half_life : kHalfLives)
    popular_.push_back(popular_items(meetings.at(0), items, seeds, half_life * span, most));
}

std::vector<ScoredItem> ItemCandidates::neighbours(const Seed& seed) const {
  const Interactions& meetings = meetings_[0];
  std::unordered_map<int64_t, double> score;
  std::vector<int32_t> own;
  const auto mine = meetings.of_entity(seed.row, seed.cut);
  for (size_t i = mine.size(); i-- > 0 && own.size() < kOwn;) {
    if (std::find(own.begin(), own.end(), mine.other[i]) == own.end()) own.push_back(mine.other[i]);
  }
  for (const int32_t item : own) {
    const auto others = latest(meetings.of_item(item, seed.cut), kOthers);
    for (size_t o = 0; o < others.size(); ++o) {
      if (others.other[o] == seed.row) continue;
      const auto theirs = latest(meetings.of_entity(others.other[o], seed.cut), kTheirs);
      const double near = weight_of(seed.cut, others.time[o], span_);
      for (size_t t = 0; t < theirs.size(); ++t)
        score[theirs.other[t]] += near * weight_of(seed.cut, theirs.time[t], span_);
    }
  }
  std::vector<ScoredItem> out;
  for (const auto& [item, sum] : score) out.push_back({item, sum});
  std::sort(out.begin(), out.end(), [](const ScoredItem& a, const ScoredItem& b) {
    return a.score != b.score ? a.score > b.score : a.item < b.item;
  });
  return out;
}

std::vector<Candidate> ItemCandidates::of_seed(const Seed& seed) const {
  std::vector<Candidate> out;
  std::unordered_map<int64_t, size_t> place;
  const auto add = [&](int64_t item, int64_t most) {
    if (std::ssize(out) >= most || !place.try_emplace(item, out.size()).second) return;
    out.push_back({item, 0});
  };
  for (const Interactions& meetings : meetings_) {
    const auto own = meetings.of_entity(seed.row, seed.cut);
    for (size_t i = own.size(); i-- > 0;) add(own.other[i], most_ / 2);
  }
  const auto near = neighbours(seed);
  const int64_t most_near = std::ssize(out) + most_ / kNeighbourShare / 2;
  for (const ScoredItem& one : near) add(one.item, std::min(most_, most_near));
  for (size_t i = 0; std::ssize(out) < most_; ++i) {
    bool any = false;
    for (const auto& popular : popular_) {
      const auto& best = popular.at(seed.cut);
      if (i >= best.size()) continue;
      any = true;
      add(best[i].item, most_);
    }
    if (!any) break;
  }
  for (const ScoredItem& one : near) {
    if (const auto at = place.find(one.item); at != place.end())
      out[at->second].neighbours = one.score;
  }
  std::sort(out.begin(), out.end(),
            [](const Candidate& a, const Candidate& b) { return a.item < b.item; });
  return out;
}

}  // namespace cenote
