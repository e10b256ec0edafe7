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
// Cost      O(n^3 + n^2 D) a group of n rows, O(n^2) memory.
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
  /// by their first rows.
  static Clustering ward(std::vector<std::vector<double>> centre, std::vector<double> mass,
                         int64_t wanted) {
    const auto n = std::ssize(centre);
    std::vector<int64_t> cluster(static_cast<size_t>(n));
    for (int64_t i = 0; i < n; ++i) cluster[i] = i;
    std::vector<int64_t> alive = cluster;
    while (std::ssize(alive) > wanted) {
      double least = INFINITY;
      std::pair<int64_t, int64_t> pair;
      for (const int64_t a : alive) {
        for (const int64_t b : alive) {
          if (b <= a) continue;
          const double added = mass[a] * mass[b] / (mass[a] + mass[b]) *
                               pool_detail::squared_distance(centre[a].data(), centre[b].data(),
                                                             std::ssize(centre[a]));
          if (added < least) least = added, pair = {a, b};
        }
      }
      const auto [a, b] = pair;
      const double total = mass[a] + mass[b];
      for (size_t c = 0; c < centre[a].size(); ++c)
        centre[a][c] = (mass[a] * centre[a][c] + mass[b] * centre[b][c]) / total;
      mass[a] = total;
      for (int64_t& of : cluster) of = of == b ? a : of;
      std::erase(alive, b);
    }
    Clustering out;
    out.count = std::ssize(alive);
    for (const int64_t of : cluster)
      out.of_row.push_back(std::find(alive.begin(), alive.end(), of) - alive.begin());
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
