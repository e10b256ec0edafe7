// SPDX-License-Identifier: Apache-2.0
// How fast the parts of the main job are on a database: reading it, sampling, encoding, training, predicting.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/threads.h"
#include "bench/measurement.h"
#include "engine/prepared.h"
#include "engine/trained.h"

namespace cenote {

struct BenchDatabaseOptions {
  SourceOptions source;
  std::string task;
  TextPairs set;  // of model sage and its training; without them it is RelBench's reference model
  int64_t repeats = 3;
  uint64_t seed = 0;
};

/// Reading every table: DuckDB's own scan of the source (the limit), opening it as a snapshot, and the snapshot's columns
/// into memory. In rows.
std::vector<Measurement> bench_ingest(const SourceOptions& source, int64_t repeats,
                                      ThreadPool& threads, const MeasurementHook& done,
                                      const Hooks& hooks);

/// A database and a task that are measured part by part. Each part is measured on the training seeds, in batches as
/// training has them; the model is `sage` as RelBench's reference has it: 128 channels, 128 and 64 rows drawn uniformly,
/// sums, four blocks, batches of 512 seeds (arXiv:2407.20060).
class DatabaseBench {
 public:
  /// Errors    as fit().
  DatabaseBench(const BenchDatabaseOptions& options, ThreadPool& threads, const Hooks& hooks);
  ~DatabaseBench();

  /// Links a second, on one thread and on all; the limit is what reads a cache line from anywhere for each.
  std::vector<Measurement> sample(const MeasurementHook& done);
  /// Rows a second through the row encoders, without and with gradients, on one thread; the limit is the float32 product.
  std::vector<Measurement> encode(const MeasurementHook& done);
  /// Seeds a second of whole epochs, validation included; and what they spent their time on.
  std::vector<Measurement> train(const MeasurementHook& done);
  /// Seeds a second, all at once and one by one (the 50th and 99th of a hundred).
  std::vector<Measurement> predict(const MeasurementHook& done);

 private:
  void each_batch(BatchSampler& sampler, const std::function<void(const Batch&)>& body) const;

  BenchDatabaseOptions options_;
  ThreadPool& threads_;
  const Hooks& hooks_;
  ChosenOptions chosen_;
  std::unique_ptr<Prepared> prepared_;
};

}  // namespace cenote
