// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>

#include "base/check.h"
#include "base/hash.h"
#include "base/time.h"
#include "cenote/explain.h"
#include "engine/run_folder.h"
#include "engine/trained.h"
#include "engine/without.h"
#include "metric/metric.h"

namespace cenote {
namespace {

constexpr double kNormal95 = 1.959964;
/// How far the database is made to lag behind, in days.
constexpr std::pair<int64_t, const char*> kLags[] = {
    {7, "the last 7 days"}, {30, "the last 30 days"},      {90, "the last 90 days"},
    {365, "the last year"}, {3 * 365, "the last 3 years"}, {10 * 365, "the last 10 years"}};
const char* const kKinds[] = {"table", "link", "column", "time", "labels"};

/// Something to do without.
struct Item {
  ImportanceItem named;
  bool is_drawn = false;  // at random, so it is done several times
  std::function<void(Without&, uint64_t key)> take;
  int64_t lag = 0;
};

class Measure {
 public:
  Measure(Prepared& prepared, const Trained& trained, const ModelFile& model,
          const ImportanceOptions& options, const Hooks& hooks)
      : prepared_(prepared),
        trained_(trained),
        model_(model),
        options_(options),
        hooks_(hooks),
        metric_(metric_registry().at(prepared.task.metric)) {
    choose_seeds();
    base_ = trained_.predict(val_.seeds, quiet());
  }

  Importance run() {
    Importance out;
    out.task = prepared_.task.name;
    out.model = model_.model;
    out.metric = prepared_.task.metric;
    out.rows = val_.size();
    out.value = metric_of(base_);
    std::vector<Item> items;
    add_tables(items);
    add_links(items);
    add_columns(items);
    add_times(items);
    if (model_registry().at(model_.model).looks_back && prepared_.history().row.size() > 0) {
      Item item;
      item.named = {"labels", "past labels", "", "", 0, 0, 0};
      item.take = [](Without& without, uint64_t) { without.labels(); };
      items.push_back(std::move(item));
    }
    for (size_t i = 0; i < items.size(); ++i) {
      out.items.push_back(measure(items[i]));
      Progress progress;
      progress.phase = "importance";
      progress.done = static_cast<int64_t>(i) + 1;
      progress.total = static_cast<int64_t>(items.size());
      hooks_.report(progress);
    }
    const auto place = [](const ImportanceItem& item) {
      return std::find(std::begin(kKinds), std::end(kKinds), item.kind);
    };
    std::stable_sort(out.items.begin(), out.items.end(), [&](const auto& a, const auto& b) {
      if (a.kind != b.kind) return place(a) < place(b);
      return a.kind != "time" && a.worse > b.worse;  // times stay in their own order
    });
    return out;
  }

 private:
  Hooks quiet() const {
    Hooks hooks;
    hooks.cancelled = hooks_.cancelled;
    return hooks;
  }

  void choose_seeds() {
    const SeedTable& all = prepared_.val;
    const StoredTable& entities = prepared_.graph.store.tables[prepared_.entity_table];
    const double share =
        static_cast<double>(options_.seeds) / static_cast<double>(std::max<int64_t>(1, all.size()));
    val_.width = all.width;
    val_.own_row_always = all.own_row_always;
    for (int64_t i = 0; i < all.size(); ++i) {
      const Seed& seed = all.seeds[i];
      const uint64_t key = hash_combine(hash_combine(model_.seed, entities.key_hash[seed.row]),
                                        static_cast<uint64_t>(seed.time));
      if (static_cast<double>(key >> 11) * 0x1.0p-53 >= share) continue;
      val_.seeds.push_back(seed);
      val_.label.insert(val_.label.end(), all.label.begin() + i * all.width,
                        all.label.begin() + (i + 1) * all.width);
      entity_.push_back(seed.row);
      last_cut_ = std::max(last_cut_, seed.cut);
    }
    CENOTE_CHECK(val_.size() > 0, bad_input, "task '{}' has no validation labels in this database",
                 prepared_.task.name);
  }

  double metric_of(const std::vector<double>& prediction) const {
    return metric_.compute({prediction, val_.label, prepared_.outputs});
  }

  /// Rows of a table that some seed could see.
  int64_t seen_rows(int32_t table) const {
    const auto& time = prepared_.graph.store.tables[table].time;
    return std::upper_bound(time.begin(), time.end(), last_cut_) - time.begin();
  }

  void add_tables(std::vector<Item>& items) const {
    for (int32_t t = 0; t < static_cast<int32_t>(prepared_.schema.tables.size()); ++t) {
      Item item;
      const std::string& name = prepared_.schema.tables[t].name;
      item.named = {"table", name, name, "", 0, 0, 0};
      if (t == prepared_.entity_table) {
        const auto columns = used_columns(t);
        if (columns.empty()) continue;
        item.is_drawn = true;
        item.take = [t, columns, rows = seen_rows(t)](Without& without, uint64_t key) {
          without.order(t, columns, rows, key);
        };
      } else {
        std::vector<size_t> links;
        for (size_t l = 0; l < prepared_.graph.links.size(); ++l) {
          const GraphLink& link = prepared_.graph.links[l];
          if (link.child_table == t || link.parent_table == t) links.push_back(l);
        }
        if (links.empty()) continue;
        item.take = [links](Without& without, uint64_t) {
          for (const size_t l : links) without.link(l);
        };
      }
      items.push_back(std::move(item));
    }
  }

