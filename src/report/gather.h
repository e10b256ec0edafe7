// SPDX-License-Identifier: Apache-2.0
// What a report tells: everything is computed here, nothing is drawn.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cenote/check.h"
#include "cenote/explain.h"
#include "cenote/features.h"
#include "cenote/predict.h"
#include "cenote/report.h"
#include "engine/prepared.h"

namespace cenote {

/// Labels of a split at one time.
struct LabelsAtTime {
  int64_t time = 0;
  int64_t count = 0;
  double mean = 0;
};
struct SplitSummary {
  std::string name;
  int64_t seeds = 0, entities = 0;
  double mean = 0;
  std::vector<LabelsAtTime> times;  // ascending
};

/// A way to predict, and its metrics on the split that the report is about.
struct Contestant {
  std::string name;
  std::vector<MetricValue> metrics;
};

struct TableSummary {
  std::string first, last;  // times of its rows; empty: none
};

struct ReportData {
  std::string run, dataset, model, protocol, as_of;
  Task task;
  std::string sql;  // of the labels, as it is run
  uint64_t seed = 0;
  nlohmann::json fitted;            // metrics.json
  std::vector<nlohmann::json> log;  // log.jsonl
  std::vector<std::string> classes;
  Schema schema;                        // with the number of rows
  std::vector<TableSummary> tables;     // as in the schema
  std::vector<SplitSummary> splits;     // train, val, test
  std::string split;                    // test, or val where test has no labels
  std::vector<Contestant> contestants;  // constant, entity_mean, the run
  // Of `split`, row by row:
  std::vector<int64_t> time;
  std::vector<double> label, prediction, raw;  // raw: before calibration
  int64_t width = 1;                           // of prediction
  std::vector<IntervalCoverage> intervals;
  std::string calibration;
  RunFeatures features;
  Importance importance;   // without items where it could not be had
  Explanations explained;  // best hits, then worst misses
  std::vector<double> explained_label;
  size_t hits = 0;  // so many of the explained are hits
  CheckResult check;
  std::string how;  // the command that fits it again
};

/// Fills in `importance`, `explained` and what belongs to them. Nothing for links.
void gather_explanations(const ReportOptions& options, const Prepared& prepared, ReportData& data,
                         const Hooks& hooks);

ReportData gather_report(const ReportOptions& options, const Hooks& hooks);

}  // namespace cenote
