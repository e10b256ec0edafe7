// SPDX-License-Identifier: Apache-2.0
// Future mutation: the database after a time is replaced by others, and no prediction at that time may change.
#include <algorithm>
#include <array>
#include <bit>
#include <map>

#include "base/check.h"
#include "base/hash.h"
#include "base/time.h"
#include "engine/check.h"
#include "engine/trained.h"

namespace cenote {
namespace {

constexpr size_t kMostSeeds = 300;  // at a time

struct Change {
  FutureChange::Kind kind;
  const char* name;
};
constexpr std::array<Change, 3> kChanges{Change{FutureChange::deleted, "deleted"},
                                         Change{FutureChange::shuffled, "shuffled"},
                                         Change{FutureChange::overwritten, "overwritten"}};

/// Entities that are there at a time, drawn by what they are.
std::vector<Seed> seeds_at(const Prepared& prepared, int64_t time) {
  const StoredTable& table = prepared.graph.store.tables[prepared.entity_table];
  const bool own_time = asks_at_own_time(prepared.task);
  const int64_t cut = prepared.visibility.cut(time);
  std::vector<Seed> out;
  for (int64_t row = 0; row < table.rows; ++row) {
    if (own_time ? table.time[row] != time : table.time[row] > cut) continue;
    out.push_back({.row = row, .time = time, .cut = cut, .own_row = true});
  }
  std::stable_sort(out.begin(), out.end(), [&](const Seed& a, const Seed& b) {
    return mix64(table.key_hash[a.row]) < mix64(table.key_hash[b.row]);
  });
  if (out.size() > kMostSeeds) out.resize(kMostSeeds);
  for (size_t i = 0; i < out.size(); ++i)
    out[i].time =
        frame_time(prepared.task, time, 1 + static_cast<int64_t>(i) % prepared.task.frames);
  return out;
}

/// The same entities in a database whose rows stand elsewhere. A row of -1 is not there.
std::vector<Seed> find_again(const Prepared& from, std::vector<Seed> seeds, const Prepared& to) {
  const StoredTable& old_table = from.graph.store.tables[from.entity_table];
  const StoredTable& new_table = to.graph.store.tables[to.entity_table];
  std::map<uint64_t, int64_t> rows;
  for (int64_t row = new_table.rows; row-- > 0;) rows[new_table.key_hash[row]] = row;
  for (Seed& seed : seeds) {
    const auto found = rows.find(old_table.key_hash[seed.row]);
    seed.row = found == rows.end() ? -1 : found->second;
  }
  return seeds;
}

/// The last moment up to `latest` at which the task can ask.
int64_t time_to_ask(const Prepared& prepared, int64_t latest) {
  if (!asks_at_own_time(prepared.task)) return latest;
  int64_t last = kTimeAlways;
  for (const int64_t time : prepared.graph.store.tables[prepared.entity_table].time) {
    if (time <= latest) last = std::max(last, time);
  }
  return last;
}

std::vector<double> predictions_of(const Prepared& prepared, const ModelFile& model,
                                   std::span<const Seed> seeds, ThreadPool& threads,
                                   const Hooks& hooks) {
  const auto trained = make_trained(prepared, model, model.scale, threads);
  trained->load(model);
  return trained->predict(seeds, hooks);
}

std::string entity_name(const Prepared& prepared, int64_t row) {
  const Table& table = prepared.schema.tables[prepared.entity_table];
  if (table.primary_key.size() != 1) return fmt::format("row {} of {}", row, table.name);
  const auto c = static_cast<size_t>(table.find_column(table.primary_key[0]));
  const ColumnData& key = prepared.graph.store.tables[prepared.entity_table].columns[c];
  return fmt::format("{} {}", table.primary_key[0], value_text(key, row));
}

}  // namespace

void check_future(Snapshot& snapshot, const ModelFile& model, const std::string& task,
                  Protocol protocol, ThreadPool& threads, const Hooks& hooks, CheckResult& result) {
  const Hooks quiet{hooks.progress, {}, hooks.cancelled};  // warnings have been given already
  const auto prepare = [&](int64_t time) {
    return prepare_use(snapshot, model, task, protocol, format_time(time), threads, quiet);
  };
  int64_t before = kTimeAlways;
  for (const int64_t latest : {model.task.val_timestamp, model.task.test_timestamp}) {
    auto base = prepare(latest);
    const int64_t time = time_to_ask(*base, latest);
    if (time == kTimeAlways || time == before) continue;
    before = time;
    if (time != latest) base = prepare(time);
    const std::vector<Seed> seeds = seeds_at(*base, time);
    if (seeds.empty()) continue;
    const auto truth = predictions_of(*base, model, seeds, threads, hooks);
    result.times.push_back(format_time(time));
    result.predictions += std::ssize(seeds);
    for (const Change& change : kChanges) {
      snapshot.change_future({change.kind, base->visibility.cut(time)});
      const auto changed = prepare(time);
      snapshot.change_future({});
      const std::vector<Seed> same = find_again(*base, seeds, *changed);
      CENOTE_CHECK(std::all_of(same.begin(), same.end(), [](const Seed& s) { return s.row >= 0; }),
                   internal, "an entity of {} is gone after later rows were {}", format_time(time),
                   change.name);
      const auto other = predictions_of(*changed, model, same, threads, hooks);
      result.compared += std::ssize(seeds);
      const int64_t width = model.outputs;
      int64_t moved = 0;
      std::string example;
      for (size_t i = 0; i < seeds.size(); ++i) {
        const auto at = static_cast<int64_t>(i) * width;
        bool equal = true;
        for (int64_t m = at; m < at + width; ++m)
          equal &= std::bit_cast<uint64_t>(truth[m]) == std::bit_cast<uint64_t>(other[m]);
        if (equal) continue;
        if (moved++ == 0)
          example = fmt::format("{}: {} becomes {}", entity_name(*base, seeds[i].row), truth[at],
                                other[at]);
      }
      if (moved == 0) continue;
      result.findings.push_back(
          {kLeak, "future_changes_predictions", "", "",
           fmt::format("{} of {} predictions at {} change when the rows after it are {}; {}", moved,
                       seeds.size(), format_time(time), change.name, example),
           "do not trust this model: it looks at rows from later"});
    }
  }
  if (result.times.empty())
    result.findings.push_back({kNote, "no_future", "", "",
                               "no entity is there at the validation or the test time, so no "
                               "future could be changed",
                               "check the split times"});
}

}  // namespace cenote
