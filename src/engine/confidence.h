// SPDX-License-Identifier: Apache-2.0
// What a fit learns of its own predictions, on validation and after the model: calibrated probabilities, intervals
// around numbers.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <vector>

#include "graph/seeds.h"
#include "task/task.h"
#include "train/calibration.h"
#include "train/conformal.h"

namespace cenote {

struct Confidence {
  Calibration calibration;       // of binary tasks
  ConformalIntervals intervals;  // of regression tasks

  /// A model's own predictions -> those that are shown.
  void apply(std::vector<double>& predictions) const;
};

nlohmann::json confidence_to_json(const Confidence& confidence);
/// Errors    bad_input for what no fit writes.
Confidence confidence_from_json(const nlohmann::json& json);

/// From a model's predictions for the seeds that choices are made by.
struct LearnedConfidence {
  Confidence confidence;
  double loss_before = 0, loss_after = 0;  // of binary tasks; see ChosenCalibration
};
LearnedConfidence learn_confidence(TaskType type, const SeedTable& selection,
                                   std::span<const double> training_labels,
                                   const std::vector<double>& predictions, uint64_t seed);

}  // namespace cenote
