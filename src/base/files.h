// SPDX-License-Identifier: Apache-2.0
// Files: written to a temporary name, synced, renamed; read with their sizes checked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace cenote {

/// Writes the whole file or nothing: temporary name, fsync, rename, fsync of the folder.
/// Errors    io with the path and the system's reason; the previous file is untouched.
///           bad_input if `path` is there and is no regular file (a device, a folder).
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// The same for a file that another library wrote: syncs `from` and gives it the name `path`. Both must be
/// on one file system; on an error `from` stays and `path` is untouched.
void move_into_place(const std::filesystem::path& from, const std::filesystem::path& path);

/// Reads a regular file. Errors    io; bad_input if it is larger than `limit` bytes or no regular file.
std::string read_file(const std::filesystem::path& path, int64_t limit = int64_t{1} << 40);

/// A folder with a unique name below the system's temporary folder (or `parent`), removed by the destructor.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& prefix = "cenote",
                           const std::filesystem::path& parent = {});
  ~TemporaryFolder();
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept;
  TemporaryFolder(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Holds `path` locked for this process (flock), so that two runs never write one folder.
/// Errors    io, "is in use by another process", when it is taken.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace cenote
