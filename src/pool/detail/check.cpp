// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"

#include <cmath>

#include "pool/pool.h"

namespace cenote {

void check_pool_input(std::string_view pool, const PoolTraits& traits, const PoolInput& input) {
  CENOTE_CHECK(input.rows.defined() && input.rows.dim() == 2, bad_shape,
               "pool '{}': rows must be [N, D]", pool);
  CENOTE_CHECK(input.join != nullptr, bad_input, "pool '{}' needs a join", pool);
  CENOTE_CHECK(!traits.ordered || input.order != nullptr || input.join->links() == 0, bad_input,
               "pool '{}' needs an order key for each link: the order of joined rows means nothing "
               "by itself",
               pool);
  if (traits.needs_query) {
    CENOTE_CHECK(input.query.defined(), bad_input, "pool '{}' needs a query for each group", pool);
    CENOTE_CHECK(input.query.dim() == 2 && input.query.size(0) == input.join->groups(), bad_shape,
                 "pool '{}': the query must be [G, D] with G = {} groups", pool,
                 input.join->groups());
  }
  if (input.weights == nullptr) return;
  for (int64_t link = 0; link < input.join->links(); ++link) {
    const double weight = input.weights[link];
    CENOTE_CHECK(weight >= 0 && std::isfinite(weight), bad_input,
                 "pool '{}': weight {} of link {}; weights are finite and >= 0", pool, weight,
                 link);
  }
}

}  // namespace cenote
