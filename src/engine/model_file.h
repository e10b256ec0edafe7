// SPDX-License-Identifier: Apache-2.0
// The model file: one safetensors file that holds everything needed to use the model. Its metadata has the
// manifest; what estimators learned and the state of the encoders are JSON texts among the tensors.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/safetensors.h"
#include "engine/confidence.h"
#include "graph/seeds.h"
#include "task/task.h"
#include "train/trainer.h"

namespace cenote {

using TextPairs = std::vector<std::pair<std::string, std::string>>;

/// A model: its options and what it has learned. Some are made of others.
struct ModelPart {
  std::string model;
  TextPairs model_options, train_options,
      entry_options;  // of pools: ("pool.attention.heads", "2"); of members: ("model.sage.epochs", "5")
  uint64_t seed = 0;
  nlohmann::json estimator;  // state of a model without parameters; null for networks
  std::vector<std::pair<std::string, RawTensor>> tensors;
  std::vector<ModelPart> members;
  std::vector<double> weights;  // of the members
};

/// Everything but the database. Holds no source path, user or date, so equal trainings give equal bytes.
struct ModelFile : ModelPart {
  Schema schema;  // with the column types of training
  Task task;
  std::vector<std::string> classes;
  Protocol protocol = Protocol::rolling;
  AsOf as_of = AsOf::inclusive;
  int64_t last_training_time = 0;
  OutputScale scale;
  int64_t outputs = 1;      // numbers a seed
  Confidence confidence;    // learned after the model
  nlohmann::json encoders;  // by table, in schema order
};

/// A part by itself: what a fit of several models has finished when it is interrupted.
void write_part(const std::filesystem::path& path, const ModelPart& part);
/// Errors    bad_input for a damaged file.
ModelPart read_part(const std::filesystem::path& path);

void write_model(const std::filesystem::path& path, const ModelFile& model);
/// Reads and checks: every size, every index, every name. Runs nothing.
/// Errors    bad_input naming the file and the field; unsupported for a newer format version.
ModelFile read_model(const std::filesystem::path& path);

nlohmann::json schema_to_json(const Schema& schema);
Schema schema_from_json(const nlohmann::json& json);
nlohmann::json task_to_json(const Task& task);
Task task_from_json(const nlohmann::json& json);

/// Errors    bad_schema if a table or column that the model uses is gone or holds another type of value.
void check_schema_fits(const Schema& model, const Schema& database);

}  // namespace cenote
