// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cenote/hooks.h"
#include "cenote/predict.h"

namespace cenote {

/// An entity at a time, both as text.
struct ExplainSeed {
  std::string entity;  // a key of the entity table
  std::string
      time;  // empty: the latest time in the database; of an autocomplete task the row's own
};

struct ExplainOptions {
  RunOptions run;
  std::vector<ExplainSeed> seeds;
  /// train | val | test: the seeds are of that split, and models that look back on labels do so as evaluate() does.
  /// Empty: as predict() at a time does. The two differ only where labels were made at other times.
  std::string split;
  std::string output;  // which class or label; empty: the likeliest
  int64_t cells = 20;  // rows and cells of each explanation, largest first
};

/// A part of a prediction.
struct Contribution {
  std::string sentence;  // "mean of position in the last 5 qualifying (by qualifying.driverId)"
  std::string value;     // "2.4": what it was at that time
  std::string table, link, column, window;  // what it is made of; empty where it is made of none
  double amount = 0;                        // in the unit of the prediction
  int64_t rows = 0;  // that the amount is given to: of a mean, those that pulled it to that side
};

/// Contributions of one column that is reached in one way: a feature rarely stands alone.
struct ContributionGroup {
  std::string table, link, column;  // all empty: a contribution that is made of no table
  double amount = 0;                // of all of them together
  int64_t largest = 0;              // which of the contributions
  int64_t contributions = 0;        // how many
};

/// A row or a cell that took part.
struct ExplainedCell {
  std::string table, row;     // the row's key as text; its number where there is no key
  std::string column, value;  // empty of a row
  std::string time;           // of the row; empty: none
  double amount = 0;
};

/// Why a prediction is what it is.
struct Explanation {
  std::string entity;
  int64_t time = 0;    // microseconds since 1970-01-01 UTC
  std::string output;  // the class or label that is explained; empty where there is one number
  double prediction = 0;
  double average = 0;  // the mean prediction for seeds of the training time
  /// Largest first; they and the average add up to the prediction.
  std::vector<Contribution> contributions;
  std::vector<ContributionGroup> groups;   // the same, put together; largest first
  std::vector<ExplainedCell> rows, cells;  // parts of the contributions that are made of cells
  int64_t known_rows = 0;  // that refer to the entity, or it to them, and were known at that time
};

struct Explanations {
  std::string task, task_type, model, protocol;
  std::string entity_table, entity_column, target_column;
  bool entity_is_number = false;
  std::vector<Explanation> explanations;  // in the order of the seeds
};

/// Explains predictions of a run; the database is opened once.
///
/// Boosted trees: exact Shapley values of their features, each bag's in the unit of the prediction, less what the
/// feature adds on average. Networks: integrated gradients over the cells of the rows that they drew, from missing
/// ones, put together by way, table and column, and what the number of rows and their times do. A stack: its members', weighted.
/// A cell of a tree's feature is given its part of what the feature's number was made of.
///
/// Empty     a constant has no contributions.
/// Errors    Error(not_found) for an entity that is not there, (bad_input) for a table without a key of one column, a
///           time that is none, an output that is none.
/// Warnings  no_rows: nothing was known of an entity at that time.
/// Cost      trees: milliseconds after the features, which cost a pass over each table; networks: 32 to 256 forward
///           and backward passes over the rows of one seed.
/// Threads   one call at a time per process; the bytes do not depend on their number.
/// Source    Lundberg, Erion, Lee 2018, arXiv:1802.03888; Sundararajan, Taly, Yan 2017, arXiv:1703.01365.
Explanations explain(const ExplainOptions& options, const Hooks& hooks = {});

struct ImportanceOptions {
  RunOptions run;
  int64_t repeats = 3;   // shuffles of each column
  int64_t seeds = 2000;  // validation seeds at most, drawn by content
};

/// How much worse predictions get without something.
struct ImportanceItem {
  std::string kind;  // table, link, column, time, labels
  std::string name;  // "results", "results.driverId", "results.position", "the last 90 days"
  std::string table, column;            // empty where it has none
  double worse = 0, low = 0, high = 0;  // of the metric, positive: it matters; a 95 % interval
};

/// Sorted by kind, in the order above, and within a kind by `worse`.
struct Importance {
  std::string task, model, protocol, metric;
  double value = 0;  // of the metric on these seeds as they are
  int64_t rows = 0;  // seeds
  std::vector<ImportanceItem> items;
};

/// What a run's predictions rest on, over the validation labels.
///
/// A column is shuffled among the rows that are visible to some validation seed. A link is cut: nobody follows it. A
/// table loses all its links, the entity's own table has its columns shuffled together. A time: the database lags
/// behind each seed by so much. Labels: models that look back see none.
/// The interval has two parts: over entities (200 draws of the difference) and over the shuffles.
///
/// Errors    bad_input without validation labels.
/// Cost      a prediction of all seeds for each item, and shuffle.
/// Threads   as explain().
/// Source    Breiman 2001, "Random forests"; Fisher, Rudin, Dominici 2019, arXiv:1801.01489.
Importance importance(const ImportanceOptions& options, const Hooks& hooks = {});

}  // namespace cenote
