// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "cenote/error.h"

namespace cenote {
namespace {

namespace fs = std::filesystem;

size_t files_in(const fs::path& folder) {
  return static_cast<size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(Files, AreWrittenWholeAndLeaveNothingBeside) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a.txt";
  write_file_atomically(path, "first");
  write_file_atomically(path, std::string_view("second\0!", 8));
  EXPECT_EQ(read_file(path), std::string("second\0!", 8));
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(Files, KeepTheOldContentWhenTheNewCannotBeWritten) {
  const TemporaryFolder folder;
  EXPECT_THROW(write_file_atomically(folder.path() / "no" / "a.txt", "x"), Error);
  // A folder is in the way: the rename fails and the temporary file is gone.
  fs::create_directories(folder.path() / "taken" / "inside");
  EXPECT_THROW(write_file_atomically(folder.path() / "taken", "x"), Error);
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(Files, AreReadOnlyIfTheyAreFilesOfBoundedSize) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a.txt";
  write_file_atomically(path, "12345");
  EXPECT_EQ(read_file(path, 5), "12345");
  EXPECT_THROW(read_file(path, 4), Error);
  EXPECT_THROW(read_file(folder.path() / "absent"), Error);
  EXPECT_THROW(read_file(folder.path()), Error);
  EXPECT_THROW(read_file("/dev/zero"), Error);
  ASSERT_EQ(mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  EXPECT_THROW(read_file(folder.path() / "pipe"), Error);  // and does not wait for a writer
}

TEST(TemporaryFolder, IsRemovedOnceByItsLastOwner) {
  fs::path path;
  {
    TemporaryFolder folder;
    path = folder.path();
    write_file_atomically(path / "x", "x");
    TemporaryFolder moved = std::move(folder);
    EXPECT_EQ(moved.path(), path);
    EXPECT_TRUE(fs::exists(path / "x"));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(FileLock, KeepsOthersOutAndEndsWithItsOwner) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "lock";
  {
    const FileLock lock(path);
    try {
      const FileLock second(path);
      FAIL() << "taken twice";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::io);
      EXPECT_THAT(e.what(), testing::HasSubstr("in use by another process"));
    }
  }
  const FileLock again(path);  // a lock file that was left behind does not matter
}

}  // namespace
}  // namespace cenote
