// SPDX-License-Identifier: Apache-2.0
#include "claims/detail/fitted.h"

#include "base/check.h"
#include "base/files.h"
#include "cenote/fit.h"
#include "cenote/predict.h"

namespace cenote {

Fitted fitted(const FittedTask& question, const std::string& model,
              const std::vector<std::pair<std::string, std::string>>& set, const ClaimRun& run) {
  const Hooks hooks{.progress = {}, .warning = {}, .cancelled = run.cancelled};
  const TemporaryFolder folder("cenote-claim");
  FitOptions options;
  options.source.source = question.source;
  options.task = question.task;
  options.model = model;
  options.protocol = question.protocol;
  options.set = set;
  options.seed = run.seed;
  options.threads = run.threads;
  options.out = (folder.path() / "run").string();
  fit(options, hooks);
  const auto metric = [&](const std::string& split) {
    EvaluateOptions evaluated;
    evaluated.run.run = options.out;
    evaluated.run.threads = run.threads;
    evaluated.split = split;
    for (const MetricValue& each : evaluate(evaluated, hooks).metrics)
      if (each.name == question.metric) return each.value;
    fail(ErrorCode::not_found, "task '{}' has no metric '{}'", question.task, question.metric);
  };
  return {metric("val"), metric("test")};
}

}  // namespace cenote
