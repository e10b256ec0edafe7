// SPDX-License-Identifier: Apache-2.0
// Random small databases, and random questions about them.
#pragma once

#include <memory>

#include "database/snapshot.h"
#include "naive.h"

namespace cenote {

/// Regions, their users, the users' events with items, and replies to events. Some times, references and values
/// are missing, some references lead nowhere, some rows are older than what they refer to.
class RandomDatabase {
 public:
  explicit RandomDatabase(uint64_t seed);
  const naive::Database& rows() const { return rows_; }
  Snapshot& snapshot() { return *snapshot_; }

 private:
  naive::Database rows_;
  std::unique_ptr<Snapshot> snapshot_;
};

naive::Question random_question(uint64_t seed);

}  // namespace cenote
