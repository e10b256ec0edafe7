// SPDX-License-Identifier: Apache-2.0
// Exponential Dice-Sorensen weights: y = sum_j p_j x_j with p = softmax over the rows of (D_j + ln w_j), where
// D_j = 2 abs(x_j m) / (x_j^2 + m^2) tells how alike x_j and the group's mean m are, column by column.
//
// D lies in [0, 1], so one weight is at most e times another: it never comes near the maximum.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros; one row gives itself. D_j is 0 where
//           x_j^2 + m^2 < 1e-12.
// Units     those of the rows.
// Options   per is column (default, the published code) or row: one D_j for the whole row, by products of vectors
//           (the paper's text). exact_grad, true: the gradient of the formula; false: that of the published kernels,
//           in which the shares p are constants.
// Errors    as `sum`.
// Gradient  with respect to rows.
// Merge     none: the mean must be known before the first weight.
// Cost      O(E D) time in two passes, O(G D) memory.
// Threads   safe to call concurrently; holds no state.
// Source    Stergiou, Poppe 2022, arXiv:2111.00772 (adaPool), eDSCW.
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include "kernel/row_dots.h"
#include "kernel/segment_alike.h"
#include "pool/detail/group_mass.h"
#include "pool/detail/make_pool.h"
#include "pool/detail/weights.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.blind_to_count = true};
constexpr double kNothing = 1e-12;

class EdscwPool : public Pool {
 public:
  EdscwPool(const Options& options, const PoolPlace&)
      : by_row_(options.get_text("per") == "row"), exact_(options.get_bool("exact_grad")) {}

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("edscw", kTraits, input);
    const at::Tensor mean = segment_mean(input.rows, input.join, input.weights);
    if (!by_row_)
      return {segment_alike_mean(input.rows, mean, input.join, input.weights, Alikeness::dice, 0,
                                 exact_),
              input.join};
    const RowsPtr rows(input.join, &input.join->rows);
    const at::Tensor squares =
        gather_rows(row_dots(input.rows, input.rows), rows)
            .add(gather_rows(row_dots(mean, mean), groups_of_links(*input.join)));
    const at::Tensor none = squares.lt(kNothing);
    const at::Tensor alike =
        at::where(none, at::zeros({}, squares.options().requires_grad(false)),
                  segment_dots(mean, input.rows, input.join).abs().mul(2).div(squares.add(none)));
    const auto logs = pool_detail::log_weights(input.join, input.weights);
    const at::Tensor shares =
        segment_softmax(alike, input.join, logs.empty() ? nullptr : logs.data());
    return {segment_weighted_sum(input.rows, exact_ ? shares : shares.detach(), input.join),
            input.join};
  }

 private:
  bool by_row_, exact_;
};

}  // namespace

CENOTE_POOL(edscw) {
  return {.info = {.summary = "rows weighed by how alike they and their mean are",
                   .source = "Stergiou, Poppe 2022, arXiv:2111.00772 (adaPool)",
                   .example = "rows 1, 2, 4 -> 2.380120",
                   .options = {{.name = "per",
                                .default_value = std::string("column"),
                                .help = "a likeness for each column, or for the whole row",
                                .choices = {"column", "row"}},
                               {.name = "exact_grad",
                                .default_value = true,
                                .help = "the formula's gradient; false: the published kernels'"}}},
          .traits = kTraits,
          .make = make_pool<EdscwPool>,
          .out_width = same_width};
}

}  // namespace cenote
