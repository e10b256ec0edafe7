// SPDX-License-Identifier: Apache-2.0
// A model of either sort, ready to predict: what fit, evaluate and predict share.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/effects.h"
#include "engine/prepared.h"
#include "train/trainer.h"

namespace cenote {

struct WorkItem;

/// What a fit is given besides data and options.
struct FitRequest {
  std::filesystem::path
      checkpoint;           // where training leaves what it needs to go on after an interruption
  std::string fingerprint;  // of data, options and seed
  bool resume = false;
  const Hooks& hooks;
  // For a model that is made of others.
  std::filesystem::path parts = {};  // a folder for those that are finished
  std::chrono::steady_clock::time_point started = {};
  double budget_seconds = 0;                // from `started`
  std::span<const WorkItem> schedule = {};  // empty: by the budget
};

/// A model made for a prepared database. Refers to it: the database must outlive the model.
class Trained {
 public:
  virtual ~Trained() = default;
  /// Learns; returns what training did (empty for estimators, except the metric).
  virtual TrainReport fit(const FitRequest& request) = 0;
  /// [seeds, outputs]: numbers, probabilities of class 1, or probabilities; of link prediction the rows of the
  /// best items (-1: no more).
  virtual std::vector<double> predict(std::span<const Seed> seeds, const Hooks& hooks) const = 0;
  /// What moved the predictions of some seeds, each less the average. Errors unsupported for a model that recommends.
  virtual std::vector<SeedEffects> explain(const EffectsRequest& request, const Hooks& hooks) const;
  /// Of link prediction: the `top` best items, with their scores. Errors internal for other models.
  virtual Rankings rank(std::span<const Seed> seeds, int64_t top, const Hooks& hooks) const;

  /// Weights and state, into and out of a part of a model file.
  virtual void save(ModelPart& part) const = 0;
  virtual void load(const ModelPart& part) = 0;
  virtual int64_t parameter_count() const { return 0; }
  /// Of what it multiplies; empty for a model without such products, or made of several.
  virtual std::string precision() const { return {}; }
};

/// A fresh model with the options of `part`, and the members that it has (their weights are those of the seed
/// number). `scale`: of a regression's labels.
std::unique_ptr<Trained> make_trained(const Prepared& prepared, const ModelPart& part,
                                      const OutputScale& scale, ThreadPool& threads);

/// A part with the options of a model, nothing learned yet.
struct ChosenOptions;
ModelPart make_part(const std::string& model, const ChosenOptions& options, uint64_t seed);
/// What a model file says of the database and the task, beside that part.
ModelFile make_model_file(const Prepared& prepared, ModelPart part);
/// The option `models` of a model that is made of others. Errors bad_input, not_found.
std::vector<std::string> member_names(const Options& options);

/// How stale training and selection are under the options: 0 unless the protocol is frozen and the task
/// has a horizon (`auto`), or the user says so.
int64_t chosen_staleness(const Prepared& prepared, const Options& train);

/// The validation seeds as choices are made by them: about `most` at most, drawn by what they are. Under staleness
/// each stands there several times, in a database that lags behind by different parts of it, as it will in test.
SeedTable make_selection(const Prepared& prepared, int64_t staleness, int64_t most, uint64_t seed);

/// The value of the task's metric on predictions for the selection.
Judge make_judge(const Prepared& prepared);

/// The options of a model, of training, and of the entries they use, with `set` applied.
///
/// A plain name is an option of the model, else of training (where the model is trained by the trainer, or the
/// option says what its seeds see); "pool.attention.heads" and
/// "encode.number.pieces" are options of that pool or encoder, "model.sage.epochs" of that member of a model which
/// is made of others.
/// Errors    bad_input for an option that nobody has; the known ones are listed. not_found for an entry.
struct ChosenOptions {
  Options model, train;
  EntryOptions encoders, pools;
  TextPairs members;  // ("sage.epochs", "5"), checked
  /// The pools' and members' as text, as a model file keeps them. (A fitted encoder keeps its own.)
  TextPairs entry_text() const;
};
ChosenOptions apply_options(const std::string& model, const TextPairs& set);

}  // namespace cenote
