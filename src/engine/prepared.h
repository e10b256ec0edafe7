// SPDX-License-Identifier: Apache-2.0
// From a source and a task to everything a model needs: the way of a prediction up to the seeds.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/threads.h"
#include "encode/detail/table_encoder.h"
#include "engine/model_file.h"
#include "graph/seeds.h"
#include "model/model.h"
#include "task/question_task.h"

namespace cenote {

/// A database and a task in memory. Models refer to its members: it does not move once made.
struct Prepared {
  Schema schema;
  std::string dataset;  // the database's name
  Task task;
  Labels labels;
  Graph graph;
  Visibility visibility;
  int32_t entity_table = 0;
  int32_t item_table = -1;             // of link prediction
  std::vector<TableEncoder> encoders;  // by table
  std::vector<TableCodes> codes;       // by table
  bool coded = true;  // else no model here reads codes, and they are layouts without rows
  SeedTable train, val,
      test;             // for a prediction at a time: no seeds, or `train` the closed windows
  SeedTable selection;  // of a fit: what choices are made by
  int64_t outputs = 1;  // numbers a model puts out per seed; of link prediction: items
  int64_t at = 0;       // for a prediction at a time: that time
  std::vector<std::pair<std::string, double>> seconds;  // by phase

  History history() const;  // all labels, for models that look back
  ModelContext context(uint64_t seed) const;
  const SeedTable& split(const std::string& name) const;        // Errors bad_input
  const LabelTable& labels_of(const std::string& split) const;  // likewise
};

/// What is asked: a task, or a question in the PREDICT language.
struct TaskChoice {
  std::string task;
  std::string question;  // instead of a task
  int64_t eval_times = kQuestionEvalTimes;
  std::string model = {};  // that is to answer and alone reads the database; empty: any

  TaskChoice(std::string task, std::string question = "", int64_t eval_times = kQuestionEvalTimes)
      : task(std::move(task)), question(std::move(question)), eval_times(eval_times) {}
};

/// For training: column types, statistics and vocabularies from rows visible to training.
std::unique_ptr<Prepared> prepare_training(const SourceOptions& source, const TaskChoice& task,
                                           Protocol protocol, AsOf as_of,
                                           const EntryOptions& encoder_options, ThreadPool& threads,
                                           const Hooks& hooks);

/// Predictions of a model as metrics take them: of link prediction the items [S, k] become hits, others stay.
std::vector<double> metric_predictions(const Prepared& prepared, const SeedTable& seeds,
                                       std::vector<double> prediction);

/// Errors    unsupported for a model that does not answer tasks of this type; those that do are listed.
void check_answers(const std::string& model, const Task& task);

/// For using a model: everything learned comes from the file. `task`: as fit was given it; its label files are found
/// by that. Without `at` the three splits are made; with it
/// (a time, or "" for the latest one) no labels are needed but those that a model looks back on.
/// `past_labels`: those are wanted whatever the model.
/// Errors    bad_schema if the database does not fit the model.
std::unique_ptr<Prepared> prepare_use(const SourceOptions& source, const ModelFile& model,
                                      const std::string& task, Protocol protocol,
                                      const std::optional<std::string>& at, ThreadPool& threads,
                                      const Hooks& hooks, bool past_labels = false);

/// Likewise, from a snapshot that is open.
std::unique_ptr<Prepared> prepare_use(Snapshot& snapshot, const ModelFile& model,
                                      const std::string& task, Protocol protocol,
                                      const std::optional<std::string>& at, ThreadPool& threads,
                                      const Hooks& hooks, bool past_labels = false);

/// A pool whose threads run torch on one thread each: the only kind that training may use.
std::unique_ptr<ThreadPool> make_threads(int threads);

}  // namespace cenote
