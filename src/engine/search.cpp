// SPDX-License-Identifier: Apache-2.0
#include "engine/search.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/check.h"
#include "base/hash.h"
#include "base/json_text.h"
#include "metric/metric.h"

namespace cenote {
namespace {

constexpr int64_t kMostStacked = 256;  // classes

using nlohmann::json;

/// "sage pool=max, seed 1"
std::string name_of(const WorkItem& item) {
  std::string out = item.model;
  for (const auto& [name, value] : item.set) out += fmt::format(" {}={}", name, value);
  if (item.seed > 0) out += fmt::format(", seed {}", item.seed);
  return out;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

json schedule_to_json(const std::vector<WorkItem>& schedule) {
  json out = json::array();
  for (const WorkItem& item : schedule) {
    json set = json::object();
    for (const auto& [name, value] : item.set) set[name] = value;
    out.push_back(
        {{"model", item.model}, {"set", set}, {"seed", item.seed}, {"trial", item.trial}});
  }
  return out;
}

std::vector<WorkItem> schedule_from_json(const std::string& name, const std::string& text) {
  std::vector<WorkItem> out;
  try {
    for (const json& one : parse_json(text, name)) {
      WorkItem item;
      item.model = one.at("model").get<std::string>();
      item.seed = one.at("seed").get<uint64_t>();
      item.trial = one.at("trial").get<bool>();
      for (const auto& [option, value] : one.at("set").items())
        item.set.emplace_back(option, value.get<std::string>());
      out.push_back(std::move(item));
    }
  } catch (const json::exception&) {
    fail(ErrorCode::bad_input,
         "{}: is no schedule: a list of {{\"model\", \"set\", \"seed\", \"trial\"}}, as a run of "
         "model "
         "auto has it in schedule.json",
         name);
  }
  for (const WorkItem& item : out) {
    CENOTE_CHECK(!model_registry().at(item.model).has_members(), bad_input,
                 "{}: '{}' is no member of another model", name, item.model);
    apply_options(item.model, item.set);
  }
  const bool any = std::any_of(out.begin(), out.end(), [](const auto& i) { return !i.trial; });
  CENOTE_CHECK(any, bad_input, "{}: holds no model that is trained to the end", name);
  return out;
}

Search::Search(const Prepared& prepared, const ModelPart& part, const OutputScale& scale,
               ThreadPool& threads, const FitRequest& request)
    : prepared_(prepared),
      part_(part),
      scale_(scale),
      threads_(threads),
      request_(request),
      judge_(make_judge(prepared)) {
  Options options(model_registry().at(part.model).info.options);
  for (const auto& [name, value] : part.model_options) options.set(part.model, name, value);
  models_ = member_names(options);
  keeps_best_ = options.get_text("keep") == "best";
  searches_joins_ = options.get_text("joins") == "search";
  join_search_ = {options.get_text("searcher"), options.get_int("tries"), judge_.higher_is_better,
                  part.seed};
  searches_pools_ = options.get_text("pool") == "search";
  pool_search_ = {{}, options.get_int("pool_tries"), judge_.higher_is_better};
  for (const auto& [name, value] : part.entry_options) {
    if (!name.starts_with("model.")) continue;
    const size_t dot = name.find('.', 6);
    fixed_[name.substr(6, dot - 6)].emplace_back(name.substr(dot + 1), value);
  }
  const auto asked = models_;
  std::erase_if(models_, [&](const std::string& model) {
    return !model_registry().at(model).answers(prepared.task.type);
  });
  CENOTE_CHECK(!models_.empty(), bad_input, "none of the models to try answers {}: {}",
               to_string(prepared.task.type), join_names(asked));
  CENOTE_CHECK(prepared.selection.size() > 0, bad_input,
               "task '{}' has no validation labels to choose between models by; name one with "
               "--model",
               prepared.task.name);
}

bool Search::is_tried(const std::string& model) const {
  return std::find(models_.begin(), models_.end(), model) != models_.end();
}

/// What the user has fixed goes before what the search would try.
WorkItem Search::item(const std::string& model, TextPairs set, uint64_t seed) const {
  WorkItem out{model, {}, seed, false};
  const auto fixed = fixed_.find(model);
  if (fixed != fixed_.end()) out.set = fixed->second;
  for (auto& [name, value] : set) {
    const bool known = std::any_of(out.set.begin(), out.set.end(),
                                   [&](const auto& pair) { return pair.first == name; });
    if (!known) out.set.emplace_back(std::move(name), std::move(value));
  }
  std::sort(out.set.begin(), out.set.end());
  return out;
}

ModelPart Search::part_of(const WorkItem& item) const {
  TextPairs set = item.set;
  for (const auto& pair : part_.entry_options) {
    if (!pair.first.starts_with("model.")) set.push_back(pair);
  }
  ChosenOptions options = apply_options(item.model, set);
  for (const auto& [name, value] : part_.train_options) {
    if (name == "staleness") options.train.set("training", name, value);
  }
  return make_part(item.model, options,
                   item.seed == 0 ? part_.seed : hash_combine(part_.seed, item.seed));
}

std::filesystem::path Search::file_of(const WorkItem& item, const char* what) const {
  const uint64_t key =
      hash_combine(hash_bytes(request_.fingerprint), hash_bytes(schedule_to_json({item}).dump()));
  return request_.parts / fmt::format("{:016x}.{}.safetensors", key, what);
}

Hooks Search::hooks_of(const std::string& name) const {
  Hooks hooks;
  const bool timed = request_.schedule.empty();
  hooks.cancelled = [this, timed] {
    return request_.hooks.is_cancelled() || (timed && left() < 0);
  };
  hooks.progress = [this, timed, name](Progress progress) {
    progress.item = name;
    progress.epoch_finished = false;
    progress.seconds_left = timed ? std::max(0.0, left()) : std::nan("");
    request_.hooks.report(progress);
  };
  return hooks;
}

const Search::Done* Search::run_item(const WorkItem& item) {
  const auto start = std::chrono::steady_clock::now();
  const Hooks hooks = hooks_of(name_of(item));
  auto done = std::make_unique<Done>();
  done->item = item;
  done->part = part_of(item);
  const auto finished = file_of(item, "model"), checkpoint = file_of(item, "checkpoint");
  std::error_code ignored;
  try {
    done->model = make_trained(prepared_, done->part, scale_, threads_);
    if (!take_up(*done, finished)) {
      done->model->fit({.checkpoint = checkpoint,
                        .fingerprint = request_.fingerprint,
                        .resume = request_.resume,
                        .hooks = hooks});
      ModelPart saved = done->part;
      done->model->save(saved);
      write_part(finished, saved);
    }
    done->val = metric_predictions(prepared_, prepared_.selection,
                                   done->model->predict(prepared_.selection.seeds, hooks));
  } catch (const Error& error) {
    const bool of_the_model =
        error.code() == ErrorCode::bad_input || error.code() == ErrorCode::unsupported;
    if (of_the_model) {
      request_.hooks.warn("model_failed",
                          fmt::format("{} is left out: {}", name_of(item), error.what()));
      return nullptr;
    }
    if (error.code() != ErrorCode::cancelled) throw;
    if (request_.hooks.is_cancelled()) {
      fail(ErrorCode::cancelled,
           "interrupted while training {}; {} finished models are kept, "
           "--resume goes on with them",
           name_of(item), done_.size());
    }
    return nullptr;  // out of time
  }
  std::filesystem::remove(checkpoint, ignored);
  done->metric = metric_registry()
                     .at(prepared_.task.metric)
                     .compute({done->val, prepared_.selection.label, prepared_.outputs});
  done->seconds = seconds_since(start);
  Progress progress;
  progress.phase = item.trial ? "trial" : "model";
  progress.item = name_of(item);
  progress.item_finished = true;
  progress.metric = judge_.name;
  progress.metric_value = done->metric;
  progress.item_seconds = done->seconds;
  if (request_.schedule.empty()) progress.seconds_left = std::max(0.0, left());
  request_.hooks.report(progress);
  if (item.trial) {
    done->model.reset();
    done->val.clear();
  }
  done_.push_back(std::move(done));
  return done_.back().get();
}

void Search::run_schedule() {
  for (const WorkItem& item : request_.schedule) {
    CENOTE_CHECK(is_tried(item.model), bad_input,
                 "the schedule trains '{}', which is not among the models to try: {}", item.model,
                 join_names(models_));
  }
  for (const WorkItem& item : request_.schedule) run_item(item);
}

/// Takes up a model that an interrupted fit had finished. One that cannot be read is trained again.
bool Search::take_up(Done& done, const std::filesystem::path& finished) const {
  std::error_code ignored;
  if (!request_.resume || !std::filesystem::exists(finished, ignored)) return false;
  try {
    done.model->load(read_part(finished));
    return true;
  } catch (const Error& error) {
    request_.hooks.warn("damaged_part",
                        fmt::format("{}; {} is trained again", error.what(), name_of(done.item)));
    done.model = make_trained(prepared_, done.part, scale_, threads_);
    return false;
  }
}

SearchResult Search::run() {
  std::error_code error;
  if (!request_.resume) std::filesystem::remove_all(request_.parts, error);
  std::filesystem::create_directories(request_.parts, error);
  CENOTE_CHECK(!error, io, "cannot make the folder '{}': {}", request_.parts.string(),
               error.message());
  request_.schedule.empty() ? run_within_budget() : run_schedule();
  return choose();
}

SearchResult Search::choose() {
  std::vector<Done*> full;
  for (const auto& done : done_) {
    if (!done->item.trial) full.push_back(done.get());
  }
  CENOTE_CHECK(!full.empty(), bad_input,
               "no model was finished within the budget of {:.0f} s; give a larger --budget",
               request_.budget_seconds);
  std::vector<Predictions> predictions;
  for (const Done* done : full) predictions.push_back(done->val);
  std::vector<int64_t> entity;
  for (const Seed& seed : prepared_.selection.seeds) entity.push_back(seed.row);
  const MetricEntry& metric = metric_registry().at(prepared_.task.metric);
  const auto& label = prepared_.selection.label;
  // Lists of items have no mean, and of very many classes the weights would take longer to find than models to train: then one
  // model is kept.
  const bool stacks = prepared_.item_table < 0 && prepared_.outputs <= kMostStacked;
  const auto stack = stacks ? bagged_stack_weights(predictions, metric, label, prepared_.outputs,
                                                   entity, part_.seed)
                            : std::vector<double>();

  SearchResult out;
  std::vector<std::vector<double>> weights;  // of each contender
  std::vector<Predictions> contending;
  const auto contend = [&](const std::string& name, std::vector<double> of_full) {
    Contender contender;
    contender.name = name;
    contending.push_back(weighted_mean(predictions, of_full));
    weights.push_back(std::move(of_full));
    out.contenders.push_back(std::move(contender));
  };
  for (const std::string& model : models_) {
    size_t best = full.size();
    for (size_t k = 0; k < full.size(); ++k) {
      if (full[k]->item.model != model) continue;
      if (best == full.size() || judge_.is_better(full[k]->metric, full[best]->metric) ||
          std::isnan(full[best]->metric))
        best = k;
    }
    if (best == full.size()) continue;
    std::vector<double> alone(full.size(), 0.0);
    alone[best] = 1;
    contend(model, std::move(alone));
  }
  const auto compare = [&] {
    return compare_with_best(out.contenders, contending, metric, label, prepared_.outputs, entity,
                             part_.seed);
  };
  // By models alone: the weights of a stack were found on these very labels, and would make luck look like more.
  compare();
  // Other seeds of one setting are no further tries.
  std::set<std::string> settings;
  for (const auto& done : done_) {
    WorkItem item = done->item;
    item.seed = 0;
    std::erase_if(item.set, [](const auto& set) { return set.first == "epochs"; });
    if (item.model != "constant") settings.insert(name_of(item));
  }
  // Accuracy counts a few rows; the probabilities of all of them tell more.
  auto alone = out.contenders;
  if (prepared_.task.metric == "accuracy") {
    compare_with_best(alone, contending, metric_registry().at("log_loss"), label, prepared_.outputs,
                      entity, part_.seed);
  }
  const bool luck = !keeps_best_ && out.contenders[0].name == "constant" && !settings.empty() &&
                    may_be_luck(alone[0], std::ssize(settings));
  const auto members = std::count_if(stack.begin(), stack.end(), [](double w) { return w > 0; });
  if (members > 1) contend("stack", stack);

  const size_t best = compare();
  const size_t kept = keeps_best_ ? best : luck ? 0 : simplest_good_enough(out.contenders);
  const Contender& chosen = out.contenders[kept];
  out.kept = chosen.name;
  out.metric = chosen.metric;
  out.predictions = std::move(contending[kept]);
  if (kept == best) {
    out.why = keeps_best_ ? "the best on validation"
                          : "the best on validation, and no simpler one within a standard error";
  } else if (luck) {
    out.why = fmt::format("what the best of {} ways to train gains over it may be chance",
                          settings.size());
  } else {
    out.why = fmt::format("the simplest within one standard error of the best, '{}'",
                          out.contenders[best].name);
  }
  for (size_t k = 0; k < full.size(); ++k) {
    if (weights[kept][k] > 0)
      out.members.push_back(
          {std::move(full[k]->part), std::move(full[k]->model), weights[kept][k]});
  }
  size_t next = 0;
  for (const auto& done : done_) {
    const double weight = done->item.trial ? 0 : weights[kept][next++];
    out.tried.push_back({done->item, name_of(done->item), done->metric, done->seconds, weight});
    out.schedule.push_back(done->item);
  }
  return out;
}

}  // namespace cenote
