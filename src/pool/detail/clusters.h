// SPDX-License-Identifier: Apache-2.0
// Clusters of the rows of a group, found by their values alone.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "kernel/detail_dispatch.h"
#include "pool/pool.h"

namespace cenote::pool_detail {

/// The rows of one group that take part, in double.
struct GroupRows {
  std::vector<int64_t> links;   // in the join's order
  std::vector<double> values;   // [n, width]
  std::vector<double> weights;  // [n]
  int64_t width = 0;

  int64_t size() const { return static_cast<int64_t>(links.size()); }
  const double* row(int64_t i) const { return values.data() + i * width; }
};
GroupRows group_rows(const PoolInput& input, int64_t group);

double squared_distance(const double* a, const double* b, int64_t width);

/// k rows to begin with: the heaviest, of several the one farthest from zero; then always the row that is farthest from
/// those taken. Equal rows count once, so there may be fewer than k.
std::vector<int64_t> farthest_first(const GroupRows& rows, int64_t k);

/// Cluster of each row, 0 ... k - 1, none of them empty: Lloyd's algorithm from farthest_first(), at most `steps` steps. A
/// centre is the weighted mean of its rows or, with `medoids`, that of them with the least weighted sum of distances.
struct Clustering {
  std::vector<int64_t> of_row;
  std::vector<int64_t> medoid;  // by cluster: a row; empty without medoids
  int64_t count = 0;
};
Clustering lloyd(const GroupRows& rows, int64_t k, int64_t steps, bool medoids);

/// Rows of clusters: [clusters of all groups, D] with their join. `clustering(rows)` of each group that has any.
template <class Make>
PoolResult pooled_clusters(const PoolInput& input, const Make& clustering) {
  check_join("clusters", input.rows, *input.join);
  auto members = std::make_shared<Join>(), groups = std::make_shared<Join>();
  std::vector<double> weights;
  for (int64_t g = 0; g < input.join->groups(); ++g) {
    const GroupRows rows = group_rows(input, g);
    if (rows.size() > 0) {
      const Clustering found = clustering(rows);
      for (int64_t c = 0; c < found.count; ++c) {
        for (int64_t i = 0; i < rows.size(); ++i) {
          const bool in = found.medoid.empty() ? found.of_row[i] == c : found.medoid[c] == i;
          if (!in) continue;
          members->rows.push_back(input.join->rows[rows.links[i]]);
          weights.push_back(found.medoid.empty() ? rows.weights[i] : 1);
        }
        members->offsets.push_back(members->links());
        groups->rows.push_back(members->groups() - 1);
      }
    }
    groups->offsets.push_back(groups->links());
  }
  return {segment_mean(input.rows, members, weights.data()), groups};
}

/// The pools `token_kmeans` and `token_kmedoids`.
class LloydPool : public Pool {
 public:
  LloydPool(std::string name, const PoolTraits& traits, const Options& options, bool medoids)
      : name_(std::move(name)),
        traits_(traits),
        clusters_(options.get_int("clusters")),
        steps_(options.get_int("steps")),
        medoids_(medoids) {}

  PoolResult forward(const PoolInput& input) const final {
    check_pool_input(name_, traits_, input);
    return pooled_clusters(
        input, [&](const GroupRows& rows) { return lloyd(rows, clusters_, steps_, medoids_); });
  }

 private:
  std::string name_;
  PoolTraits traits_;
  int64_t clusters_, steps_;
  bool medoids_;
};
std::vector<Option> lloyd_options();

}  // namespace cenote::pool_detail
