// SPDX-License-Identifier: Apache-2.0
// What came of a fit as a document: metrics.json, and what `fit --json` prints.
#include <cmath>

#include "engine/output.h"

namespace cenote {
namespace {

using Json = nlohmann::ordered_json;

/// JSON has neither NaN nor infinity.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json named_numbers(const std::vector<std::pair<std::string, double>>& pairs) {
  Json out = Json::object();
  for (const auto& [name, value] : pairs) out[name] = number(value);
  return out;
}

Json chosen_json(const FitResult& result) {
  Json contenders = Json::array(), tried = Json::array();
  for (const FitContender& one : result.contenders) {
    contenders.push_back({{"name", one.name},
                          {"value", number(one.metric)},
                          {"behind", number(one.behind)},
                          {"standard_error", number(one.standard_error)}});
  }
  for (const FitTried& one : result.tried) {
    tried.push_back({{"name", one.name},
                     {"trial", one.trial},
                     {"value", number(one.metric)},
                     {"seconds", one.seconds},
                     {"weight", one.weight}});
  }
  return {{"kept", result.kept}, {"why", result.why}, {"contenders", contenders}, {"tried", tried}};
}

}  // namespace

Json fit_json(const FitResult& result) {
  Json out{{"task", result.task},
           {"model", result.model},
           {"protocol", result.protocol},
           {"validation",
            {{"metric", result.metric},
             {"value", number(result.best_metric)},
             {"selection", result.selection}}},
           {"best_epoch", result.best_epoch},
           {"epochs", result.epochs},
           {"parameters", result.parameters},
           {"precision", result.precision},
           {"seconds", named_numbers(result.seconds)},
           {"counters", named_numbers(result.counters)}};
  if (std::isfinite(result.calibration.loss_before))
    out["calibration"] = {{"method", result.calibration.method},
                          {"log_loss",
                           {{"before", number(result.calibration.loss_before)},
                            {"after", number(result.calibration.loss_after)}}}};
  if (!result.kept.empty()) out["chosen"] = chosen_json(result);
  return out;
}

}  // namespace cenote
