// SPDX-License-Identifier: Apache-2.0
#include "train/trainer.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <future>
#include <optional>

#include "base/check.h"
#include "base/hash.h"
#include "kernel/segment.h"
#include "train/checkpoint.h"
#include "train/detail_epoch.h"
#include "train/detail_gradients.h"

namespace cenote {
namespace {

/// Rows of a table that are encoded together: fixed, so that threads cannot change what is added to what.
constexpr int64_t kPartRows = 1024;
/// Seeds of a batch when only predicting: more of them as long as they have few rows. Results do not depend on it.
constexpr int64_t kLeastPredictSeeds = 2 * kShardSeeds, kMostPredictSeeds = 16 * kShardSeeds;
constexpr int64_t kManyRows = 100'000;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Adds the time until it is destroyed to `total`.
class Stopwatch {
 public:
  explicit Stopwatch(double& total) : total_(total), start_(now()) {}
  ~Stopwatch() { total_ += now() - start_; }

 private:
  double& total_;
  double start_;
};

/// Shares the time of all shards out to what they did meanwhile.
void add_shares(const std::vector<std::array<double, 3>>& took, double seconds,
                TrainReport& report) {
  double sums[3] = {0, 0, 0};
  for (const auto& shard : took)
    for (int i = 0; i < 3; ++i) sums[i] += shard[i];
  const double each = seconds / std::max(1e-12, sums[0] + sums[1] + sums[2]);
  report.seconds_gather += sums[0] * each;
  report.seconds_layers += sums[1] * each;
  report.seconds_backward += sums[2] * each;
}

}  // namespace

/// A run of a batch's distinct rows of one table, and its encoding with the graph behind it.
struct Trainer::Part {
  int64_t table, begin, count;
  at::Tensor encoding;
};

Trainer::Trainer(const Network& network, const ModelContext& context, const LossEntry& loss,
                 OutputScale scale, TrainOptions options, ThreadPool& threads)
    : network_(network),
      context_(context),
      loss_(loss),
      scale_(scale),
      options_(options),
      threads_(threads),
      adam_(network.parameters().tensors(), options.adam) {
  CENOTE_CHECK(options_.batch % kShardSeeds == 0, bad_input,
               "option 'batch': {} is not a multiple of {}", options_.batch, kShardSeeds);
}

std::vector<Trainer::Part> Trainer::encode_parts(const Batch& batch) const {
  std::vector<Part> parts;
  for (size_t table = 0; table < batch.rows.size(); ++table) {
    const auto rows = static_cast<int64_t>(batch.rows[table].size());
    for (int64_t begin = 0; begin < rows; begin += kPartRows) {
      parts.push_back({static_cast<int64_t>(table), begin, std::min(kPartRows, rows - begin), {}});
    }
  }
  return parts;
}

/// Encodes the distinct rows of a batch: one tensor a table, without a graph; the parts keep theirs.
std::vector<at::Tensor> Trainer::encode(const Batch& batch, std::vector<Part>& parts,
                                        const Pass& pass, bool keep_graph) {
  threads_.parallel_for(static_cast<int64_t>(parts.size()), [&](int64_t i) {
    const at::AutoGradMode mode(keep_graph);
    Part& part = parts[i];
    const std::span<const int64_t> rows(batch.rows[part.table]);
    part.encoding = network_.encode(part.table, rows.subspan(part.begin, part.count), pass);
  });
  std::vector<at::Tensor> encodings(batch.rows.size());
  const at::AutoGradMode mode(false);
  for (Part& part : parts) {
    at::Tensor& whole = encodings[part.table];
    if (!whole.defined()) {
      whole =
          at::empty({static_cast<int64_t>(batch.rows[part.table].size()), part.encoding.size(1)},
                    part.encoding.options().requires_grad(false));
    }
    whole.narrow(0, part.begin, part.count).copy_(part.encoding);
    if (!keep_graph) part.encoding = at::Tensor();
  }
  return encodings;
}

/// The encodings of a shard's occurrences, by table.
std::vector<at::Tensor> Trainer::gathered(const Batch& batch, int64_t shard,
                                          const std::vector<at::Tensor>& encodings) const {
  std::vector<at::Tensor> x(encodings.size());
  for (size_t table = 0; table < encodings.size(); ++table) {
    if (encodings[table].defined() && !batch.places[shard][table]->empty()) {
      x[table] = gather_rows(encodings[table], batch.places[shard][table]);
    }
  }
  return x;
}

/// One update. Returns the sum of the seeds' losses.
double Trainer::step(const Batch& batch, const std::vector<double>& label, int64_t width,
                     uint64_t step, double rate, TrainReport& report) {
  const Pass pass{true, hash_combine(options_.seed, step)};
  const auto& parameters = network_.parameters().tensors();
  std::vector<Part> parts = encode_parts(batch);
  std::vector<at::Tensor> encodings;
  {
    const Stopwatch watch(report.seconds_encode);
    encodings = encode(batch, parts, pass, true);
  }

  // Each shard: forward, loss, gradients of the parameters and of the encodings it used.
  const auto shards = static_cast<int64_t>(batch.shards.size());
  const int64_t seeds = static_cast<int64_t>(label.size()) / width;
  ShardGradients gradients(shards, parameters.size(), encodings.size());
  std::vector<double> loss_sum(shards, 0.0);
  std::vector<std::array<double, 3>> took(shards);  // gather, layers, backward
  double seconds = 0;
  {
    const Stopwatch watch(seconds);
    threads_.parallel_for(shards, [&](int64_t shard) {
      const at::AutoGradMode mode(true);
      const double start = now();
      const std::vector<at::Tensor> rows = gathered(batch, shard, encodings);
      std::vector<at::Tensor> inputs = parameters;
      for (const at::Tensor& leaf : rows) {
        if (leaf.defined()) inputs.push_back(leaf.requires_grad_());
      }
      const double after_gather = now();
      const at::Tensor output = network_.forward(batch.shards[shard], rows, pass);
      const int64_t first = shard * kShardSeeds;
      const at::Tensor target =
          label_tensor(label, width, first, output.size(0), output.scalar_type());
      const at::Tensor losses = loss_.loss(output, target);
      loss_sum[shard] = sum_in_order(losses);
      const double after_layers = now();
      auto found = torch::autograd::grad({losses}, inputs, {mean_weights(losses, seeds)},
                                         std::nullopt, false, true);
      gradients.take(shard, std::move(found), rows);
      took[shard] = {after_gather - start, after_layers - after_gather, now() - after_layers};
    });
  }
  add_shares(took, seconds, report);
  double total = 0;
  for (const double loss : loss_sum) total += loss;
  CENOTE_CHECK(std::isfinite(total), bad_input,
               "the loss is not finite at step {}; a smaller learning rate (--set lr=...) may help",
               step);

  std::optional<Stopwatch> watch(report.seconds_backward);
  std::vector<std::vector<at::Tensor>> of_part(parts.size());
  threads_.parallel_for(static_cast<int64_t>(parts.size()), [&](int64_t i) {
    Part& part = parts[i];
    if (!part.encoding.requires_grad()) return;
    const at::Tensor gradient = gradients.encodings(batch, part.table, part.begin, part.count);
    if (!gradient.defined()) return;
    of_part[i] =
        torch::autograd::grad({part.encoding}, parameters, {gradient}, std::nullopt, false, true);
    part.encoding = at::Tensor();
  });
  const auto all = add_part_gradients(gradients.parameters(threads_), std::move(of_part), threads_);
  watch.emplace(report.seconds_update);
  adam_.step(all, rate, threads_);
  return total;
}

std::vector<double> Trainer::predict(std::span<const Seed> seeds, const Hooks& hooks) {
  BatchSampler sampler(context_.graph, context_.entity_table, network_.sampler(), threads_);
  const auto count = static_cast<int64_t>(seeds.size());
  std::vector<double> out;
  const double start = now();
  int64_t size = kLeastPredictSeeds;
  for (int64_t begin = 0, end = 0; begin < count; begin = end) {
    end = std::min(count, begin + size);
    if (hooks.is_cancelled())
      fail(ErrorCode::cancelled, "interrupted after {} of {} predictions", begin, count);
    const std::vector<Seed> some(seeds.begin() + begin, seeds.begin() + end);
    const Batch batch = sampler.sample(some, kPredictEpoch);
    if (batch.distinct_rows() < kManyRows / 2) size = std::min(2 * size, kMostPredictSeeds);
    if (batch.distinct_rows() > kManyRows) size = std::max(size / 2, kShardSeeds);
    std::vector<Part> parts = encode_parts(batch);
    const auto encodings = encode(batch, parts, {}, false);
    std::vector<std::vector<double>> of_shard(batch.shards.size());
    threads_.parallel_for(static_cast<int64_t>(batch.shards.size()), [&](int64_t shard) {
      const at::AutoGradMode mode(false);
      const at::Tensor output =
          network_.forward(batch.shards[shard], gathered(batch, shard, encodings), {});
      of_shard[shard] = to_numbers(loss_.predict(output));
    });
    for (const auto& part : of_shard) out.insert(out.end(), part.begin(), part.end());
    Progress progress;
    progress.phase = "predict";
    progress.done = end;
    progress.total = count;
    progress.rows_per_second = static_cast<double>(progress.done) / std::max(1e-9, now() - start);
    progress.seconds_left = static_cast<double>(count - progress.done) / progress.rows_per_second;
    hooks.report(progress);
  }
  if (context_.task_type == TaskType::regression) {
    for (double& value : out)
      value = std::clamp(value * scale_.scale + scale_.shift, scale_.low, scale_.high);
  }
  return out;
}

TrainReport Trainer::train(const SeedTable& train, const SeedTable& val, const Judge& judge,
                           const std::filesystem::path& checkpoint, const std::string& fingerprint,
                           bool resume, const Hooks& hooks) {
  TrainReport report;
  TrainState state;
  state.fingerprint = fingerprint;
  state.names = network_.parameters().names();
  state.weights = network_.parameters().tensors();
  for (auto& weight : state.weights) weight = weight.detach();  // the same storage
  state.first = adam_.first();
  state.second = adam_.second();
  for (const auto& weight : state.weights) state.best.push_back(weight.clone());
  if (resume && !checkpoint.empty() && std::filesystem::exists(checkpoint)) {
    read_checkpoint(checkpoint, state);
    adam_.steps = state.steps;
  }

  // One batch is sampled in the background while the last one is worked on.
  ThreadPool sampling(1);
  BatchSampler sampler(context_.graph, context_.entity_table, network_.sampler(), sampling);
  const StoredTable& entities = context_.graph.store.tables[context_.entity_table];
  const int64_t steps =
      std::min(options_.max_steps, (train.size() + options_.batch - 1) / options_.batch);
  const double start = now();
  int64_t steps_done = 0;
  for (int64_t epoch = state.epoch + 1; epoch <= options_.epochs; ++epoch) {
    if (options_.patience > 0 && state.epoch - state.best_epoch >= options_.patience) break;
    const double epoch_start = now();
    const auto order = epoch_order(train, entities.key_hash, options_.seed, epoch);
    struct Sampled {
      Batch batch;
      std::vector<double> label;
      double seconds = 0;
    };
    const auto sample_step = [&](int64_t step) {
      Sampled sampled;
      const Stopwatch watch(sampled.seconds);
      std::vector<Seed> seeds;
      for (int64_t i = step * options_.batch;
           i < std::min(train.size(), (step + 1) * options_.batch); ++i) {
        seeds.push_back(
            stale_half(train.seeds[order[i]], entities, train.own_row_always, options_, epoch));
        for (int64_t w = 0; w < train.width; ++w) {
          const double value = train.label[order[i] * train.width + w];
          sampled.label.push_back(context_.task_type == TaskType::regression
                                      ? (value - scale_.shift) / scale_.scale
                                      : value);
        }
      }
      sampled.batch = sampler.sample(seeds, static_cast<uint64_t>(epoch));
      return sampled;
    };
    double loss = 0;
    int64_t seen = 0;
    auto next = std::async(std::launch::async, sample_step, 0);
    for (int64_t step_index = 0; step_index < steps; ++step_index) {
      const double waiting = now();
      const Sampled sampled = next.get();
      report.seconds_wait += now() - waiting;
      if (step_index + 1 < steps)
        next = std::async(std::launch::async, sample_step, step_index + 1);
      if (hooks.is_cancelled()) {
        if (next.valid()) next.wait();
        fail(ErrorCode::cancelled, "interrupted in epoch {} of {}; {}", epoch, options_.epochs,
             state.epoch > 0
                 ? fmt::format("the checkpoint holds epoch {}, --resume goes on from there",
                               state.epoch)
                 : std::string("no epoch was finished"));
      }
      const double rate =
          scheduled_rate(options_, (epoch - 1) * steps + step_index, options_.epochs * steps);
      loss += step(sampled.batch, sampled.label, train.width,
                   static_cast<uint64_t>(adam_.steps) + 1, rate, report);
      report.seconds_sample += sampled.seconds;
      report.links += sampled.batch.links();
      report.occurrences += sampled.batch.occurrences();
      report.distinct_rows += sampled.batch.distinct_rows();
      const auto batch_seeds = static_cast<int64_t>(sampled.label.size()) / train.width;
      report.seeds += batch_seeds;
      seen += batch_seeds;
      ++steps_done;
      Progress progress;
      progress.phase = "train";
      progress.done = step_index + 1;
      progress.total = steps;
      progress.epoch = epoch;
      progress.epochs = options_.epochs;
      progress.loss = loss / static_cast<double>(seen);
      progress.metric = judge.name;
      if (state.best_epoch > 0) progress.metric_value = state.best_metric;
      progress.rows_per_second = static_cast<double>(report.seeds) / (now() - start);
      const int64_t steps_left = (options_.epochs - epoch) * steps + steps - step_index - 1;
      progress.seconds_left =
          (now() - start) / static_cast<double>(steps_done) * static_cast<double>(steps_left);
      hooks.report(progress);
    }

    double metric = 0;
    {
      const Stopwatch watch(report.seconds_validate);
      Hooks quiet;
      quiet.cancelled = hooks.cancelled;
      metric = judge.value(predict(val.seeds, quiet));
    }
    const bool better =
        std::isfinite(metric) &&
        (state.best_epoch == 0 ||
         (judge.higher_is_better ? metric > state.best_metric : metric < state.best_metric));
    if (better) {
      state.best_epoch = epoch;
      state.best_metric = metric;
      for (size_t i = 0; i < state.best.size(); ++i) state.best[i].copy_(state.weights[i]);
    }
    state.epoch = epoch;
    state.steps = adam_.steps;
    report.epoch_seconds.push_back(now() - epoch_start);
    state.log.push_back({epoch, loss / static_cast<double>(std::max<int64_t>(1, seen)), metric,
                         report.epoch_seconds.back()});
    if (!checkpoint.empty()) write_checkpoint(checkpoint, state);
    Progress progress;
    progress.phase = "train";
    progress.done = progress.total = steps;
    progress.epoch = epoch;
    progress.epochs = options_.epochs;
    progress.epoch_finished = true;
    progress.loss = state.log.back().loss;
    progress.metric = judge.name;
    progress.metric_value = metric;
    progress.rows_per_second = static_cast<double>(report.seeds) / (now() - start);
    progress.seconds_left = (now() - start) / static_cast<double>(report.epoch_seconds.size()) *
                            static_cast<double>(options_.epochs - epoch);
    hooks.report(progress);
  }
  if (state.best_epoch > 0) {
    for (size_t i = 0; i < state.best.size(); ++i) state.weights[i].copy_(state.best[i]);
  }
  report.best_epoch = state.best_epoch;
  report.best_metric = state.best_metric;
  report.epochs = state.epoch;
  report.log = std::move(state.log);
  return report;
}

}  // namespace cenote
