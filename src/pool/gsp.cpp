// SPDX-License-Identifier: Apache-2.0
// Generalised sum pooling: y = sum_j a_j omega_j x_j with omega_j = sigmoid(s_j + tau) / mu and a_j = w_j / sum w. s_j is
// how near a row is to the nearest prototypes, s_j = ln sum_i e^(-gamma c_ij), c_ij = |norm(rho_i) - norm(f(x_j))|;
// tau makes the mean gate equal to mu, so a share mu of the rows is taken, and no row counts more than 1 / mu times.
//
// mu -> 1 or gamma -> 0 is the mean; gamma -> inf the mean of the share mu of rows that are nearest to any prototype.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [G, D].
// Empty     a group without rows, or whose weights are all zero, gives zeros; one row gives itself.
// Units     those of the rows.
// Options   prototypes in [1, 4096], default 16. mu in [0.001, 0.999], default 0.3. gamma in [0, 1000], default 5.
//           project in [0, 4096], default 0: the width of f, a learned map; 0: f(x) = x. norm, true: norm(x) =
//           x / max(1, |x|); else x. Parameters are <name>.prototypes, normal with deviation 1 / sqrt(width), and
//           <name>.project, uniform in +-1/sqrt(D).
// Errors    as `sum`; bad_shape for rows of another width.
// Gradient  with respect to rows and parameters, through tau in closed form.
// Merge     none: tau depends on all rows.
// Cost      O(N m d) for the costs, once a row however many groups it is in, then O(E D).
// Threads   safe to call concurrently.
// Source    Gürbüz, Şener, Alatan 2023, arXiv:2308.09228.
#include <algorithm>
#include <cmath>

#include "kernel/linear.h"
#include "kernel/row_dots.h"
#include "kernel/segment_gate.h"
#include "pool/detail/make_pool.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.stateful = true, .blind_to_count = true};
constexpr double kNear = 1e-12;  // the root of a squared distance has no slope at 0

at::Tensor within_the_ball(const at::Tensor& x) {
  return x.div(row_dots(x, x).clamp_min(1).sqrt());
}

class GspPool : public Pool {
 public:
  GspPool(const Options& options, const PoolPlace& place)
      : width_(place.width),
        mu_(options.get_double("mu")),
        gamma_(options.get_double("gamma")),
        norm_(options.get_bool("norm")) {
    const int64_t project = options.get_int("project");
    const int64_t width = std::max<int64_t>(1, project > 0 ? project : width_);
    if (project > 0)
      project_ = place.parameters.declare(
          place.name + ".project", {project, width_}, Init::uniform,
          1 / std::sqrt(static_cast<double>(std::max<int64_t>(1, width_))));
    prototypes_ = place.parameters.declare(
        place.name + ".prototypes", {options.get_int("prototypes"), project > 0 ? project : width_},
        Init::normal, 1 / std::sqrt(static_cast<double>(width)));
  }

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("gsp", kTraits, input);
    check_row_width("gsp", input, width_);
    const at::Tensor s = gather_rows(nearness(input.rows), RowsPtr(input.join, &input.join->rows));
    const at::Tensor gates = segment_gate(s, input.join, mu_, input.weights);
    return {segment_weighted_sum(input.rows, gates, input.join), input.join};
  }

 private:
  /// s of each row, [N, 1].
  at::Tensor nearness(const at::Tensor& rows) const {
    at::Tensor f = project_.defined() ? linear_rows(rows, project_, {}) : rows;
    at::Tensor rho = prototypes_;
    if (norm_) f = within_the_ball(f), rho = within_the_ball(rho);
    const int64_t n = rows.size(0), m = rho.size(0);
    const at::Tensor squares =
        row_dots(f, f).add(row_dots(rho, rho).view({1, m})).sub(linear_rows(f, rho, {}).mul(2));
    const at::Tensor costs = squares.clamp_min(0).add(kNear).sqrt();
    // The costs of a row are a group of m numbers.
    auto runs = std::make_shared<Join>();
    for (int64_t i = 0; i < n * m; ++i) runs->rows.push_back(i);
    for (int64_t i = 1; i <= n; ++i) runs->offsets.push_back(i * m);
    return segment_logsumexp(costs.mul(-gamma_).reshape({n * m, 1}), runs);
  }

  int64_t width_;
  double mu_, gamma_;
  bool norm_;
  at::Tensor prototypes_, project_;
};

}  // namespace

CENOTE_POOL(gsp) {
  return {.info = {.summary = "the mean of the share of rows that are near to learned prototypes",
                   .source = "Gürbüz, Şener, Alatan 2023, arXiv:2308.09228",
                   .example = "cenote fit examples/f1 --task driver-dnf --set pool=gsp",
                   .options = {{.name = "prototypes",
                                .default_value = int64_t{16},
                                .help = "how many",
                                .min = 1,
                                .max = 4096},
                               {.name = "mu",
                                .default_value = 0.3,
                                .help = "the share of rows that is taken",
                                .min = 0.001,
                                .max = 0.999},
                               {.name = "gamma",
                                .default_value = 5.0,
                                .help = "how much distances matter; 0 is the mean",
                                .min = 0,
                                .max = 1000},
                               {.name = "project",
                                .default_value = int64_t{0},
                                .help = "width of a learned map before distances; 0: none",
                                .min = 0,
                                .max = 4096},
                               {.name = "norm",
                                .default_value = true,
                                .help = "bring rows and prototypes into the unit ball"}}},
          .traits = kTraits,
          .make = make_pool<GspPool>,
          .out_width = same_width};
}

}  // namespace cenote
