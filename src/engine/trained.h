// SPDX-License-Identifier: Apache-2.0
// A model of either sort, ready to predict: what fit, evaluate and predict share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/prepared.h"
#include "train/trainer.h"

namespace cenote {

/// A model made for a prepared database. Refers to it: the database must outlive the model.
class Trained {
 public:
  /// A fresh model with the options of `file` (its weights are those of the seed number).
  Trained(const Prepared& prepared, const ModelFile& file, ThreadPool& threads);

  /// Learns; returns what training did (empty for estimators).
  TrainReport fit(const std::filesystem::path& checkpoint, const std::string& fingerprint,
                  bool resume, const Hooks& hooks);
  /// [seeds, outputs]: numbers, probabilities of class 1, or probabilities.
  std::vector<double> predict(const std::vector<Seed>& seeds, const Hooks& hooks) const;

  /// Weights and state, into and out of a model file.
  void save(ModelFile& file) const;
  void load(const ModelFile& file);
  int64_t parameter_count() const;

 private:
  const Prepared& prepared_;
  ModelContext context_;
  OutputScale scale_;
  ThreadPool& threads_;
  int64_t staleness_ = 0;
  std::unique_ptr<Network> network_;
  std::unique_ptr<Estimator> estimator_;
  std::unique_ptr<Trainer> trainer_;
};

/// How stale training and selection are under the options: 0 unless the protocol is frozen and the task
/// has a horizon (`auto`), or the user says so.
int64_t chosen_staleness(const Prepared& prepared, const Options& train);

/// Validation seeds as test seeds will stand under `frozen`: nothing after the validation time is visible.
void make_selection_stale(Prepared& prepared);

/// The value of the task's metric on validation predictions.
Judge make_judge(const Prepared& prepared);

/// The options of a model, of training, and of the entries they use, with `set` applied.
///
/// A plain name is an option of the model, else of training (where the model is trained by the trainer, or the
/// option says what its seeds see); "pool.attention.heads" and
/// "encode.number.pieces" are options of that pool or encoder.
/// Errors    bad_input for an option that nobody has; the known ones are listed. not_found for an entry.
struct ChosenOptions {
  Options model, train;
  EntryOptions encoders, pools;
  /// The pools' as text, as a model file keeps them. (A fitted encoder keeps its own.)
  std::vector<std::pair<std::string, std::string>> pool_text() const;
};
ChosenOptions apply_options(const std::string& model,
                            const std::vector<std::pair<std::string, std::string>>& set);

}  // namespace cenote
