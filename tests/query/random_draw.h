// SPDX-License-Identifier: Apache-2.0
// Draws of random databases and questions: values that both know, so that conditions are met now and then.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "naive.h"

namespace cenote {

class Draw {
 public:
  explicit Draw(uint64_t seed) : engine_(seed) {}
  /// [0, n)
  int64_t below(int64_t n) { return static_cast<int64_t>(engine_() % static_cast<uint64_t>(n)); }
  bool one_in(int64_t n) { return below(n) == 0; }
  template <class T>
  const T& of(const std::vector<T>& list) {
    return list[static_cast<size_t>(below(std::ssize(list)))];
  }

 private:
  std::mt19937_64 engine_;
};

inline const int64_t kFirst = parse_time("2020-01-01");
inline const std::vector<std::string> kWords{"a", "ab", "b_", "B%", "ba", "zz"};

inline naive::Value some_time(Draw& draw, int64_t null_in) {
  // A grid of a quarter of a day: times fall on seed times and on the ends of windows.
  if (draw.one_in(null_in)) return naive::Null();
  return naive::Time{kFirst + draw.below(4 * 150) * 6 * 3600 * kMicrosPerSecond};
}

inline naive::Value some_number(Draw& draw, int64_t null_in) {
  if (draw.one_in(null_in)) return naive::Null();
  return static_cast<double>(draw.below(41) - 20) / 4;  // sums are exact
}

inline naive::Value some_whole(Draw& draw, int64_t null_in) {
  if (draw.one_in(null_in)) return naive::Null();
  return static_cast<double>(draw.below(7));
}

inline naive::Value some_word(Draw& draw, int64_t null_in) {
  if (draw.one_in(null_in)) return naive::Null();
  return draw.of(kWords);
}

inline naive::Value some_truth(Draw& draw, int64_t null_in) {
  if (draw.one_in(null_in)) return naive::Null();
  return draw.one_in(2);
}

}  // namespace cenote
