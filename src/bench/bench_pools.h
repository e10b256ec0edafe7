// SPDX-License-Identifier: Apache-2.0
// How fast pools are, beside what this machine can gather at all.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kernel/segment.h"

namespace cenote {

/// Rows and a join over them, drawn from a seed.
///   small     2,000 links, groups of ten on average, 64 columns: fits into the cache
///   uniform   200,000 links, groups of ten, 64 columns
///   skewed    as uniform, but group sizes follow Zipf's law: some of many thousands, many of one
///   wide      25,000 links, groups of ten, 512 columns
///   large     2,000,000 links, Zipf's law, 64 columns: only where it is asked for, as it takes long
struct PoolShape {
  std::string name;
  int64_t groups, rows, links, width;
  bool zipf = false;
  bool only_asked = false;
};
const std::vector<PoolShape>& pool_shapes();
JoinPtr shape_join(const PoolShape& shape, uint64_t seed);

/// Seconds that it takes to read the rows of all links in the join's order and to add them up in registers: the least time of
/// a pool that reads each link's row once. The median of `repeats`.
double probe_gather(const PoolShape& shape, int64_t repeats);

/// Of one pool and shape. Bytes are those of a pool that reads each link's row and writes each group's result once, forward;
/// backward the same the other way round, with the rows' gradients read and written.
struct PoolTiming {
  std::string pool, shape;
  double forward = 0, backward = 0;              // seconds, medians
  double forward_rate = 0, backward_rate = 0;    // bytes a second
  double forward_share = 0, backward_share = 0;  // of the gather limit
  std::string left_out;                          // why nothing was measured; empty: it was
};

struct BenchPoolsOptions {
  std::vector<std::string> pools;   // empty: all
  std::vector<std::string> shapes;  // empty: all but those that must be asked for
  int64_t repeats = 5;
  uint64_t seed = 0;
};

/// Every pool on every shape, on one thread. `done` gets each timing as it is ready; false ends the run.
/// Errors    not_found for no such pool, bad_input for no such shape.
std::vector<PoolTiming> bench_pools(const BenchPoolsOptions& options,
                                    const std::function<bool(const PoolTiming&)>& done);

}  // namespace cenote
