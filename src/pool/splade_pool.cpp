// SPDX-License-Identifier: Apache-2.0
// SPLADE: y_c = max over the rows, or the sum, of ln(1 + relu(x_jc)): the weight of a term in a text.
//
// Since the logarithm is monotone the maximum is taken first, and one logarithm a column remains.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
//           For the maximum a weight only says whether a row takes part.
// Empty     a group without rows, or whose weights are all zero, gives zeros, as the formula does.
// Options   reduce is max (SPLADE v2) or sum (SPLADE); max by default.
// Errors    as `sum`.
// Gradient  with respect to rows: g / (1 + x), of the largest row or of each; none where x <= 0.
// Merge     the largest values so far; the sums.
// Cost      O(E D) time, O(G D) memory; the sum also the logarithm of each row.
// Threads   safe to call concurrently; holds no state.
// Source    Formal et al. 2021, arXiv:2109.10086 (SPLADE v2).
#include <ATen/ops/relu.h>

#include "kernel/scalar_map.h"
#include "pool/detail/columns.h"
#include "pool/detail/weights.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.mergeable = true, .blind_to_count = true};

double saturated(double x) { return std::log1p(std::max(0.0, x)); }

class SpladePool : public FoldedPool {
 public:
  SpladePool(const Options& options, const PoolPlace& place)
      : FoldedPool(place.width, place.width, place.width),
        sums_(options.get_text("reduce") == "sum") {}

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("splade_pool", kTraits, input);
    if (sums_)
      return {segment_sum(map_log1p(at::relu(input.rows)), input.join, input.weights), input.join};
    const JoinPtr join = pool_detail::without_weightless(input.join, input.weights);
    return {map_log1p(at::relu(segment_max(input.rows, join))), input.join};
  }

 private:
  void add(double* s, const double* row, double weight, double) const override {
    for (int64_t c = 0; c < width_; ++c) {
      if (sums_)
        s[c] += weight * saturated(row[c]);
      else
        s[c] = std::max(s[c], row[c]);  // what is below zero gives zero all the same
    }
  }
  void join_states(double* s, const double* other) const override {
    for (int64_t c = 0; c < width_; ++c) s[c] = sums_ ? s[c] + other[c] : std::max(s[c], other[c]);
  }
  void result(const double* s, double* out) const override {
    for (int64_t c = 0; c < width_; ++c) out[c] = sums_ ? s[c] : saturated(s[c]);
  }

  bool sums_;
};

}  // namespace

CENOTE_POOL(splade_pool) {
  return {.info = {.summary = "largest (or total) log-saturated activation of each column",
                   .source = "Formal et al. 2021, arXiv:2109.10086",
                   .example = "rows 1, 2, 4 -> 1.609438",
                   .options = {{.name = "reduce",
                                .default_value = std::string("max"),
                                .help = "the largest activation, or the sum of all",
                                .choices = {"max", "sum"}}}},
          .traits = kTraits,
          .make = make_pool<SpladePool>,
          .out_width = same_width};
}

}  // namespace cenote
