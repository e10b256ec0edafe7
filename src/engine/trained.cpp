// SPDX-License-Identifier: Apache-2.0
#include "engine/trained.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/hash.h"
#include "encode/encode.h"
#include "engine/stack.h"
#include "engine/trained_network.h"
#include "engine/trained_ranker.h"
#include "metric/metric.h"
#include "pool/pool.h"
#include "train/options.h"

namespace cenote {
namespace {

/// Copies of a validation seed under staleness.
constexpr int64_t kStaleCopies = 4;

/// In [0, 1).
double uniform_of(uint64_t key) { return static_cast<double>(mix64(key) >> 11) * 0x1.0p-53; }

/// The entry of a loss: the one asked for, or the default of the task type.
const LossEntry& choose_loss(const std::string& name, TaskType type) {
  const std::string task(to_string(type));
  std::vector<std::string> fitting;
  for (const auto& [known, entry] : loss_registry()) {
    const bool fits =
        std::find(entry.task_types.begin(), entry.task_types.end(), task) != entry.task_types.end();
    if (!fits) continue;
    fitting.push_back(known);
    if (name == known || (name == "auto" && entry.is_default)) return entry;
  }
  fail(ErrorCode::bad_input, "loss '{}' is not for {}; have: {}", name, task, join_names(fitting));
}

}  // namespace

std::vector<SeedEffects> Trained::explain(const EffectsRequest&, const Hooks&) const {
  fail(ErrorCode::unsupported, "recommendations are not explained yet");
}

Rankings Trained::rank(std::span<const Seed>, int64_t, const Hooks&) const {
  fail(ErrorCode::internal, "a model that recommends nothing was asked to");
}

int64_t chosen_staleness(const Prepared& prepared, const Options& train) {
  const bool frozen = prepared.visibility.protocol == Protocol::frozen &&
                      prepared.task.kind != TaskKind::autocomplete;
  const int64_t automatic =
      frozen ? (prepared.task.num_eval_timestamps - 1) * prepared.task.horizon : 0;
  return parse_staleness(train.get_text("staleness"), automatic);
}

SeedTable make_selection(const Prepared& prepared, int64_t staleness, int64_t most, uint64_t seed) {
  const SeedTable& val = prepared.val;
  const StoredTable& entities = prepared.graph.store.tables[prepared.entity_table];
  const int64_t copies = staleness > 0 ? kStaleCopies : 1;
  const double share =
      static_cast<double>(most) / static_cast<double>(std::max<int64_t>(1, val.size() * copies));
  SeedTable out;
  out.width = val.width;
  out.own_row_always = val.own_row_always;
  for (int64_t copy = 0; copy < copies; ++copy) {
    for (int64_t i = 0; i < val.size(); ++i) {
      Seed one = val.seeds[i];
      const uint64_t key = hash_combine(hash_combine(seed, entities.key_hash[one.row]),
                                        hash_combine(static_cast<uint64_t>(one.time), copy));
      if (uniform_of(key) >= share) continue;
      // One copy in each part of the range: less is left to chance than by drawing from the whole.
      const double part =
          (static_cast<double>(copy) + uniform_of(mix64(key))) / static_cast<double>(copies);
      if (staleness > 0)
        one = stale_seed(one, entities, out.own_row_always,
                         static_cast<int64_t>(part * static_cast<double>(staleness)));
      out.seeds.push_back(one);
      const auto label = val.label.begin() + i * val.width;
      out.label.insert(out.label.end(), label, label + val.width);
      if (prepared.item_table < 0) continue;
      const auto items = val.items(i);
      if (out.item_offsets.empty()) out.item_offsets = {0};
      out.item.insert(out.item.end(), items.begin(), items.end());
      out.item_offsets.push_back(std::ssize(out.item));
    }
  }
  return out;
}

Judge make_judge(const Prepared& prepared) {
  const MetricEntry& metric = metric_registry().at(prepared.task.metric);
  const SeedTable& val = prepared.selection;
  const int64_t width = prepared.outputs;
  return {
      prepared.task.metric, metric.higher_is_better,
      [&metric, &val, &prepared, width](const std::vector<double>& prediction) {
        return metric.compute({metric_predictions(prepared, val, prediction), val.label, width});
      }};
}

namespace {

/// Sets "KIND.NAME.OPTION" among the options of a kind's entries.
template <class Entry>
void set_entry_option(const Registry<Entry>& registry, const std::string& name,
                      const std::string& value, EntryOptions& chosen) {
  const std::string rest = name.substr(registry.kind().size() + 1);
  const size_t dot = rest.find('.');
  CENOTE_CHECK(dot != std::string::npos, bad_input, "'{}' names no option: write {}.NAME.OPTION",
               name, registry.kind());
  const std::string entry = rest.substr(0, dot), key = registry.kind() + "." + entry;
  const auto at = chosen.try_emplace(key, registry.at(entry).info.options).first;
  at->second.set(registry.kind() + " " + entry, rest.substr(dot + 1), value);
}

/// Checks "model.NAME.OPTION" for the members of a model.
void set_member_option(const std::string& name, const std::string& value, TextPairs& members) {
  const std::string rest = name.substr(std::string("model.").size());
  const size_t dot = rest.find('.');
  CENOTE_CHECK(dot != std::string::npos, bad_input, "'{}' names no option: write model.NAME.OPTION",
               name);
  const std::string member = rest.substr(0, dot);
  CENOTE_CHECK(!model_registry().at(member).has_members(), bad_input,
               "option '{}': '{}' is no member of another model", name, member);
  apply_options(member, {{rest.substr(dot + 1), value}});
  members.emplace_back(rest, value);
}

/// Fails with how to set an option of a member, if a member has one of that name.
void suggest_member_option(const std::string& model, const std::string& name) {
  for (const auto& [member, entry] : model_registry()) {
    const Options own(entry.info.options), training(train_options_of(entry));
    if (entry.has_members() || (!own.has(name) && !training.has(name))) continue;
    fail(ErrorCode::bad_input,
         "model '{}' has no option '{}', but its member '{}' has: write model.{}.{}, or name the "
         "model with --model",
         model, name, member, member, name);
  }
}

}  // namespace

TextPairs ChosenOptions::entry_text() const {
  TextPairs out;
  for (const auto& [entry, options] : pools) {
    for (const auto& [name, value] : options.to_text()) out.emplace_back(entry + "." + name, value);
  }
  for (const auto& [name, value] : members) out.emplace_back("model." + name, value);
  return out;
}

ChosenOptions apply_options(const std::string& model, const TextPairs& set) {
  const ModelEntry& entry = model_registry().at(model);
  ChosenOptions out{Options(entry.info.options), Options(train_option_list()), {}, {}, {}};
  const Options of_training(train_options_of(entry));
  std::vector<std::string> known;
  for (const Option& option : out.model.declared()) known.push_back(option.name);
  for (const Option& option : of_training.declared()) known.push_back(option.name);
  for (const auto& [name, value] : set) {
    if (out.model.has(name)) {
      out.model.set("model " + model, name, value);
    } else if (of_training.has(name)) {
      out.train.set("training", name, value);
    } else if (name.starts_with("pool.")) {
      set_entry_option(pool_registry(), name, value, out.pools);
    } else if (name.starts_with("encode.")) {
      set_entry_option(encode_registry(), name, value, out.encoders);
    } else if (name.starts_with("model.") && entry.has_members()) {
      set_member_option(name, value, out.members);
    } else {
      if (entry.has_members()) suggest_member_option(model, name);
      fail(ErrorCode::bad_input, "neither model '{}' nor training has an option '{}'; {}", model,
           name, choices_hint(name, known));
    }
  }
  if (entry.has_members()) member_names(out.model);
  return out;
}

std::vector<std::string> member_names(const Options& options) {
  std::vector<std::string> out;
  const std::string& text = options.get_text("models");
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    out.push_back(text.substr(begin, end - begin));
    CENOTE_CHECK(!model_registry().at(out.back()).has_members(), bad_input,
                 "option 'models': '{}' is no member of another model", out.back());
    begin = end + 1;
  }
  return out;
}

