// SPDX-License-Identifier: Apache-2.0
// The training loop: batches of shards, gradients added in a fixed order, the best epoch kept.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "cenote/hooks.h"
#include "loss/loss.h"
#include "model/detail/label_statistics.h"
#include "model/model.h"
#include "train/checkpoint.h"
#include "train/optimizer.h"

namespace cenote {

/// The epoch that keys the draws of validation and prediction.
inline constexpr uint64_t kPredictEpoch = 0xffffffffffffULL;

struct TrainOptions {
  int64_t epochs = 10;
  int64_t batch = 512;       // seeds; a multiple of kShardSeeds
  int64_t max_steps = 2000;  // per epoch
  bool cosine = true;        // the learning rate falls to zero along half a cosine over all epochs
  int64_t staleness =
      0;  // microseconds; each epoch a training seed's cut moves back by up to this much
  int64_t patience = 0;  // epochs without a better validation metric before stopping; 0: never
  AdamOptions adam;
  uint64_t seed = 0;
};

/// What training did, besides the weights.
struct TrainReport {
  int64_t best_epoch = 0;  // 1-based; 0: none was better than nothing
  double best_metric = 0;
  int64_t epochs = 0;  // run in all, those of an interrupted run included
  int64_t seeds = 0, links = 0, occurrences = 0, distinct_rows = 0;  // of this process
  // Phases of training steps, which add up to their time but for little; sampling runs in the background of all others.
  double seconds_sample = 0, seconds_wait = 0, seconds_encode = 0, seconds_gather = 0,
         seconds_layers = 0, seconds_backward = 0, seconds_update = 0, seconds_validate = 0;
  std::vector<double> epoch_seconds;
  std::vector<EpochLog> log;      // of all epochs, those of an interrupted run included
  std::vector<double> selection;  // predictions for the validation seeds, where they are at hand
};

/// Trains a network and predicts with it.
///
/// The bytes of the weights depend on the data, the options and the seed number alone: shards hold a fixed
/// number of seeds, encoder parts a fixed number of rows, both are added along a fixed tree, and no
/// operation is split between threads.
/// Threads    one call at a time; REQUIRES every worker of the pool to run torch with one thread.
class Trainer {
 public:
  Trainer(const Network& network, const ModelContext& context, const LossEntry& loss,
          OutputScale scale, TrainOptions options, ThreadPool& threads);

  /// Trains; the network holds the best epoch's weights afterwards. After every epoch a checkpoint is
  /// written to `checkpoint` (empty: none); with `resume` it is read first if it is there, and the result
  /// is, byte for byte, that of a run that was never interrupted.
  /// Errors    cancelled (a checkpoint of the last finished epoch remains), io, bad_input for a checkpoint
  ///           of another run; bad_input when the loss is not finite.
  TrainReport train(const SeedTable& train, const SeedTable& val, const Judge& judge,
                    const std::filesystem::path& checkpoint, const std::string& fingerprint,
                    bool resume, const Hooks& hooks);

  /// [seeds, outputs], in the seeds' order, as metrics take them.
  std::vector<double> predict(std::span<const Seed> seeds, const Hooks& hooks);

 private:
  struct Part;
  double step(const Batch& batch, const std::vector<double>& label, int64_t width, uint64_t step,
              double rate, TrainReport& report);
  std::vector<Part> encode_parts(const Batch& batch) const;
  std::vector<at::Tensor> encode(const Batch& batch, std::vector<Part>& parts, const Pass& pass,
                                 bool keep_graph);
  std::vector<at::Tensor> gathered(const Batch& batch, int64_t shard,
                                   const std::vector<at::Tensor>& encodings) const;

  const Network& network_;
  const ModelContext& context_;
  const LossEntry& loss_;
  OutputScale scale_;
  TrainOptions options_;
  ThreadPool& threads_;
  Adam adam_;
};

}  // namespace cenote
