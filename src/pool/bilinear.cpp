// SPDX-License-Identifier: Apache-2.0
// Bilinear: a query fused with the rows, y = sum_j w_j fuse(q, x_j). All forms are linear in x, so the rows are
// added first and fused once a group:
//
//   hadamard   q * X
//   mlb        W ((U q) * (V X))                       one Hadamard product of rank r
//   mutan      sum over k of (U_k q) * (V_k X)         `rank` products of width D
//   mfb        sums of k neighbours in (U q) * (V X)   U, V of D k rows
//   full       W vec((U q) (V X)^T)                    all r^2 products
//
// Shapes    rows [N, D] float32 or float64, join with G groups, query [G, D], weights [E] or none; result [G, D].
// Empty     a group without rows gives zeros.
// Options   form, default mlb. rank in [1, 1024], default 16: r, or k. reduce is sum (default) or mean of the rows.
//           normalise, false: signed square root, then length 1. Parameters are <name>.query, .row and .out, uniform
//           in +-1/sqrt(in); hadamard has none.
// Errors    as `sum`; bad_input without a query, bad_shape for other widths.
// Gradient  with respect to rows, query and parameters.
// Merge     none in this form; before the fusion it is that of `sum` or `mean`.
// Cost      O(E D), then that of the form once a group, full O(G D r^2).
// Threads   safe to call concurrently.
// Source    Winterbottom et al. 2020, arXiv:2012.10285; MLB: Kim et al. 2017, arXiv:1610.04325; MFB: Yu et al. 2017,
//           arXiv:1708.01471; MUTAN: Ben-younes et al. 2017, arXiv:1705.06676.
#include <ATen/ops/ones_like.h>

#include <algorithm>
#include <cmath>

#include "kernel/linear.h"
#include "kernel/row_dots.h"
#include "pool/detail/make_pool.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.needs_query = true, .stateful = true};
constexpr double kEpsilon = 1e-6;

/// Sums of `each` numbers that stand side by side.
at::Tensor sums_of_neighbours(const at::Tensor& x, int64_t each) {
  return row_dots(x, at::ones_like(x.detach()), x.size(1) / each);
}

class BilinearPool : public Pool {
 public:
  BilinearPool(const Options& options, const PoolPlace& place)
      : width_(place.width),
        rank_(options.get_int("rank")),
        form_(options.get_text("form")),
        mean_(options.get_text("reduce") == "mean"),
        normalise_(options.get_bool("normalise")) {
    if (form_ == "hadamard") return;
    const int64_t inner = form_ == "mlb" || form_ == "full" ? rank_ : rank_ * width_;
    const auto declare = [&](const char* name, int64_t in, int64_t out) {
      const double bound = 1 / std::sqrt(static_cast<double>(std::max<int64_t>(1, in)));
      return place.parameters.declare(place.name + name, {out, in}, Init::uniform, bound);
    };
    query_ = declare(".query", width_, inner);
    row_ = declare(".row", width_, inner);
    if (form_ == "mlb") out_ = declare(".out", rank_, width_);
    if (form_ == "full") out_ = declare(".out", rank_ * rank_, width_);
  }

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("bilinear", kTraits, input);
    check_row_width("bilinear", input, width_);
    check_query_width("bilinear", input, width_);
    const at::Tensor total = mean_ ? segment_mean(input.rows, input.join, input.weights)
                                   : segment_sum(input.rows, input.join, input.weights);
    at::Tensor y = fuse(input.query, total);
    if (normalise_) {
      // The slope of the root would be infinite at 0.
      y = y.sign().detach().mul(y.abs().add(kEpsilon).sqrt().sub(std::sqrt(kEpsilon)));
      y = y.div(row_dots(y, y).add(kEpsilon * kEpsilon).sqrt());
    }
    return {y, input.join};
  }

 private:
  at::Tensor fuse(const at::Tensor& query, const at::Tensor& rows) const {
    if (form_ == "hadamard") return query.mul(rows);
    const at::Tensor a = linear_rows(query, query_, {}), b = linear_rows(rows, row_, {});
    if (form_ == "mlb") return linear_rows(a.mul(b), out_, {});
    if (form_ == "mfb") return sums_of_neighbours(a.mul(b), rank_);
    if (form_ == "mutan") {
      const at::Tensor products = a.mul(b);
      at::Tensor sum = products.narrow(1, 0, width_);
      for (int64_t k = 1; k < rank_; ++k) sum = sum.add(products.narrow(1, k * width_, width_));
      return sum;
    }
    const int64_t groups = a.size(0);
    const at::Tensor outer = a.view({groups, rank_, 1}).mul(b.view({groups, 1, rank_}));
    return linear_rows(outer.reshape({groups, rank_ * rank_}), out_, {});
  }

  int64_t width_, rank_;
  std::string form_;
  bool mean_, normalise_;
  at::Tensor query_, row_, out_;
};

}  // namespace

CENOTE_POOL(bilinear) {
  return {
      .info = {.summary = "a query multiplied with the rows: Hadamard, MLB, MUTAN, MFB or full",
               .source = "Winterbottom et al. 2020, arXiv:2012.10285, and the papers it compares",
               .example = "cenote fit examples/f1 --task driver-dnf --set pool=bilinear",
               .options = {{.name = "form",
                            .default_value = std::string("mlb"),
                            .help = "how query and rows are multiplied",
                            .choices = {"hadamard", "mlb", "mutan", "mfb", "full"}},
                           {.name = "rank",
                            .default_value = int64_t{16},
                            .help = "of the products",
                            .min = 1,
                            .max = 1024},
                           {.name = "reduce",
                            .default_value = std::string("sum"),
                            .help = "the sum of the rows, or their mean",
                            .choices = {"sum", "mean"}},
                           {.name = "normalise",
                            .default_value = false,
                            .help = "signed square root, then length 1"}}},
      .traits = kTraits,
      .make = make_pool<BilinearPool>,
      .out_width = same_width};
}

}  // namespace cenote
