// SPDX-License-Identifier: Apache-2.0
// Token pooling by Ward's clustering: a group of n rows becomes max(1, n / factor) rows, the means of its clusters.
//
// factor = 1 leaves the rows as they are, factor >= n is the mean.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result [M, D] and a join of G
//           groups over them.
// Empty     a group without rows, or whose weights are all zero, has none.
// Units     those of the rows.
// Options   factor in [1, 100000], default 2. features is distances or rows: whether Ward's algorithm is given the rows
//           of the matrix of cosine distances, as the published code has it (default), or the unit rows.
// Errors    as `sum`.
// Gradient  with respect to rows, through the means; which cluster a row is in is a constant.
// Merge     none.
// Cost      O(n^2 D), or O(n^3) for distances, and mostly O(n^2) to join, of a group of n rows; O(n^2) memory.
// Threads   safe to call concurrently; holds no state.
// Source    Clavié, Chaffin, Adams 2024, arXiv:2409.14683. Weights are ours: n is their sum, and means are weighted.
#include <algorithm>
#include <cmath>

#include "pool/detail/clusters.h"
#include "pool/detail/make_pool.h"

namespace cenote {
namespace {

using pool_detail::Clustering;
using pool_detail::GroupRows;

constexpr PoolTraits kTraits{.output = PoolOutput::rows};

class TokenWard : public Pool {
 public:
  TokenWard(const Options& options, const PoolPlace&)
      : factor_(options.get_double("factor")),
        distances_(options.get_text("features") == "distances") {}

  PoolResult forward(const PoolInput& input) const override {
    check_pool_input("token_ward", kTraits, input);
    return pool_detail::pooled_clusters(input, [&](const GroupRows& rows) {
      double mass = 0;
      for (const double weight : rows.weights) mass += weight;
      const auto wanted = static_cast<int64_t>(mass / factor_ + 1e-9);
      return ward(features(rows), rows.weights, std::clamp<int64_t>(wanted, 1, rows.size()));
    });
  }

 private:
  /// What is clustered, [n, n] or [n, width].
  std::vector<std::vector<double>> features(const GroupRows& rows) const {
    const int64_t n = rows.size();
    std::vector<std::vector<double>> unit;
    for (int64_t i = 0; i < n; ++i) {
      unit.emplace_back(rows.row(i), rows.row(i) + rows.width);
      double square = 0;
      for (const double x : unit.back()) square += x * x;
      const double length = std::max(std::sqrt(square), 1e-12);
      for (double& x : unit.back()) x /= length;
    }
    if (!distances_) return unit;
    std::vector<std::vector<double>> out(static_cast<size_t>(n));
    for (int64_t i = 0; i < n; ++i) {
      for (int64_t j = 0; j < n; ++j) {
        double cosine = 0;
        for (int64_t c = 0; c < rows.width; ++c) cosine += unit[i][c] * unit[j][c];
        out[i].push_back(1 - cosine);
      }
    }
    return out;
  }

  /// Joins the two clusters that add least to the squares about the means, until `wanted` are left. Clusters are numbered
  /// by their first rows. What joining would add is updated by the formula of Lance and Williams; each cluster knows the
  /// best of those after it.
  static Clustering ward(const std::vector<std::vector<double>>& rows, std::vector<double> mass,
                         int64_t wanted) {
    const auto n = std::ssize(rows);
    std::vector<double> added(static_cast<size_t>(n * n), INFINITY);
    for (int64_t a = 0; a < n; ++a) {
      for (int64_t b = a + 1; b < n; ++b)
        added[a * n + b] = added[b * n + a] =
            mass[a] * mass[b] / (mass[a] + mass[b]) *
            pool_detail::squared_distance(rows[a].data(), rows[b].data(), std::ssize(rows[a]));
    }
    std::vector<bool> alive(static_cast<size_t>(n), true);
    std::vector<int64_t> cluster(static_cast<size_t>(n)), best(static_cast<size_t>(n), -1);
    const auto find_best = [&](int64_t a) {
      best[a] = -1;
      for (int64_t b = a + 1; b < n; ++b) {
        if (alive[b] && (best[a] < 0 || added[a * n + b] < added[a * n + best[a]])) best[a] = b;
      }
    };
    for (int64_t i = 0; i < n; ++i) cluster[i] = i, find_best(i);
    for (int64_t left = n; left > wanted; --left) {
      int64_t a = -1;
      for (int64_t i = 0; i < n; ++i) {
        if (!alive[i] || best[i] < 0) continue;
        if (a < 0 || added[i * n + best[i]] < added[a * n + best[a]]) a = i;
      }
      const int64_t b = best[a];
      for (int64_t k = 0; k < n; ++k) {
        if (!alive[k] || k == a || k == b) continue;
        added[a * n + k] = added[k * n + a] =
            ((mass[a] + mass[k]) * added[a * n + k] + (mass[b] + mass[k]) * added[b * n + k] -
             mass[k] * added[a * n + b]) /
            (mass[a] + mass[b] + mass[k]);
      }
      alive[b] = false;
      mass[a] += mass[b];
      for (int64_t& of : cluster) of = of == b ? a : of;
      for (int64_t k = 0; k < n; ++k) {
        if (!alive[k]) continue;
        const bool gone = best[k] == a || best[k] == b || k == a;
        if (gone)
          find_best(k);
        else if (k < a && added[k * n + a] < added[k * n + best[k]])
          best[k] = a;
      }
    }
    Clustering out;
    std::vector<int64_t> number(static_cast<size_t>(n), -1);
    for (int64_t i = 0; i < n; ++i) {
      if (alive[i]) number[i] = out.count++;
    }
    for (const int64_t of : cluster) out.of_row.push_back(number[of]);
    return out;
  }

  double factor_;
  bool distances_;
};

}  // namespace

CENOTE_POOL(token_ward) {
  return {
      .info = {.summary = "a group becomes n / factor rows: the means of Ward's clusters",
               .source = "Clavié, Chaffin, Adams 2024, arXiv:2409.14683",
               .example = "128 token vectors with factor 2 -> 64",
               .options = {{.name = "factor",
                            .default_value = 2.0,
                            .help = "how many rows become one, on average",
                            .min = 1,
                            .max = 100000},
                           {.name = "features",
                            .default_value = std::string("distances"),
                            .help =
                                "what is clustered: rows of the matrix of distances, or the rows",
                            .choices = {"distances", "rows"}}}},
      .traits = kTraits,
      .make = make_pool<TokenWard>,
      .out_width = same_width};
}

}  // namespace cenote
