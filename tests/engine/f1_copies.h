// SPDX-License-Identifier: Apache-2.0
// Copies of examples/f1 that a test changes by SQL, and small runs on them.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/files.h"
#include "cenote/fit.h"
#include "cenote/predict.h"
#include "database/duckdb.h"
#include "database/source.h"
#include "support/error_of.h"

namespace cenote {

using Settings = std::vector<std::pair<std::string, std::string>>;

std::string f1_folder();
const std::vector<std::string>& f1_tables();        // all
const std::vector<std::string>& f1_timed_tables();  // those with a `date`
std::string f1_key(const std::string& table);

/// f1 in memory, as tables of DuckDB: change it, then write it.
class F1Copy {
 public:
  F1Copy();
  void execute(const std::string& sql) const { duck_.execute(sql); }
  std::vector<std::string> columns(const std::string& table) const;
  /// An extension of DuckDB: "sqlite_scanner".
  void load(const std::string& extension) { load_extension(duck_, extension); }
  /// The dataset folder: manifest, tasks, db/*.parquet.
  void write(const std::filesystem::path& folder) const;
  const DuckDatabase& duck() const { return duck_; }

 private:
  DuckDatabase duck_;
};

/// What can be done to rows that nobody may see: those of timed tables with a date > `after`.
enum class Change { remove, shuffle, overwrite, insert };
inline constexpr Change kChanges[] = {Change::remove, Change::shuffle, Change::overwrite,
                                      Change::insert};
std::string to_string(Change change);
/// `tables` empty: all timed tables.
void change_rows(const F1Copy& copy, Change change, const std::string& after,
                 const std::vector<std::string>& tables = {});

/// A copy in a temporary folder with one change.
TemporaryFolder changed_f1(Change change, const std::string& after,
                           const std::vector<std::string>& tables = {});

/// Small settings of a model; estimators take none. A model that is made of others gets a schedule of small ones.
Settings small(const std::string& model, int epochs = 1);
FitOptions fit_options(const std::string& source, const std::string& task, const std::string& model,
                       const std::filesystem::path& run, int epochs = 1);
/// Fits and returns the bytes of the model file.
std::string fit_bytes(const FitOptions& options);
std::string model_bytes(const std::filesystem::path& run);

PredictResult predict_at(const std::filesystem::path& run, const std::string& source,
                         const std::string& at, const std::vector<std::string>& entities = {});
PredictResult predict_split(const std::filesystem::path& run, const std::string& source,
                            const std::string& split, int threads = 2);
/// Equal bit for bit: entities, times, predictions, probabilities, recommended items.
bool same_predictions(const PredictResult& a, const PredictResult& b);

}  // namespace cenote
