// SPDX-License-Identifier: Apache-2.0
// Results of verbs as JSON for programs and as text for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cenote/fit.h"
#include "cenote/predict.h"

namespace cenote {

/// One document on standard output. Text that is no UTF-8 is replaced, never an error.
void print_json(const nlohmann::ordered_json& document);

nlohmann::ordered_json to_json(const FitResult& result, const FitOptions& options);
nlohmann::ordered_json to_json(const EvaluateResult& result);
/// Without the rows.
nlohmann::ordered_json to_json(const PredictResult& result);
/// [{entity, time, prediction, probabilities:{class: p}}]
nlohmann::ordered_json rows_json(const PredictResult& result);

void print_fit(const FitResult& result, const FitOptions& options);
/// What the steps of training spent their time on.
void print_profile(const FitResult& result);
void print_evaluation(const EvaluateResult& result);

}  // namespace cenote
