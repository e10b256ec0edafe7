// SPDX-License-Identifier: Apache-2.0
// What this machine can do at all: the limits that everything else is shown beside.
#pragma once

#include <cstdint>
#include <vector>

#include "base/threads.h"
#include "bench/measurement.h"
#include "kernel/linear.h"

namespace cenote {

/// Bytes a second read from memory in order, rows a second of 64, 256, 512 and 1,024 bytes read from anywhere in 256 MiB,
/// and multiplications of [256, 128] by [128, 128]: Cenote's and libtorch's in float32 and bfloat16. Each on
/// one thread, and the first two also on all.
std::vector<Measurement> bench_limits(ThreadPool& threads, int64_t repeats,
                                      const MeasurementHook& done);

/// Rows of `bytes` bytes a second, on one thread. REQUIRES a multiple of 64.
double row_limit(int64_t bytes, int64_t repeats);
/// Multiplications and additions a second in Cenote's product, on one thread.
double product_limit(Precision precision, int64_t repeats);

}  // namespace cenote
