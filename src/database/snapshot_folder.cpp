// SPDX-License-Identifier: Apache-2.0
#include "database/snapshot_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include "cenote/error.h"

namespace cenote {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPrefix = "cenote-snapshot";
constexpr const char* kLock = "lock";

/// A folder of this user's that nobody holds. One without a lock file is just being made.
bool is_left_behind(const fs::path& folder) {
  struct stat status {};
  if (::lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
      status.st_uid != ::geteuid()) {
    return false;
  }
  const fs::path lock = folder / kLock;
  if (::lstat(lock.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  try {
    const FileLock taken(lock);
    return true;
  } catch (const Error&) {
    return false;  // its process lives
  }
}

void remove_left_behind() {
  std::error_code error;
  const fs::path base = fs::temp_directory_path(error);
  if (error) return;
  for (const auto& entry :
       fs::directory_iterator(base, fs::directory_options::skip_permission_denied, error)) {
    const std::string name = entry.path().filename().string();
    std::error_code ignored;
    if (name.starts_with(std::string(kPrefix) + ".") && is_left_behind(entry.path())) {
      fs::remove_all(entry.path(), ignored);
    }
  }
}

}  // namespace

SnapshotFolder::SnapshotFolder() : folder_((remove_left_behind(), kPrefix)) {
  lock_ = std::make_unique<FileLock>(folder_.path() / kLock);
}

}  // namespace cenote
