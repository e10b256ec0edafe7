// SPDX-License-Identifier: Apache-2.0
// Results as documents, predictions as tables and files (docs/formats.md, docs/formats-cli.md).
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cenote/fit.h"
#include "cenote/predict.h"
#include "database/snapshot.h"  // QueryResult

namespace cenote {

/// What came of a fit, without where it was written. A number that is not finite is null.
nlohmann::ordered_json fit_json(const FitResult& result);

inline const std::vector<std::string> kOutputFormats{"csv", "parquet", "relbench"};

/// Rows are items for entities, not entities.
bool is_recommendation(const PredictResult& predictions);

/// Entity, time, prediction, probabilities: the columns of CSV and Parquet. Classes are named; the
/// prediction of a multilabel task is the names of the classes with a probability of at least one half. Of links
/// entity, time, rank, item, score.
QueryResult prediction_table(const PredictResult& predictions);

/// Entity, time and, under the target's name, the number or the list of items: what RelBench's leaderboard reads. Its keys are
/// compared as text, so all times of the column are written alike.
/// Errors    unsupported for task types other than binary classification, regression and links; bad_input for a
///           prediction that is no finite number, or an item that is named by a text.
QueryResult relbench_table(const PredictResult& predictions);
/// "<dataset>__<task>.csv": from this name the leaderboard knows what the file is about.
std::string relbench_file_name(const PredictResult& predictions);

/// RFC 4180 with a head line and line feeds. Numbers are the shortest text that reads back as the same
/// double; times of one column are written alike ("2010-03-01" if all are midnights); null is empty.
std::string to_csv(const QueryResult& table);

}  // namespace cenote
