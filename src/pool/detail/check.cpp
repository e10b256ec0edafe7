// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"

#include <cmath>

#include "pool/pool.h"

namespace cenote {
namespace {

[[noreturn]] void no_parts() { fail(ErrorCode::internal, "this pool does not work in parts"); }

}  // namespace

at::Tensor Pool::state(const PoolInput&) const { no_parts(); }
at::Tensor Pool::merge(const at::Tensor&, const at::Tensor&) const { no_parts(); }
at::Tensor Pool::finish(const at::Tensor&) const { no_parts(); }

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
  if (traits.needs_coordinates) {
    const int64_t links = input.join->links();
    CENOTE_CHECK(input.coordinates.defined() || links == 0, bad_input,
                 "pool '{}' needs the coordinates of each link", pool);
    CENOTE_CHECK(
        links == 0 || (input.coordinates.dim() == 2 && input.coordinates.size(0) == links &&
                       input.coordinates.scalar_type() == at::kDouble),
        bad_shape, "pool '{}': coordinates must be [E, C] float64 with E = {} links", pool, links);
  }
  if (input.weights == nullptr) return;
  for (int64_t link = 0; link < input.join->links(); ++link) {
    const double weight = input.weights[link];
    CENOTE_CHECK(weight >= 0 && std::isfinite(weight), bad_input,
                 "pool '{}': weight {} of link {}; weights are finite and >= 0", pool, weight,
                 link);
  }
}

void check_query_width(std::string_view pool, const PoolInput& input, int64_t width) {
  CENOTE_CHECK(input.query.size(1) == width, bad_shape,
               "pool '{}': a query of {} columns, wanted {}", pool, input.query.size(1), width);
}

void check_row_width(std::string_view pool, const PoolInput& input, int64_t width) {
  CENOTE_CHECK(input.rows.size(1) == width, bad_shape, "pool '{}': rows of {} columns, made for {}",
               pool, input.rows.size(1), width);
}

}  // namespace cenote
