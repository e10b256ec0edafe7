// SPDX-License-Identifier: Apache-2.0
// The folder that a snapshot lives in.
#pragma once

#include <filesystem>
#include <memory>

#include "base/files.h"

namespace cenote {

/// A temporary folder that is locked while its process lives, so that a later run can tell what a killed
/// one left behind, and removes it: a snapshot is as large as the database.
class SnapshotFolder {
 public:
  SnapshotFolder();
  std::filesystem::path file() const { return folder_.path() / "snapshot.duckdb"; }
  std::filesystem::path spill() const { return folder_.path() / "spill"; }

 private:
  TemporaryFolder folder_;  // removed after the lock is let go
  std::unique_ptr<FileLock> lock_;
};

}  // namespace cenote
