// SPDX-License-Identifier: Apache-2.0
// Pools: many rows become one row. One file per operator; names are those of the literature.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>

#include "base/registry.h"
#include "kernel/parameters.h"
#include "kernel/segment.h"

namespace cenote {

enum class PoolOutput {
  vector,
  rows,
  score
};  // one vector a group; rows with a new join; one number a group

/// What a pool is; the conformance laws and `--set pool=` apply by these.
struct PoolTraits {
  PoolOutput output = PoolOutput::vector;
  bool ordered = false;  // needs the order key
  bool needs_query = false;
  bool needs_coordinates = false;
  bool stateful = false;   // has parameters or running state
  bool mergeable = false;  // partial results of disjoint rows merge exactly
  bool differentiable = true;
  bool blind_to_count = false;  // repeating every row k times changes nothing
  bool linear = false;          // pooled rows, mapped, are the mapped rows, pooled: for every matrix
};

/// Whether a pool can join the rows of a foreign key: it makes one vector of what such a join has.
inline bool joins_rows(const PoolTraits& traits) {
  return traits.output == PoolOutput::vector && !traits.needs_coordinates;
}

/// One call's inputs. Tensors that a pool does not ask for may be undefined.
struct PoolInput {
  at::Tensor rows;                  // [N, D]
  JoinPtr join = nullptr;           // G groups over the rows
  const double* weights = nullptr;  // [E] row weights >= 0, or null: all one
  at::Tensor query = {};            // [G, D]
  const double* order = nullptr;    // [E] order keys
  at::Tensor coordinates = {};      // [E, C] float64: where each row lies, as pixels do
};

/// vector: value [G, out_width] and the input's join. score: value [G, 1], likewise. rows: value [M, out_width],
/// and a join of G groups over those M rows.
struct PoolResult {
  at::Tensor value;
  JoinPtr join;
};

/// A pool of one width, with its parameters.
///
/// A pool whose traits say `mergeable` also works in parts: finish(merge(state(A), state(B))) is forward of the rows
/// of A and B together, group by group, up to rounding. A state is [G, S] float64, finite, with an S that depends on the
/// width only; states need no gradients. Errors of the three: internal for a pool that is not mergeable.
class Pool {
 public:
  virtual ~Pool() = default;
  virtual PoolResult forward(const PoolInput& input) const = 0;

  virtual at::Tensor state(const PoolInput& input) const;
  virtual at::Tensor merge(const at::Tensor& one, const at::Tensor& other) const;
  /// [G, out_width] float64.
  virtual at::Tensor finish(const at::Tensor& state) const;
};

/// Where a pool lives: the width of the rows, the name its parameters go by.
struct PoolPlace {
  ParameterSet& parameters;
  std::string name;
  int64_t width;
};

struct PoolEntry {
  EntryInfo info;
  PoolTraits traits;
  std::unique_ptr<Pool> (*make)(const Options& options, const PoolPlace& place) = nullptr;
  /// Width of the result for rows of width D.
  int64_t (*out_width)(const Options& options, int64_t width) = nullptr;
};

/// Begins an entry: CENOTE_POOL(sum) { return {...}; } in src/pool/sum.cpp, inside namespace cenote.
#define CENOTE_POOL(name)  \
  namespace entries {      \
  PoolEntry pool_##name(); \
  }                        \
  PoolEntry entries::pool_##name()

const Registry<PoolEntry>& pool_registry();

/// The checks every pool shares. Errors bad_shape naming the pool; bad_input for what it needs and lacks.
void check_pool_input(std::string_view pool, const PoolTraits& traits, const PoolInput& input);

/// That the query is as wide as `width`. Errors bad_shape naming the pool.
void check_query_width(std::string_view pool, const PoolInput& input, int64_t width);
/// That the rows are as wide as the pool was made for. Errors bad_shape naming the pool.
void check_row_width(std::string_view pool, const PoolInput& input, int64_t width);

}  // namespace cenote
