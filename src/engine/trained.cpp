// SPDX-License-Identifier: Apache-2.0
#include "engine/trained.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "encode/encode.h"
#include "metric/metric.h"
#include "pool/pool.h"
#include "train/checkpoint.h"
#include "train/options.h"

namespace cenote {
namespace {

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

int64_t chosen_staleness(const Prepared& prepared, const Options& train) {
  const bool frozen = prepared.visibility.protocol == Protocol::frozen &&
                      prepared.task.kind != TaskKind::autocomplete;
  const int64_t automatic =
      frozen ? (prepared.task.num_eval_timestamps - 1) * prepared.task.horizon : 0;
  return parse_staleness(train.get_text("staleness"), automatic);
}

void make_selection_stale(Prepared& prepared) {
  const StoredTable& entities = prepared.graph.store.tables[prepared.entity_table];
  for (Seed& seed : prepared.val.seeds) {
    seed.cut = std::min(seed.cut, prepared.task.val_timestamp);
    seed.own_row =
        seed.own_row && (prepared.val.own_row_always || entities.time[seed.row] <= seed.cut);
  }
}

Judge make_judge(const Prepared& prepared) {
  const MetricEntry& metric = metric_registry().at(prepared.task.metric);
  const SeedTable& val = prepared.val;
  const int64_t width = prepared.outputs;
  return {prepared.task.metric, metric.higher_is_better,
          [&metric, &val, width](const std::vector<double>& prediction) {
            return metric.compute({prediction, val.label, width});
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

}  // namespace

std::vector<std::pair<std::string, std::string>> ChosenOptions::pool_text() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [entry, options] : pools) {
    for (const auto& [name, value] : options.to_text()) out.emplace_back(entry + "." + name, value);
  }
  return out;
}

ChosenOptions apply_options(const std::string& model,
                            const std::vector<std::pair<std::string, std::string>>& set) {
  const ModelEntry& entry = model_registry().at(model);
  ChosenOptions out{Options(entry.info.options), Options(train_option_list()), {}, {}};
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
    } else {
      fail(ErrorCode::bad_input, "neither model '{}' nor training has an option '{}'; {}", model,
           name, choices_hint(name, known));
    }
  }
  return out;
}

Trained::Trained(const Prepared& prepared, const ModelFile& file, ThreadPool& threads)
    : prepared_(prepared),
      context_(prepared.context(file.seed)),
      scale_(file.scale),
      threads_(threads) {
  auto set = file.model_options;
  set.insert(set.end(), file.entry_options.begin(), file.entry_options.end());
  ChosenOptions options = apply_options(file.model, set);
  // By themselves: an option of the model may have the name of one of training.
  for (const auto& [name, value] : file.train_options) options.train.set("training", name, value);
  const ModelEntry& entry = model_registry().at(file.model);
  staleness_ = chosen_staleness(prepared, options.train);
  if (entry.make_estimator != nullptr) {
    estimator_ = entry.make_estimator(options.model, context_);
    return;
  }
  context_.entry_options = options.pools;
  network_ = entry.make_network(options.model, context_);
  const LossEntry& loss = choose_loss(options.train.get_text("loss"), context_.task_type);
  TrainOptions training = train_options(options.train, file.seed);
  training.staleness = staleness_;
  trainer_ = std::make_unique<Trainer>(*network_, context_, loss, scale_, training, threads);
}

TrainReport Trained::fit(const std::filesystem::path& checkpoint, const std::string& fingerprint,
                         bool resume, const Hooks& hooks) {
  const Judge judge = make_judge(prepared_);
  if (trainer_)
    return trainer_->train(prepared_.train, prepared_.val, judge, checkpoint, fingerprint, resume,
                           hooks);
  TrainReport report;
  estimator_->fit(
      {prepared_.train, prepared_.val, prepared_.history(), judge, staleness_, threads_, hooks});
  report.best_metric = judge.value(predict(prepared_.val.seeds, hooks));
  return report;
}

std::vector<double> Trained::predict(const std::vector<Seed>& seeds, const Hooks& hooks) const {
  if (trainer_) return trainer_->predict(seeds, hooks);
  return estimator_->predict(seeds, prepared_.history(), threads_);
}

void Trained::save(ModelFile& file) const {
  if (estimator_) {
    file.estimator = estimator_->save();
    return;
  }
  const auto& names = network_->parameters().names();
  for (size_t i = 0; i < names.size(); ++i)
    file.tensors.emplace_back(names[i], to_raw(network_->parameters().tensors()[i]));
}

void Trained::load(const ModelFile& file) {
  if (estimator_) {
    estimator_->load(file.estimator);
    return;
  }
  const auto& parameters = network_->parameters();
  CENOTE_CHECK(file.tensors.size() == parameters.names().size(), bad_input,
               "model: {} tensors, {} are needed", file.tensors.size(), parameters.names().size());
  for (const std::string& name : parameters.names()) {
    const auto found = std::find_if(file.tensors.begin(), file.tensors.end(),
                                    [&](const auto& t) { return t.first == name; });
    CENOTE_CHECK(found != file.tensors.end(), bad_input, "model: tensor '{}' is missing", name);
    at::Tensor target = parameters.at(name).detach();
    copy_from_raw(name, found->second, target);
  }
}

int64_t Trained::parameter_count() const { return network_ ? network_->parameters().count() : 0; }

}  // namespace cenote
