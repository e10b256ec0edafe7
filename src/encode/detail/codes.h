// SPDX-License-Identifier: Apache-2.0
// Making ColumnCodes: N rows and the missing row N, without index arithmetic in every encoder.
#pragma once

#include <span>

#include "encode/encode.h"

namespace cenote::encode_detail {

/// Fixed codes of N rows and the missing one; all zeros to begin with.
class FixedCodes {
 public:
  FixedCodes(int64_t rows, int64_t width) {
    codes_.width = width;
    codes_.fixed.assign(static_cast<size_t>((rows + 1) * width), 0.0f);
  }
  /// The numbers of a row; row N is the missing one.
  std::span<float> row(int64_t row) {
    const auto width = static_cast<size_t>(codes_.width);
    return {codes_.fixed.data() + static_cast<size_t>(row) * width, width};
  }
  ColumnCodes take() { return std::move(codes_); }

 private:
  ColumnCodes codes_;
};

/// Bags of ids, row by row; the last row finished is the missing one.
class LearnedCodes {
 public:
  LearnedCodes(int64_t rows, int64_t width, int64_t vocabulary) : some_rows_(rows / 16 + 2) {
    codes_.width = width;
    codes_.vocabulary = vocabulary;
    codes_.offsets.reserve(static_cast<size_t>(rows) + 2);
    codes_.offsets.push_back(0);
  }
  void add(int64_t id) { codes_.ids.push_back(static_cast<int32_t>(id)); }
  void finish_row() {
    codes_.offsets.push_back(static_cast<int64_t>(codes_.ids.size()));
    // The first rows tell how many ids there will be, so that few of them are moved again.
    if (static_cast<int64_t>(codes_.offsets.size()) == some_rows_)
      codes_.ids.reserve(codes_.ids.size() * 17);
  }
  ColumnCodes take() { return std::move(codes_); }

 private:
  int64_t some_rows_;
  ColumnCodes codes_;
};

}  // namespace cenote::encode_detail
