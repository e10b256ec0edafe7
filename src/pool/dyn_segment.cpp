// SPDX-License-Identifier: Apache-2.0
// Dynamic segments: the rows of a group in order, cut after those with a boundary; each segment becomes the mean of its
// rows. Boundaries are given, or predicted by a small network of each row.
//
// A boundary after every row leaves the rows as they are; none makes one segment, the mean.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, order [E], weights [E] or none; coordinates
//           [E, C >= 1] float64, whose first column is a boundary where above 1/2, with boundaries=given. Result
//           [M, D] and a join of G groups over them, in order. Rows with equal keys share a place, and are cut after if
//           any of them has a boundary.
// Empty     a group without rows, or whose weights are all zero, has the null vector alone, or nothing without it.
// Units     those of the rows.
// Options   boundaries is given (default) or learned. null, true: each group's segments begin with a learned vector,
//           <name>.null [1, D], normal with deviation 1. Learned boundaries have <name>.hidden.* (D -> 4 D, GELU) and
//           <name>.out.* (-> 1).
// Errors    as `sum`; bad_input without order keys, or coordinates where boundaries are given; bad_shape for rows of
//           another width.
// Gradient  with respect to rows and the null vector; to learned boundaries straight through their threshold:
//           dL/db_k = 1/n sum of <g, x_t - y> over the later rows t of the segment of k, which is zero for a boundary
//           that is placed.
// Merge     none.
// Cost      O(E D) and sorting; learned boundaries O(N D^2).
// Threads   safe to call concurrently.
// Source    Nawrot, Chorowski, Łańcucki, Ponti 2023, arXiv:2211.09761.
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/check.h"
#include "kernel/detail_dispatch.h"
#include "kernel/detail_held.h"
#include "kernel/linear.h"
#include "kernel/scalar_map.h"
#include "pool/detail/make_pool.h"
#include "pool/detail/sub_join.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.output = PoolOutput::rows,
                             .ordered = true,
                             .needs_coordinates = true,
                             .stateful = true,
                             .blind_to_count = true};

/// The means as they are; their gradient also reaches the boundary probabilities `soft` [N, 1] of the rows. `held`: the
/// segments, with the share of each of their links.
struct StraightThrough : torch::autograd::Function<StraightThrough> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& means,
                            const at::Tensor& soft, const at::Tensor& rows,
                            const HeldJoinPtr& held) {
    keep(context, held);
    context->saved_data["means"] = means.detach();
    context->saved_data["rows"] = rows.detach().contiguous();
    context->saved_data["sizes"] = soft.size(0);
    return means.clone();
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const HeldJoin& held = kept(context);
    const Join& join = *held.join;
    const at::Tensor means = context->saved_data["means"].toTensor();
    const at::Tensor rows = context->saved_data["rows"].toTensor();
    const at::Tensor gradient = gradients[0].contiguous();
    at::Tensor out = at::zeros({context->saved_data["sizes"].toInt(), 1}, gradient.options());
    const int64_t width = gradient.size(1);
    dispatch_floating("dyn_segment", gradient, [&](auto zero) {
      using Number = decltype(zero);
      for (int64_t s = 0; s < join.groups(); ++s) {
        const Number* g = gradient.const_data_ptr<Number>() + s * width;
        const Number* y = means.const_data_ptr<Number>() + s * width;
        Number later = 0;
        for (int64_t e = join.offsets[s + 1] - 1; e >= join.offsets[s]; --e) {
          out.mutable_data_ptr<Number>()[join.rows[e]] += later;
          const Number* x = rows.const_data_ptr<Number>() + join.rows[e] * width;
          Number product = 0;
          for (int64_t c = 0; c < width; ++c) product += g[c] * (x[c] - y[c]);
          later += static_cast<Number>(held.numbers[e]) * product;
        }
      }
    });
    return {gradient, out, {}, {}};
  }
};

class DynSegment : public Pool {
 public:
  DynSegment(const Options& options, const PoolPlace& place)
      : width_(place.width), learned_(options.get_text("boundaries") == "learned") {
    ParameterSet& set = place.parameters;
    if (options.get_bool("null"))
      null_ = set.declare(place.name + ".null", {1, width_}, Init::normal, 1);
    if (!learned_) return;
    std::tie(hidden_, hidden_bias_) =
        set.declare_linear(place.name + ".hidden", width_, 4 * width_);
    std::tie(out_, out_bias_) = set.declare_linear(place.name + ".out", 4 * width_, 1);
  }