ModelPart make_part(const std::string& model, const ChosenOptions& options, uint64_t seed) {
  ModelPart part;
  part.model = model;
  part.model_options = options.model.to_text();
  part.train_options = options.train.to_text();
  part.entry_options = options.entry_text();
  part.seed = seed;
  return part;
}

ModelFile make_model_file(const Prepared& prepared, ModelPart part) {
  ModelFile out;
  static_cast<ModelPart&>(out) = std::move(part);
  out.schema = prepared.schema;
  out.task = prepared.task;
  out.classes = prepared.labels.classes;
  out.outputs = prepared.outputs;
  out.protocol = prepared.visibility.protocol;
  out.as_of = prepared.visibility.as_of;
  out.last_training_time = prepared.labels.last_training_time;
  if (prepared.task.type == TaskType::regression)
    out.scale = regression_scale(prepared.train.label);
  out.encoders = nlohmann::json::array();
  for (const TableEncoder& encoder : prepared.encoders) out.encoders.push_back(encoder.save());
  return out;
}

namespace {

class TrainedEstimator : public Trained {
 public:
  TrainedEstimator(const Prepared& prepared, const ModelContext& context, int64_t staleness,
                   const Options& options, const ModelEntry& entry, ThreadPool& threads)
      : prepared_(prepared),
        context_(context),
        staleness_(staleness),
        threads_(threads),
        estimator_(entry.make_estimator(options, context_)) {}

