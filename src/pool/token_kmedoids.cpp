// SPDX-License-Identifier: Apache-2.0
// Token K-medoids: a group becomes K rows, the medoids, which are rows of the group, of the clusters of its rows.
//
// K = 1 is the row in the middle; K no smaller than the number of rows leaves them as they are.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none: how much attention a row got.
//           Result [M, D] and a join of G groups over them, of min(K, different rows) each.
// Empty     a group without rows, or whose weights are all zero, has none.
// Units     those of the rows.
// Options   clusters in [1, 100000], default 4: K. steps in [0, 1000], default 5, of Lloyd's algorithm at most. It begins
//           with the heaviest row and goes on with the one farthest from those taken: no draw, and no order of rows.
// Errors    as `sum`.
// Gradient  with respect to rows, through the medoids; which cluster a row is in is a constant.
// Merge     none.
// Cost      O(n K D steps) a group of n rows and O(n^2 D) for medoids.
// Threads   safe to call concurrently; holds no state.
// Source    Marin et al. 2021, arXiv:2110.03860 (Token Pooling). There it begins with the K heaviest rows.
#include "pool/detail/clusters.h"
#include "pool/detail/make_pool.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.output = PoolOutput::rows, .blind_to_count = true};

class TokenKmedoids : public pool_detail::LloydPool {
 public:
  TokenKmedoids(const Options& options, const PoolPlace&)
      : LloydPool("token_kmedoids", kTraits, options, true) {}
};

}  // namespace

CENOTE_POOL(token_kmedoids) {
  return {.info = {.summary = "a group becomes K rows: the medoids of its clusters",
                   .source = "Marin et al. 2021, arXiv:2110.03860",
                   .example = "rows 1, 2, 10 with 2 clusters -> 1 and 10",
                   .options = pool_detail::lloyd_options()},
          .traits = kTraits,
          .make = make_pool<TokenKmedoids>,
          .out_width = same_width};
}

}  // namespace cenote
