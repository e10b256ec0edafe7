// SPDX-License-Identifier: Apache-2.0
#include "bench/measurement.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>

namespace cenote {

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void measure(int64_t repeats, double units, const std::function<void()>& work, Measurement& out) {
  std::vector<double> seconds;
  for (int64_t k = 0; k <= repeats; ++k) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    if (k > 0) seconds.push_back(took.count());
  }
  out.seconds = median(seconds);
  out.lowest = *std::min_element(seconds.begin(), seconds.end());
  out.highest = *std::max_element(seconds.begin(), seconds.end());
  out.rate = units / out.seconds;
}

int64_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

}  // namespace cenote