  PoolResult forward(const PoolInput& input) const override {
    PoolTraits traits = kTraits;
    traits.needs_coordinates = !learned_;
    check_pool_input("dyn_segment", traits, input);
    check_row_width("dyn_segment", input, width_);
    at::Tensor soft;
    if (learned_)
      soft = map_sigmoid(
          linear_rows(map_gelu(linear_rows(input.rows, hidden_, hidden_bias_)), out_, out_bias_));
    auto groups = std::make_shared<Join>();
    std::vector<double> weights;
    const JoinPtr segments = cut(input, soft, *groups, weights);
    at::Tensor means = segment_mean(input.rows, segments, weights.data());
    if (learned_)
      means = StraightThrough::apply(means, soft, input.rows,
                                     hold_join(segments, link_shares(*segments, weights.data())));
    // The null vector is the last row of the result.
    return {null_.defined() ? at::cat({means, null_}, 0) : means, groups};
  }

 private:
  /// Segments over the rows; `groups` gets the segments of each group, and the null vector first.
  JoinPtr cut(const PoolInput& input, const at::Tensor& soft, Join& groups,
              std::vector<double>& weights) const {
    const Join& join = *input.join;
    check_join("dyn_segment", input.rows, join);
    const at::Tensor probability = soft.defined() ? soft.detach().to(at::kDouble) : at::Tensor();
    const auto is_boundary = [&](int64_t e) {
      return (soft.defined() ? probability.const_data_ptr<double>()[join.rows[e]]
                             : pool_detail::coordinate(input, e, 0)) > 0.5;
    };
    auto out = std::make_shared<Join>();
    std::vector<int64_t> null_links;
    for (int64_t g = 0; g < join.groups(); ++g) {
      std::vector<int64_t> links;
      for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e) {
        CENOTE_CHECK(!std::isnan(input.order[e]), bad_input,
                     "pool 'dyn_segment': the order key of link {} is NaN", e);
        if (input.weights == nullptr || input.weights[e] > 0) links.push_back(e);
      }
      std::stable_sort(links.begin(), links.end(),
                       [&](int64_t a, int64_t b) { return input.order[a] < input.order[b]; });
      if (null_.defined()) {
        null_links.push_back(groups.links());
        groups.rows.push_back(0);
      }
      bool cuts = false;  // whether any row at this place has a boundary
      for (size_t i = 0; i < links.size(); ++i) {
        out->rows.push_back(join.rows[links[i]]);
        weights.push_back(input.weights ? input.weights[links[i]] : 1);
        // Rows with equal keys share a place, such as a row that stands there several times.
        cuts = cuts || is_boundary(links[i]);
        const bool more =
            i + 1 < links.size() && input.order[links[i]] == input.order[links[i + 1]];
        if (more || (!cuts && i + 1 < links.size())) continue;
        cuts = false;
        groups.rows.push_back(out->groups());
        out->offsets.push_back(out->links());
      }
      groups.offsets.push_back(groups.links());
    }
    for (const int64_t link : null_links) groups.rows[link] = out->groups();
    return out;
  }

  int64_t width_;
  bool learned_;
  at::Tensor null_, hidden_, hidden_bias_, out_, out_bias_;
};

}  // namespace

CENOTE_POOL(dyn_segment) {
  return {
      .info = {.summary = "rows in order, cut into segments of varying length; the mean of each",
               .source = "Nawrot, Chorowski, Łańcucki, Ponti 2023, arXiv:2211.09761",
               .example = "rows 1, 2, 4 with a boundary after the second -> 1.5, 4",
               .options = {{.name = "boundaries",
                            .default_value = std::string("given"),
                            .help = "as coordinates, or predicted from the rows",
                            .choices = {"given", "learned"}},
                           {.name = "null",
                            .default_value = true,
                            .help = "a learned vector before each group's segments"}}},
      .traits = kTraits,
      .make = make_pool<DynSegment>,
      .out_width = same_width};
}

}  // namespace cenote
