// SPDX-License-Identifier: Apache-2.0
#include "engine/confidence.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/check.h"

namespace cenote {

using nlohmann::json;

void Confidence::apply(std::vector<double>& predictions) const {
  if (calibration.method == "none") return;
  for (double& prediction : predictions) prediction = calibration(prediction);
}

json confidence_to_json(const Confidence& confidence) {
  const Calibration& calibration = confidence.calibration;
  const ConformalIntervals& intervals = confidence.intervals;
  json out = json::object();
  if (calibration.method != "none")
    out["calibration"] = {
        {"method", calibration.method}, {"from", calibration.from}, {"to", calibration.to}};
  if (!intervals.empty())
    out["intervals"] = {{"levels", kIntervalLevels},
                        {"edges", intervals.edges},
                        {"errors", intervals.errors},
                        {"never_negative", intervals.never_negative}};
  return out;
}

Confidence confidence_from_json(const json& document) {
  Confidence out;
  const size_t known = document.count("calibration") + document.count("intervals");
  CENOTE_CHECK(document.is_object() && document.size() == known, bad_input,
               "model: what it knows of its confidence is damaged");
  if (document.contains("calibration")) {
    const json& calibration = document.at("calibration");
    out.calibration = {calibration.at("method").get<std::string>(),
                       calibration.at("from").get<std::vector<double>>(),
                       calibration.at("to").get<std::vector<double>>()};
    check_calibration(out.calibration);
  }
  if (document.contains("intervals")) {
    const json& intervals = document.at("intervals");
    CENOTE_CHECK(intervals.at("levels") == json(kIntervalLevels), bad_input,
                 "model: its intervals are for other levels");
    intervals.at("edges").get_to(out.intervals.edges);
    intervals.at("errors").get_to(out.intervals.errors);
    out.intervals.never_negative = intervals.at("never_negative").get<bool>();
    check_intervals(out.intervals);
  }
  return out;
}

LearnedConfidence learn_confidence(TaskType type, const SeedTable& selection,
                                   std::span<const double> training_labels,
                                   const std::vector<double>& predictions, uint64_t seed) {
  LearnedConfidence out;
  out.loss_before = out.loss_after = std::nan("");
  if (type == TaskType::binary_classification) {
    std::vector<int64_t> entity;
    for (const Seed& one : selection.seeds) entity.push_back(one.row);
    const ChosenCalibration chosen = choose_calibration(predictions, selection.label, entity, seed);
    out = {{chosen.calibration, {}}, chosen.loss_before, chosen.loss_after};
  } else if (type == TaskType::regression) {
    const bool never_negative = std::all_of(training_labels.begin(), training_labels.end(),
                                            [](double label) { return label >= 0; });
    out.confidence.intervals = fit_intervals(predictions, selection.label, never_negative);
  }
  return out;
}

}  // namespace cenote
