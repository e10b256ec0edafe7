// SPDX-License-Identifier: Apache-2.0
#include "claims/detail/digits.h"

#include <ATen/ops/empty.h>
#include <zlib.h>

#include <memory>

#include "base/check.h"
#include "claim/small_training.h"

namespace cenote {
namespace {

/// A gzip file whose content has this size.
std::vector<uint8_t> read_gzip(const std::filesystem::path& path, size_t size) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  CENOTE_CHECK(file != nullptr, io, "'{}' cannot be opened", path.string());
  std::vector<uint8_t> out(size + 1);
  const int got = gzread(file.get(), out.data(), static_cast<unsigned>(out.size()));
  CENOTE_CHECK(got >= 0, bad_input, "'{}' is no whole gzip file", path.string());
  CENOTE_CHECK(got == static_cast<int>(size), bad_input,
               "'{}' holds {} bytes where MNIST's test digits have {}", path.string(), got, size);
  out.pop_back();
  return out;
}

}  // namespace

Digits Digits::read(const std::filesystem::path& data) {
  constexpr int64_t kCount = 10000, kPixels = kSide * kSide, kPictureHeader = 16, kLabelHeader = 8;
  const auto pictures = read_gzip(data / kDigitFiles[0], kPictureHeader + kCount * kPixels);
  const auto labels = read_gzip(data / kDigitFiles[1], kLabelHeader + kCount);
  Digits out{.pictures = at::empty({kCount, 1, kSide, kSide}, at::kFloat),
             .labels = at::empty({kCount}, at::kLong)};
  float* pixel = out.pictures.mutable_data_ptr<float>();
  for (int64_t i = 0; i < kCount * kPixels; ++i)
    pixel[i] = static_cast<float>(pictures[kPictureHeader + i]) / 255;
  for (int64_t i = 0; i < kCount; ++i) {
    const int64_t label = labels[kLabelHeader + i];
    CENOTE_CHECK(label < 10, bad_input, "digit {} of MNIST has the label {}", i, label);
    out.labels.mutable_data_ptr<int64_t>()[i] = label;
  }
  return out;
}

Digits Digits::some(const std::vector<int64_t>& numbers) const {
  const at::Tensor which = index_tensor(numbers);
  return {pictures.index_select(0, which), labels.index_select(0, which)};
}

DigitSplit split_digits(const std::filesystem::path& data, int64_t train, int64_t test,
                        uint64_t key) {
  const Digits all = Digits::read(data);
  const std::vector<int64_t> order = shuffled_numbers(all.labels.size(0), key);
  CENOTE_ASSERT(train + test <= all.labels.size(0));
  return {all.some({order.begin(), order.begin() + train}),
          all.some({order.begin() + train, order.begin() + train + test})};
}

}  // namespace cenote
