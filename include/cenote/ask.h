// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cenote/hooks.h"
#include "cenote/source.h"

namespace cenote {

struct AskOptions {
  SourceOptions source;
  std::string question;     // in the PREDICT language (docs/predict.md)
  int64_t eval_times = 40;  // so many times in validation and in test, at most
  int64_t rows = 5;         // labels to show
};

/// Labels of train, val or test.
struct AskedSplit {
  std::string name;
  int64_t times = 0;                  // at which is asked
  std::string first_time, last_time;  // empty without times
  int64_t labels = 0, entities = 0;   // entities: different ones
  // Pairs of entity and time: that exist, that WHERE keeps, that ASSUMING keeps, that no row lies in any
  // window of. Of a column's missing values: -1.
  int64_t known = -1, chosen = -1, assumed = -1, empty = -1;
  // Classes with their counts, the most frequent first, at most 20; of numbers min, quartile_1, median,
  // quartile_3, max, mean.
  std::vector<std::pair<std::string, double>> distribution;
};

struct AskedRow {
  std::string split, time, entity;
  int64_t frame = 0;  // of a forecast, from 1
  std::string label;
};

/// A question as Cenote understands it, before anything is trained.
struct Asked {
  std::string question, name;
  std::string kind;       // binary, regression, multiclass, ranking, forecast, missing
  std::string task_type;  // as of a task manifest
  std::string entity_table, entity_key;
  std::vector<std::pair<std::string, std::string>> words;  // {"predict", "whether ..."}, ...
  std::string
      empty_rule;  // dropped, counted, varies: what becomes of an entity without rows in the windows
  std::string sql;      // of the labels; empty for missing values
  std::string horizon;  // "30 days"; empty for missing values
  std::string val_timestamp, test_timestamp;
  std::string split_from;  // "options", "manifest", "data"; "keys" of a table without time
  std::vector<AskedSplit> splits;
  std::vector<AskedRow> rows;
  std::vector<std::pair<std::string, std::string>> warnings;  // code, message
  std::string cannot_fit;  // why fit would refuse; empty if it would not
};

/// Reads a question, makes its labels and trains nothing.
///
/// Errors    Error; bad_input and unsupported of the question itself have its line, column and a caret.
/// Threads   one call at a time per process.
Asked ask(const AskOptions& options, const Hooks& hooks = {});

}  // namespace cenote
