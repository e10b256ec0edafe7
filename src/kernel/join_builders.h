// SPDX-License-Identifier: Apache-2.0
// Joins that are no foreign key: windows of pictures and sequences, neighbourhoods of graphs, segments. The same pools serve
// them all.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "kernel/segment.h"

namespace cenote {

/// A join, and a point for each of its links: [E * dimensions] in the join's order.
struct PlacedJoin {
  JoinPtr join;
  std::vector<double> coordinates;
  int64_t dimensions = 1;

  at::Tensor coordinates_tensor() const;  // [E, dimensions] float64
};

/// Windows of a picture whose pixel (y, x) is row y * width + x, from the upper left, row by row; a window that would reach
/// beyond the edge is left out. Errors bad_input unless all sizes are positive.
JoinPtr grid_windows(int64_t height, int64_t width, int64_t kernel, int64_t stride);

/// For each pixel those at most `reach` away in both directions, with their offsets (dy, dx).
PlacedJoin grid_neighbourhoods(int64_t height, int64_t width, int64_t reach);

/// All pixels as one group, with their places (y, x).
PlacedJoin grid_places(int64_t height, int64_t width);

/// Windows of `size` of a sequence of n, `stride` apart; the last may be shorter, so that no row is left out.
JoinPtr sequence_windows(int64_t n, int64_t size, int64_t stride);

/// Segments of a sequence: a row with a boundary is the last of its segment; what follows the last boundary is one more.
JoinPtr segments(const std::vector<bool>& boundary);

/// One group of n rows cut by two anchors: rows up to the first are piece 0, those after the second piece 2, between them 1.
/// Errors    bad_input unless 0 <= first <= second < n.
PlacedJoin pieces(int64_t n, int64_t first, int64_t second);

/// For each node those at most k steps away along the neighbours, itself included, ascending. `graph`: the neighbours of
/// node g are the rows of group g.
JoinPtr k_hop(const Join& graph, int64_t k);

/// One group of all nodes, and how far each is from the shortest path between two of them; -1 where it cannot be
/// reached. Of several shortest paths the one through the lowest numbers counts; without any, the two nodes alone.
PlacedJoin distances_from_path(const Join& graph, int64_t from, int64_t to);

/// Groups and rows change places: group i holds the groups of `join` that row i is in. `links`: where each link of the
/// result stands in `join`.
struct TransposedJoin {
  JoinPtr join;
  RowsPtr links;
};
TransposedJoin transposed(const Join& join, int64_t rows);

/// Values of groups back to their rows: out[i] = sum over the groups g of row i of share * value[g], head by head.
///
/// Shapes    values [G, D], shares [E, H] by the join's links; result [rows, D].
/// Gradient  with respect to values and shares.
/// Source    the up-sampling of Stergiou, Poppe 2022, arXiv:2111.00772, with the shares of the pool that came before.
at::Tensor unpool_rows(const at::Tensor& values, const at::Tensor& shares, const JoinPtr& join,
                       int64_t rows);

}  // namespace cenote