  TrainReport fit(const FitRequest& request) override {
    const Judge judge = make_judge(prepared_);
    TrainReport report;
    estimator_->fit({prepared_.train, prepared_.selection, prepared_.history(), judge, staleness_,
                     threads_, request.hooks});
    report.selection = predict(prepared_.selection.seeds, request.hooks);
    report.best_metric = judge.value(report.selection);
    return report;
  }
  std::vector<double> predict(std::span<const Seed> seeds, const Hooks&) const override {
    return estimator_->predict(seeds, prepared_.history(), threads_);
  }
  std::vector<SeedEffects> explain(const EffectsRequest& request,
                                   const Hooks& hooks) const override {
    return explain_estimator(*estimator_, prepared_, request, threads_, hooks);
  }
  void save(ModelPart& part) const override { part.estimator = estimator_->save(); }
  void load(const ModelPart& part) override { estimator_->load(part.estimator); }

 private:
  const Prepared& prepared_;
  const ModelContext context_;
  const int64_t staleness_;
  ThreadPool& threads_;
  const std::unique_ptr<Estimator> estimator_;
};

}  // namespace

std::unique_ptr<Trained> make_trained(const Prepared& prepared, const ModelPart& part,
                                      const OutputScale& scale, ThreadPool& threads) {
  TextPairs set = part.model_options;
  set.insert(set.end(), part.entry_options.begin(), part.entry_options.end());
  ChosenOptions options = apply_options(part.model, set);
  // By themselves: an option of the model may have the name of one of training.
  for (const auto& [name, value] : part.train_options) options.train.set("training", name, value);
  const ModelEntry& entry = model_registry().at(part.model);
  if (entry.has_members()) return std::make_unique<Stack>(prepared, part, scale, threads);
  ModelContext context = prepared.context(part.seed);
  const int64_t staleness = chosen_staleness(prepared, options.train);
  if (entry.make_estimator != nullptr)
    return std::make_unique<TrainedEstimator>(prepared, context, staleness, options.model, entry,
                                              threads);
  if (entry.make_ranker != nullptr)
    return make_trained_ranker(prepared, context, staleness, options.model, entry, threads);
  context.entry_options = options.pools;
  const LossEntry& loss = choose_loss(options.train.get_text("loss"), context.task_type);
  TrainOptions training = train_options(options.train, part.seed);
  training.staleness = staleness;
  return std::make_unique<TrainedNetwork>(prepared, context, options.model, entry, loss, scale,
                                          training, threads);
}

}  // namespace cenote
