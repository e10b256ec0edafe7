// SPDX-License-Identifier: Apache-2.0
// What a part of Cenote took, beside the limit that the same process found for it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace cenote {

struct Measurement {
  std::string part;    // limits, sample, encode, train, predict, ingest
  std::string what;    // "sample, 1 thread"
  double seconds = 0;  // median of the repeats
  double lowest = 0, highest = 0;
  double rate = 0;  // units a second, at the median
  std::string unit;
  double limit = 0;  // the most units a second that this machine can do; 0: none is known
  std::string limit_name;
};

/// Gets each measurement as it is ready; false ends the run.
using MeasurementHook = std::function<bool(const Measurement&)>;

/// Calls `work` once to warm up and `repeats` times more, and fills in the seconds; `units` of each call give the rate.
void measure(int64_t repeats, double units, const std::function<void()>& work, Measurement& out);

/// The middle of some seconds. REQUIRES one.
double median(std::vector<double> values);

/// The most memory that this process has had resident, in bytes.
int64_t peak_memory();

}  // namespace cenote
