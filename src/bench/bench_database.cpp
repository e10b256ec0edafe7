// SPDX-License-Identifier: Apache-2.0
#include "bench/bench_database.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/ones_like.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <chrono>

#include "bench/bench_limits.h"
#include "engine/model_file.h"

namespace cenote {
namespace {

constexpr char kModel[] = "sage";
constexpr int64_t kPartRows = 1024;  // rows that are encoded together, as in training
constexpr int64_t kSingles = 100;

/// The reference model's options, with the caller's after them.
TextPairs reference_options(const TextPairs& set, int64_t epochs) {
  TextPairs out{{"channels", "128"}, {"fanout", "128,64"},    {"layers", "2"},  {"blocks", "4"},
                {"pool", "sum"},     {"sampling", "uniform"}, {"batch", "512"}, {"lr", "0.005"}};
  out.emplace_back("epochs", std::to_string(epochs));
  out.insert(out.end(), set.begin(), set.end());
  return out;
}

/// A task that the model must answer.
TaskChoice answered_task(const std::string& task) {
  TaskChoice out(task);
  out.model = kModel;
  return out;
}

std::string on_threads(const std::string& what, int threads) {
  return fmt::format("{}, {} thread{}", what, threads, threads == 1 ? "" : "s");
}

Measurement begin(const std::string& part, std::string what, std::string unit, double limit = 0,
                  std::string limit_name = "") {
  Measurement out;
  out.part = part;
  out.what = std::move(what);
  out.unit = std::move(unit);
  out.limit = limit;
  out.limit_name = std::move(limit_name);
  return out;
}

/// Multiplications and additions of a row of each table in its encoder's linear maps.
std::vector<double> encoder_work(const ParameterSet& parameters, const Graph& graph) {
  std::vector<double> out(graph.store.tables.size(), 0);
  for (size_t table = 0; table < out.size(); ++table) {
    const std::string prefix = "rows." + graph.store.tables[table].name + ".";
    for (size_t i = 0; i < parameters.names().size(); ++i) {
      const std::string& name = parameters.names()[i];
      const at::Tensor& weight = parameters.tensors()[i];
      if (name.starts_with(prefix) && weight.dim() == 2 && !name.ends_with(".embedding"))
        out[table] += 2.0 * static_cast<double>(weight.numel());
    }
  }
  return out;
}

/// Of seconds that are not measure()'s.
void set_seconds(std::vector<double> seconds, double units, Measurement& out) {
  out.seconds = median(seconds);
  out.lowest = *std::min_element(seconds.begin(), seconds.end());
  out.highest = *std::max_element(seconds.begin(), seconds.end());
  out.rate = units / out.seconds;
}

}  // namespace

DatabaseBench::DatabaseBench(const BenchDatabaseOptions& options, ThreadPool& threads,
                             const Hooks& hooks)
    : options_(options),
      threads_(threads),
      hooks_(hooks),
      chosen_(apply_options(kModel, reference_options(options.set, options.repeats))),
      prepared_(prepare_training(options.source, answered_task(options.task), Protocol::rolling,
                                 AsOf::inclusive, chosen_.encoders, threads, hooks)) {
  at::set_num_threads(1);
}

DatabaseBench::~DatabaseBench() = default;

/// The batches of one epoch, sixteen at most, seeds in the order of their table.
void DatabaseBench::each_batch(BatchSampler& sampler,
                               const std::function<void(const Batch&)>& body) const {
  constexpr int64_t kMost = 16;
  const int64_t size = chosen_.train.get_int("batch");
  const auto& seeds = prepared_->train.seeds;
  const int64_t count = std::min<int64_t>(std::ssize(seeds), kMost * size);
  for (int64_t first = 0; first < count; first += size)
    body(sampler.sample({seeds.begin() + first, seeds.begin() + std::min(count, first + size)}, 1));
}

std::vector<Measurement> DatabaseBench::sample(const MeasurementHook& done) {
  const ModelContext context = prepared_->context(options_.seed);
  const auto network = model_registry().at(kModel).make_network(chosen_.model, context);
  const double limit = row_limit(64, options_.repeats);
  std::vector<Measurement> out;
  ThreadPool one(1);
  std::vector<ThreadPool*> pools{&one};
  if (threads_.threads() > 1) pools.push_back(&threads_);
  for (ThreadPool* pool : pools) {
    BatchSampler sampler(prepared_->graph, prepared_->entity_table, network->sampler(), *pool);
    double links = 0;
    each_batch(sampler, [&](const Batch& batch) { links += static_cast<double>(batch.links()); });
    out.push_back(begin("sample", on_threads("links of batches", pool->threads()), "links",
                        limit * pool->threads(), "reading 64 bytes anywhere"));
    measure(
        options_.repeats, links, [&] { each_batch(sampler, [](const Batch&) {}); }, out.back());
    if (!done(out.back())) return out;
  }
  return out;
}

std::vector<Measurement> DatabaseBench::encode(const MeasurementHook& done) {
  const ModelContext context = prepared_->context(options_.seed);
  const auto network = model_registry().at(kModel).make_network(chosen_.model, context);
  const auto& parameters = network->parameters();
  const auto work = encoder_work(parameters, prepared_->graph);
  BatchSampler sampler(prepared_->graph, prepared_->entity_table, network->sampler(), threads_);
  std::vector<std::vector<std::vector<int64_t>>> all;  // [batch][table]: distinct rows
  double rows = 0, flop = 0, occurrences = 0;
  each_batch(sampler, [&](const Batch& batch) {
    rows += static_cast<double>(batch.distinct_rows());
    occurrences += static_cast<double>(batch.occurrences());
    for (size_t table = 0; table < batch.rows.size(); ++table)
      flop += static_cast<double>(batch.rows[table].size()) * work[table];
    all.push_back(batch.rows);
  });
  const double limit = product_limit(network->precision(), options_.repeats);
  const Pass pass{true, 1};
  const auto each_part = [&](const auto& body) {
    for (const auto& batch : all) {
      for (size_t table = 0; table < batch.size(); ++table) {
        const std::span<const int64_t> some(batch[table]);
        for (size_t first = 0; first < some.size(); first += kPartRows)
          body(static_cast<int64_t>(table),
               some.subspan(first, std::min<size_t>(kPartRows, some.size() - first)));
      }
    }
  };
  const char* limit_name =
      network->precision() == Precision::bfloat16 ? "bfloat16 product" : "float32 product";
  std::vector<Measurement> out;
  if (rows == 0) return out;
  out.push_back(
      begin("encode", "distinct rows, forward, 1 thread", "rows", limit * rows / flop, limit_name));
  measure(
      options_.repeats, rows,
      [&] {
        const at::AutoGradMode mode(false);
        each_part([&](int64_t table, std::span<const int64_t> some) {
          network->encode(table, some, pass);
        });
      },
      out.back());
  if (!done(out.back())) return out;
  // Two products go back for each one forward.
  out.push_back(begin("encode", "distinct rows, forward and backward, 1 thread", "rows",
                      limit * rows / (3 * flop), limit_name));
  measure(
      options_.repeats, rows,
      [&] {
        each_part([&](int64_t table, std::span<const int64_t> some) {
          const at::Tensor y = network->encode(table, some, pass);
          torch::autograd::grad({y}, parameters.tensors(), {at::ones_like(y)}, std::nullopt, false,
                                true);
        });
      },
      out.back());
  if (!done(out.back())) return out;
  out.push_back(begin("encode", "occurrences for each row that is encoded", "occurrences"));
  out.back().rate = occurrences / rows;
  done(out.back());
  return out;
}

std::vector<Measurement> DatabaseBench::train(const MeasurementHook& done) {
  ModelFile model = make_model_file(*prepared_, make_part(kModel, chosen_, options_.seed));
  prepared_->selection = make_selection(*prepared_, 0, prepared_->val.size(), options_.seed);
  const auto trained = make_trained(*prepared_, model, model.scale, threads_);
  const TrainReport report = trained->fit({.checkpoint = {}, .fingerprint = {}, .hooks = hooks_});
  std::vector<Measurement> out;
  const double epochs = static_cast<double>(report.epoch_seconds.size());
  out.push_back(
      begin("train", on_threads("an epoch, validation included", threads_.threads()), "seeds"));
  set_seconds(report.epoch_seconds, static_cast<double>(report.seeds) / epochs, out.back());
  if (!done(out.back())) return out;
  const std::vector<std::pair<std::string, double>> phases{
      {"waiting for samples", report.seconds_wait},
      {"encode", report.seconds_encode},
      {"gather", report.seconds_gather},
      {"layers", report.seconds_layers},
      {"backward", report.seconds_backward},
      {"update", report.seconds_update},
      {"validate", report.seconds_validate}};
  for (const auto& [name, seconds] : phases) {
    out.push_back(begin("train", "of an epoch: " + name, ""));
    out.back().seconds = out.back().lowest = out.back().highest = seconds / epochs;
    if (!done(out.back())) return out;
  }
  return out;
}

std::vector<Measurement> DatabaseBench::predict(const MeasurementHook& done) {
  ModelFile model = make_model_file(*prepared_, make_part(kModel, chosen_, options_.seed));
  const auto trained = make_trained(*prepared_, model, model.scale, threads_);
  const auto& seeds = prepared_->train.seeds;
  std::vector<Measurement> out;
  if (seeds.empty()) return out;
  const Hooks quiet;
  out.push_back(begin("predict", on_threads("all training seeds", threads_.threads()), "seeds"));
  measure(
      options_.repeats, static_cast<double>(seeds.size()), [&] { trained->predict(seeds, quiet); },
      out.back());
  if (!done(out.back())) return out;
  std::vector<double> seconds;
  for (int64_t i = 0; i < kSingles; ++i) {
    const auto at = static_cast<size_t>(i) * seeds.size() / kSingles;
    const auto start = std::chrono::steady_clock::now();
    trained->predict(std::span(&seeds[at], 1), quiet);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    seconds.push_back(took.count());
  }
  std::sort(seconds.begin(), seconds.end());
  for (const auto& [name, place] :
       {std::pair{"50th", kSingles / 2}, std::pair{"99th", kSingles - 1}}) {
    out.push_back(begin("predict", fmt::format("one seed, the {} of {}", name, kSingles), "seeds"));
    set_seconds({seconds[place]}, 1, out.back());
    if (!done(out.back())) return out;
  }
  return out;
}

}  // namespace cenote
