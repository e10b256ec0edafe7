// SPDX-License-Identifier: Apache-2.0
// Local relation: y_c = sum_j p_jh x_jc with p = softmax over the window of Phi(q_h, k_jh) + G(offset_j)_h + ln w_j; head
// h serves `group` columns. q and k are one number a head, of the centre and of the row; G is a small network of where the
// row lies from the centre, the same everywhere.
//
// Without Phi and G it is the window's mean; without Phi a fixed depth-wise filter.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, query [G, D]: the centres, coordinates
//           [E, dimensions] float64: the offsets, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros; one row gives itself.
// Units     those of the rows.
// Options   phi is dot (q k), abs (-|q - k|) or square (-(q - k)^2), default dot. group in [1, 1024], default 8: columns
//           a head, which must divide D. dimensions in [1, 3], default 2. Parameters are <name>.query and .key
//           [D / group, D], <name>.hidden.* and .offset.* of the network (dimensions -> D / (2 group) -> D / group, ReLU),
//           uniform in +-1/sqrt(in).
// Errors    as `sum`; bad_input without query or coordinates, or if group does not divide D; bad_shape for other widths.
// Gradient  with respect to rows, centres and parameters.
// Merge     none written; under the same centre that of an attention.
// Cost      O(N D^2 / group) for the keys, O(E D) for the rest.
// Threads   safe to call concurrently.
// Source    Hu, Zhang, Xie, Lin 2019, arXiv:1904.11491 (LR-Net).
#include <ATen/ops/relu.h>

#include <algorithm>
#include <cmath>

#include "kernel/linear.h"
#include "pool/detail/group_mass.h"
#include "pool/detail/make_pool.h"
#include "pool/detail/weights.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{
    .needs_query = true, .needs_coordinates = true, .stateful = true, .blind_to_count = true};

class LocalRelation : public Pool {
 public:
  LocalRelation(const Options& options, const PoolPlace& place)
      : width_(place.width),
        phi_(options.get_text("phi")),
        dimensions_(options.get_int("dimensions")) {
    const int64_t group = options.get_int("group");
    CENOTE_CHECK(width_ % group == 0, bad_input,
                 "pool 'local_relation': heads of {} columns do not divide {}", group, width_);
    const int64_t heads = width_ / group, hidden = std::max<int64_t>(1, heads / 2);
    ParameterSet& set = place.parameters;
    const double bound = 1 / std::sqrt(static_cast<double>(std::max<int64_t>(1, width_)));
    query_ = set.declare(place.name + ".query", {heads, width_}, Init::uniform, bound);
    key_ = set.declare(place.name + ".key", {heads, width_}, Init::uniform, bound);
    std::tie(hidden_, hidden_bias_) =
        set.declare_linear(place.name + ".hidden", dimensions_, hidden);
    std::tie(offset_, offset_bias_) = set.declare_linear(place.name + ".offset", hidden, heads);
  }

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("local_relation", kTraits, input);
    check_row_width("local_relation", input, width_);
    check_query_width("local_relation", input, width_);
    const Join& join = *input.join;
    CENOTE_CHECK(join.links() == 0 || input.coordinates.size(1) == dimensions_, bad_shape,
                 "pool 'local_relation': offsets of {} columns, wanted {}",
                 input.coordinates.size(1), dimensions_);
    const at::Tensor q = gather_rows(linear_rows(input.query, query_, {}), groups_of_links(join));
    const at::Tensor k =
        gather_rows(linear_rows(input.rows, key_, {}), RowsPtr(input.join, &join.rows));
    at::Tensor logits = phi_ == "dot"   ? q.mul(k)
                        : phi_ == "abs" ? q.sub(k).abs().neg()
                                        : q.sub(k).mul(q.sub(k)).neg();
    if (join.links() > 0) {
      const at::Tensor offsets = input.coordinates.to(input.rows.scalar_type());
      logits = logits.add(linear_rows(at::relu(linear_rows(offsets, hidden_, hidden_bias_)),
                                      offset_, offset_bias_));
    }
    const auto logs = pool_detail::log_weights(input.join, input.weights);
    const at::Tensor shares =
        segment_softmax(logits, input.join, logs.empty() ? nullptr : logs.data());
    return {segment_weighted_sum(input.rows, shares, input.join), input.join};
  }

 private:
  int64_t width_;
  std::string phi_;
  int64_t dimensions_;
  at::Tensor query_, key_, hidden_, hidden_bias_, offset_, offset_bias_;
};

}  // namespace

CENOTE_POOL(local_relation) {
  return {.info = {.summary = "attention of a window by likeness to its centre and by place",
                   .source = "Hu, Zhang, Xie, Lin 2019, arXiv:1904.11491 (LR-Net)",
                   .example = "in place of a convolution of 7 by 7",
                   .options = {{.name = "phi",
                                .default_value = std::string("dot"),
                                .help = "how centre and row are compared",
                                .choices = {"dot", "abs", "square"}},
                               {.name = "group",
                                .default_value = int64_t{8},
                                .help = "columns that share a weight",
                                .min = 1,
                                .max = 1024},
                               {.name = "dimensions",
                                .default_value = int64_t{2},
                                .help = "axes of the offsets",
                                .min = 1,
                                .max = 3}}},
          .traits = kTraits,
          .make = make_pool<LocalRelation>,
          .out_width = same_width};
}

}  // namespace cenote