  void add_links(std::vector<Item>& items) const {
    for (size_t l = 0; l < prepared_.graph.links.size(); ++l) {
      Item item;
      const GraphLink& link = prepared_.graph.links[l];
      item.named = {"link", link.name, prepared_.schema.tables[link.child_table].name, "", 0, 0, 0};
      item.take = [l](Without& without, uint64_t) { without.link(l); };
      items.push_back(std::move(item));
    }
  }

  /// Columns that models read: those that are encoded, which are also all that features are made of.
  std::vector<int32_t> used_columns(int32_t table) const {
    std::vector<int32_t> out;
    for (const CodedColumn& column : prepared_.codes[table].columns)
      out.push_back(static_cast<int32_t>(prepared_.schema.tables[table].find_column(column.name)));
    return out;
  }

  void add_columns(std::vector<Item>& items) const {
    for (int32_t t = 0; t < static_cast<int32_t>(prepared_.schema.tables.size()); ++t) {
      const Table& table = prepared_.schema.tables[t];
      for (const int32_t column : used_columns(t)) {
        Item item;
        const std::string& name = table.columns[column].name;
        item.named = {"column", table.name + "." + name, table.name, name, 0, 0, 0};
        item.is_drawn = true;
        item.take = [t, column, rows = seen_rows(t)](Without& without, uint64_t key) {
          without.order(t, {column}, rows, key);
        };
        items.push_back(std::move(item));
      }
    }
  }

  void add_times(std::vector<Item>& items) const {
    int64_t first = kTimeNever;
    for (const StoredTable& table : prepared_.graph.store.tables) {
      const auto at = std::upper_bound(table.time.begin(), table.time.end(), kTimeAlways);
      if (at != table.time.end()) first = std::min(first, *at);
    }
    if (first > last_cut_) return;  // nothing that is seen has a time
    for (const auto& [days, name] : kLags) {
      if (days > (last_cut_ - first) / kMicrosPerDay) break;
      Item item;
      item.lag = days * kMicrosPerDay;
      item.named = {"time", name, "", "", 0, 0, 0};
      items.push_back(std::move(item));
    }
    Item item;
    item.named = {"time", "all that has a time", "", "", 0, 0, 0};
    item.lag = last_cut_ - first + kMicrosPerDay;
    items.push_back(std::move(item));
  }

  std::vector<Seed> lagging(int64_t lag) const {
    std::vector<Seed> out;
    const StoredTable& entities = prepared_.graph.store.tables[prepared_.entity_table];
    for (const Seed& seed : val_.seeds)
      out.push_back(lag == 0 ? seed : stale_seed(seed, entities, val_.own_row_always, lag));
    return out;
  }

  ImportanceItem measure(const Item& item) const {
    ImportanceItem out = item.named;
    const std::vector<Seed> seeds = lagging(item.lag);
    const int64_t repeats = item.is_drawn ? std::max<int64_t>(1, options_.repeats) : 1;
    const double base = metric_of(base_), sign = metric_.higher_is_better ? -1 : 1;
    std::vector<double> worse;
    double variance = 0;
    for (int64_t repeat = 0; repeat < repeats; ++repeat) {
      if (hooks_.is_cancelled()) fail(ErrorCode::cancelled, "interrupted before '{}'", out.name);
      Without without(prepared_);
      const uint64_t key = hash_combine(hash_combine(model_.seed, hash_bytes(out.name)),
                                        static_cast<uint64_t>(repeat));
      if (item.take) item.take(without, key);
      const auto prediction = trained_.predict(seeds, quiet());
      worse.push_back(sign * (metric_of(prediction) - base));
      if (repeat > 0) continue;
      const double error = difference_error(metric_, {prediction, val_.label, prepared_.outputs},
                                            base_, entity_, model_.seed);
      variance = error * error;
    }
    const auto count = static_cast<double>(repeats);
    double square = 0;
    for (const double w : worse) out.worse += w / count;
    for (const double w : worse) square += (w - out.worse) * (w - out.worse);
    if (repeats > 1) variance += square / (count - 1) / count;
    out.low = out.worse - kNormal95 * std::sqrt(variance);
    out.high = out.worse + kNormal95 * std::sqrt(variance);
    return out;
  }

  Prepared& prepared_;
  const Trained& trained_;
  const ModelFile& model_;
  const ImportanceOptions& options_;
  const Hooks& hooks_;
  const MetricEntry& metric_;
  SeedTable val_;
  std::vector<int64_t> entity_;
  std::vector<double> base_;
  int64_t last_cut_ = kTimeAlways;
};

}  // namespace

Importance importance(const ImportanceOptions& options, const Hooks& hooks) {
  CENOTE_CHECK(options.repeats >= 1 && options.seeds >= 1, bad_input,
               "repeats and seeds must be at least 1, got {} and {}", options.repeats,
               options.seeds);
  const OpenRun run = open_run(options.run);
  const auto threads = make_threads(options.run.threads);
  const auto prepared =
      prepare_use(run.source, run.model, run.task, run.protocol, std::nullopt, *threads, hooks);
  const auto trained = make_trained(*prepared, run.model, run.model.scale, *threads);
  trained->load(run.model);
  Importance out = Measure(*prepared, *trained, run.model, options, hooks).run();
  out.protocol = to_string(run.protocol);
  return out;
}

}  // namespace cenote
