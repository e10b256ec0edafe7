// SPDX-License-Identifier: Apache-2.0
// The parts of `cenote check`: what a prepared database shows without, and with, a model.
#pragma once

#include <vector>

#include "cenote/check.h"
#include "engine/prepared.h"

namespace cenote {

/// Of tables and links: static tables, columns filled in after their row's time, columns that hold a pool of all
/// children, parents dated after their children, rows far in the future, entities that are there twice.
///
/// Cost      a few passes over the tables.
std::vector<CheckFinding> check_tables(const Prepared& prepared);

/// Of single columns and pools, and of the entity's key: what alone tells the label too well.
struct AloneFindings {
  std::vector<CheckFinding> findings;
  int64_t tried = 0;
};
/// `candidates`, `rows`: so many features and training seeds at most.
AloneFindings check_alone(const Prepared& prepared, int64_t candidates, int64_t rows,
                          ThreadPool& threads, const Hooks& hooks);

/// The cheap part, as every fit does it: leaks and warnings of tables and of a sample of features go to the hooks.
void warn_of_leaks(const Prepared& prepared, ThreadPool& threads, const Hooks& hooks);

/// Of labels and splits: windows that reach into the next split, entities that training does not know, drift of labels
/// and columns, staleness.
std::vector<CheckFinding> check_splits(const Prepared& prepared);

/// Of a model: predictions at some times before and after everything later was changed.
void check_future(Snapshot& snapshot, const ModelFile& model, const std::string& task,
                  Protocol protocol, ThreadPool& threads, const Hooks& hooks, CheckResult& result);

}  // namespace cenote
