// SPDX-License-Identifier: Apache-2.0
// Concept gate: a score of query and group, S = sum over K blocks of columns of omega_k cos(q_k, v_k), where v is the group
// pooled by the query (as `query_softmax`) and omega_k = MLP([q_k; v_k]) says how much the block counts.
//
// With constant omega it is their sum of block cosines.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, query [G, D], weights [E] or none; result [G, 1].
// Empty     a group without rows, or whose weights are all zero, gives zero.
// Options   blocks in [1, 1024], default 8; it must divide D. tau in [1e-6, 1e6], default 3. Parameters are
//           <name>.hidden.* (2 D / K -> 4 D / K, ReLU) and <name>.out.* (-> 1), normal with deviation 0.02, biases zero.
// Errors    as `sum`; bad_input without a query or if blocks does not divide D; bad_shape for other widths.
// Gradient  with respect to rows, query and parameters.
// Merge     that of `query_softmax`, before the score.
// Cost      O(E D), and O(G D^2 / K).
// Threads   safe to call concurrently.
// Source    Jin et al. 2023, arXiv:2305.12218 (DiCoSA).
#include <ATen/ops/cat.h>
#include <ATen/ops/relu.h>

#include "kernel/linear.h"
#include "kernel/row_dots.h"
#include "pool/detail/group_mass.h"
#include "pool/detail/make_pool.h"
#include "pool/detail/weights.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{
    .output = PoolOutput::score, .needs_query = true, .stateful = true, .blind_to_count = true};
constexpr double kEpsilon = 1e-8;

class ConceptGate : public Pool {
 public:
  ConceptGate(const Options& options, const PoolPlace& place)
      : width_(place.width), blocks_(options.get_int("blocks")), tau_(options.get_double("tau")) {
    CENOTE_CHECK(width_ % blocks_ == 0, bad_input,
                 "pool 'concept_gate': {} blocks do not divide {} columns", blocks_, width_);
    const int64_t part = width_ / blocks_;
    ParameterSet& set = place.parameters;
    hidden_ = set.declare(place.name + ".hidden.weight", {4 * part, 2 * part}, Init::normal, 0.02);
    hidden_bias_ = set.declare(place.name + ".hidden.bias", {4 * part}, Init::zeros);
    out_ = set.declare(place.name + ".out.weight", {1, 4 * part}, Init::normal, 0.02);
    out_bias_ = set.declare(place.name + ".out.bias", {1}, Init::zeros);
  }

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("concept_gate", kTraits, input);
    check_row_width("concept_gate", input, width_);
    check_query_width("concept_gate", input, width_);
    const Join& join = *input.join;
    const at::Tensor logits = segment_dots(input.query, input.rows, input.join).div(tau_);
    const auto logs = pool_detail::log_weights(input.join, input.weights);
    const at::Tensor shares =
        segment_softmax(logits, input.join, logs.empty() ? nullptr : logs.data());
    const at::Tensor score =
        gated_cosines(input.query, segment_weighted_sum(input.rows, shares, input.join));
    return {zero_if_empty(score, group_mass(join, input.weights, score)), input.join};
  }

 private:
  at::Tensor gated_cosines(const at::Tensor& q, const at::Tensor& v) const {
    const int64_t groups = q.size(0), part = width_ / blocks_;
    const at::Tensor lengths = row_dots(q, q, blocks_)
                                   .add(kEpsilon)
                                   .sqrt()
                                   .mul(row_dots(v, v, blocks_).add(kEpsilon).sqrt());
    const at::Tensor cosines = row_dots(q, v, blocks_).div(lengths);
    const at::Tensor pairs =
        at::cat({q.reshape({groups * blocks_, part}), v.reshape({groups * blocks_, part})}, 1);
    const at::Tensor gates =
        linear_rows(at::relu(linear_rows(pairs, hidden_, hidden_bias_)), out_, out_bias_);
    return row_dots(cosines, gates.view({groups, blocks_}));
  }

  int64_t width_, blocks_;
  double tau_;
  at::Tensor hidden_, hidden_bias_, out_, out_bias_;
};

}  // namespace

CENOTE_POOL(concept_gate) {
  return {
      .info = {.summary =
                   "a score of query and rows: cosines of blocks, weighed by a small network",
               .source = "Jin et al. 2023, arXiv:2305.12218 (DiCoSA)",
               .example = "a query and rows that agree in all blocks score the sum of the gates",
               .options = {{.name = "blocks",
                            .default_value = int64_t{8},
                            .help = "blocks of columns; a divisor of the width",
                            .min = 1,
                            .max = 1024},
                           {.name = "tau",
                            .default_value = 3.0,
                            .help = "of the attention: large is the mean",
                            .min = 1e-6,
                            .max = 1e6}}},
      .traits = kTraits,
      .make = make_pool<ConceptGate>,
      .out_width = [](const Options&, int64_t) -> int64_t { return 1; }};
}

}  // namespace cenote
