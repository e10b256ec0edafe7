// SPDX-License-Identifier: Apache-2.0
// Damage and attacks are tested on whole models, tests/engine/test_model_file.cpp.
#include <gmock/gmock.h>

#include <set>

#include "base/files.h"
#include "base/safetensors.h"
#include "cenote/error.h"

namespace cenote {
namespace {

SafeTensors small_content(size_t note) {
  SafeTensors content;
  content.metadata["note"] = std::string(note, 'x');
  content.tensors.push_back({"a", {"F32", {2, 1}, std::string("\1\2\3\4\5\6\7\0", 8)}});
  content.tensors.push_back({"empty", {"F64", {0}, ""}});
  return content;
}

TEST(SafeTensors, ComeBackAsTheyWere) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "m.safetensors";
  write_safetensors(path, small_content(5));
  const SafeTensors back = read_safetensors(path);
  EXPECT_EQ(back.metadata.at("note"), "xxxxx");
  ASSERT_EQ(back.tensors.size(), 2u);
  EXPECT_EQ(back.at("a").dtype, "F32");
  EXPECT_EQ(back.at("a").shape, (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(back.at("a").bytes, small_content(0).at("a").bytes);
  EXPECT_EQ(back.at("empty").shape, (std::vector<int64_t>{0}));
  EXPECT_THROW(back.at("b"), Error);
}

TEST(SafeTensors, AHeaderThatCouldNotBeReadIsNotWritten) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "m.safetensors";
  EXPECT_THROW(write_safetensors(path, small_content(100'000'001)), Error);
  EXPECT_FALSE(std::filesystem::exists(path));
}

/// The first byte of a file is the low byte of its header's length, which may be that of a pickle (0x80).
TEST(SafeTensors, AreReadWhateverTheLengthOfTheHeader) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "m.safetensors";
  std::set<char> first_bytes;
  for (size_t note = 0; note < 260; note += 8) {
    write_safetensors(path, small_content(note));
    first_bytes.insert(read_file(path)[0]);
    EXPECT_EQ(read_safetensors(path).metadata.at("note").size(), note);
  }
  EXPECT_EQ(first_bytes.size(), 32u);
}

}  // namespace
}  // namespace cenote
