// SPDX-License-Identifier: Apache-2.0
#include "base/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "base/check.h"

namespace cenote {
namespace {

std::string system_reason() { return std::generic_category().message(errno); }

/// Closes a descriptor at the end of a scope.
struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

void sync_folder(const std::filesystem::path& folder) {
  Descriptor d{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (d.fd >= 0) ::fsync(d.fd);  // some file systems cannot; the rename itself is still atomic
}

/// What may be replaced: nothing, or a regular file. A rename over /dev/stdout would take the device away.
void check_replaceable(const std::filesystem::path& path) {
  struct stat status {};
  const bool there = ::stat(path.c_str(), &status) == 0;
  CENOTE_CHECK(!there || S_ISREG(status.st_mode), bad_input,
               "cannot write '{}': it is no regular file", path.string());
}

/// mkostemps makes files for the owner alone; a result is as readable as the user's other files.
bool make_readable(int fd) {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return ::fchmod(fd, 0666 & ~mask) == 0;
}

}  // namespace

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
  check_replaceable(path);
  std::string temporary = path.string() + ".XXXXXX.tmp";
  Descriptor d{::mkostemps(temporary.data(), 4, O_CLOEXEC)};
  CENOTE_CHECK(d.fd >= 0, io, "cannot write '{}': {}", path.string(), system_reason());
  const auto give_up = [&]() {
    const std::string reason = system_reason();
    ::unlink(temporary.c_str());
    fail(ErrorCode::io, "cannot write '{}': {}", path.string(), reason);
  };
  while (!bytes.empty()) {
    const ssize_t written = ::write(d.fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      give_up();
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  if (!make_readable(d.fd) || ::fsync(d.fd) != 0) give_up();
  if (::rename(temporary.c_str(), path.c_str()) != 0) give_up();
  sync_folder(path.parent_path());
}

void move_into_place(const std::filesystem::path& from, const std::filesystem::path& path) {
  check_replaceable(path);
  const Descriptor d{::open(from.c_str(), O_RDONLY | O_CLOEXEC)};
  CENOTE_CHECK(d.fd >= 0 && make_readable(d.fd) && ::fsync(d.fd) == 0 &&
                   ::rename(from.c_str(), path.c_str()) == 0,
               io, "cannot write '{}': {}", path.string(), system_reason());
  sync_folder(path.parent_path());
}

std::string read_file(const std::filesystem::path& path, int64_t limit) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer; it is refused below.
  Descriptor d{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  CENOTE_CHECK(d.fd >= 0, io, "cannot read '{}': {}", path.string(), system_reason());
  struct stat status {};
  CENOTE_CHECK(::fstat(d.fd, &status) == 0, io, "cannot read '{}': {}", path.string(),
               system_reason());
  CENOTE_CHECK(S_ISREG(status.st_mode), bad_input, "'{}' is no regular file", path.string());
  CENOTE_CHECK(status.st_size <= limit, bad_input, "'{}' has {} bytes; at most {} are read here",
               path.string(), static_cast<int64_t>(status.st_size), limit);
  std::string bytes(static_cast<size_t>(status.st_size), '\0');
  size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t n = ::read(d.fd, bytes.data() + have, bytes.size() - have);
    if (n < 0 && errno == EINTR) continue;
    CENOTE_CHECK(n >= 0, io, "cannot read '{}': {}", path.string(), system_reason());
    if (n == 0) break;  // it was cut short meanwhile: what is there is what there is
    have += static_cast<size_t>(n);
  }
  bytes.resize(have);
  return bytes;
}

TemporaryFolder::TemporaryFolder(const std::string& prefix, const std::filesystem::path& parent) {
  std::error_code error;
  std::filesystem::path base =
      parent.empty() ? std::filesystem::temp_directory_path(error) : parent;
  CENOTE_CHECK(!error, io, "there is no temporary folder ({}); set TMPDIR to one", error.message());
  std::string name = (base / (prefix + ".XXXXXX")).string();
  CENOTE_CHECK(::mkdtemp(name.data()) != nullptr, io,
               "cannot make a temporary folder in '{}': {}; set TMPDIR to another", base.string(),
               system_reason());
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::move(other.path_)) {
  other.path_.clear();
}

TemporaryFolder& TemporaryFolder::operator=(TemporaryFolder&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

FileLock::FileLock(const std::filesystem::path& path) {
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  CENOTE_CHECK(descriptor_ >= 0, io, "cannot open '{}': {}", path.string(), system_reason());
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
  const bool taken = errno == EWOULDBLOCK;
  const std::string reason = system_reason();
  ::close(descriptor_);
  CENOTE_CHECK(!taken, io, "'{}' is in use by another process", path.parent_path().string());
  fail(ErrorCode::io, "cannot lock '{}': {}", path.string(), reason);
}

FileLock::~FileLock() {
  // The kernel lets go of the lock, also when the process is killed; the file stays, unlocked.
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace cenote
