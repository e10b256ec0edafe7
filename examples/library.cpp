// SPDX-License-Identifier: Apache-2.0
// Cenote as a library: opens a database, fits a model, evaluates it and predicts.
//
//   cmake --build build --target example_library
//   build/example_library [SOURCE [RUN [key=value ...]]]     e.g. examples/f1 runs/example epochs=3
#include <cstdio>
#include <string>

#include "cenote/error.h"
#include "cenote/fit.h"
#include "cenote/inspect.h"
#include "cenote/predict.h"

namespace {

/// The library never prints: it calls these while it works.
cenote::Hooks make_hooks() {
  cenote::Hooks hooks;
  hooks.warning = [](const std::string& code, const std::string& message) {
    std::fprintf(stderr, "warning (%s): %s\n", code.c_str(), message.c_str());
  };
  hooks.progress = [](const cenote::Progress& progress) {
    if (!progress.epoch_finished) return;
    std::fprintf(stderr, "epoch %ld of %ld: %s %.4f\n", static_cast<long>(progress.epoch),
                 static_cast<long>(progress.epochs), progress.metric.c_str(),
                 progress.metric_value);
  };
  // Returning true stops the work with Error(cancelled); a checkpoint remains.
  hooks.cancelled = [] { return false; };
  return hooks;
}

void run(int argc, char** argv) {
  const cenote::Hooks hooks = make_hooks();

  // A source: a dataset folder, a folder of CSV or Parquet files, a DuckDB or SQLite file, or a postgres:// URL.
  // It is opened read-only, and what is not declared in it is inferred.
  cenote::SourceOptions source;
  source.source = argc > 1 ? argv[1] : "examples/f1";
  const cenote::Inspection found = cenote::inspect(source);
  for (const cenote::InspectedTable& table : found.tables) {
    std::printf("%-22s %7ld rows, %2zu columns\n", table.name.c_str(),
                static_cast<long>(table.rows), table.columns.size());
  }

  // A task says what is to be predicted, of what and when: here a manifest in the dataset folder. The same source,
  // options and seed give the same model, byte for byte, on any number of threads.
  cenote::FitOptions fit;
  fit.source = source;
  fit.task = "driver-top3";
  fit.model = "sage";       // "auto", the default, tries several within fit.budget
  fit.protocol = "frozen";  // test seeds see no row after the test timestamp
  fit.seed = 1;
  fit.out = argc > 2 ? argv[2] : "runs/example";
  for (int i = 3; i < argc; ++i) {
    const std::string word = argv[i];
    fit.set.emplace_back(word.substr(0, word.find('=')), word.substr(word.find('=') + 1));
  }
  const cenote::FitResult fitted = cenote::fit(fit, hooks);
  std::printf("%s: best epoch %ld, validation %s %.4f\n", fitted.run.c_str(),
              static_cast<long>(fitted.best_epoch), fitted.metric.c_str(), fitted.best_metric);

  // The run folder holds all that is needed; the database is where run.json says, or `evaluate.run.source`.
  cenote::EvaluateOptions evaluate;
  evaluate.run.run = fit.out;
  const cenote::EvaluateResult evaluated = cenote::evaluate(evaluate, hooks);
  for (const cenote::MetricValue& metric : evaluated.metrics) {
    std::printf("%s, %s, %-17s %.4f (95 %%: %.4f to %.4f)\n", evaluated.split.c_str(),
                evaluated.protocol.c_str(), metric.name.c_str(), metric.value, metric.low,
                metric.high);
  }

  // The five likeliest drivers at a moment; without `at` the latest time in the database, without `top` all.
  cenote::PredictOptions predict;
  predict.run.run = fit.out;
  predict.at = "2009-06-01";
  predict.top = 5;
  const cenote::PredictResult predicted = cenote::predict(predict, hooks);
  for (size_t i = 0; i < predicted.entity.size(); ++i) {
    std::printf("%s %s: %.3f\n", predicted.entity_column.c_str(), predicted.entity[i].c_str(),
                predicted.prediction[i]);
  }
  cenote::write_predictions(predicted, fit.out + "/predictions.csv");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(argc, argv);
    return 0;
  } catch (const cenote::Error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    for (const std::string& line : e.context()) std::fprintf(stderr, "  %s\n", line.c_str());
    return 1;
  }
}
