// SPDX-License-Identifier: Apache-2.0
#include "pool/detail/clusters.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "kernel/detail_dispatch.h"

namespace cenote::pool_detail {

GroupRows group_rows(const PoolInput& input, int64_t group) {
  const Join& join = *input.join;
  GroupRows out;
  out.width = input.rows.size(1);
  const at::Tensor rows = input.rows.detach().contiguous();
  dispatch_floating("clusters", rows, [&](auto zero) {
    using Number = decltype(zero);
    for (int64_t e = join.offsets[group]; e < join.offsets[group + 1]; ++e) {
      const double weight = input.weights ? input.weights[e] : 1;
      if (weight == 0) continue;
      const Number* row = rows.const_data_ptr<Number>() + join.rows[e] * out.width;
      out.links.push_back(e);
      out.weights.push_back(weight);
      out.values.insert(out.values.end(), row, row + out.width);
    }
  });
  return out;
}

double squared_distance(const double* a, const double* b, int64_t width) {
  double total = 0;
  for (int64_t c = 0; c < width; ++c) total += (a[c] - b[c]) * (a[c] - b[c]);
  return total;
}

std::vector<int64_t> farthest_first(const GroupRows& rows, int64_t k) {
  const std::vector<double> origin(static_cast<size_t>(rows.width), 0);
  std::vector<double> away;
  for (int64_t i = 0; i < rows.size(); ++i)
    away.push_back(squared_distance(rows.row(i), origin.data(), rows.width));
  int64_t next = 0;
  for (int64_t i = 1; i < rows.size(); ++i) {
    const bool heavier = rows.weights[i] > rows.weights[next];
    if (heavier || (rows.weights[i] == rows.weights[next] && away[i] > away[next])) next = i;
  }
  std::vector<int64_t> out;
  std::fill(away.begin(), away.end(), INFINITY);
  while (std::ssize(out) < k) {
    out.push_back(next);
    for (int64_t i = 0; i < rows.size(); ++i)
      away[i] = std::min(away[i], squared_distance(rows.row(i), rows.row(next), rows.width));
    next = std::max_element(away.begin(), away.end()) - away.begin();
    if (!(away[next] > 0)) break;  // what is left is equal to what was taken
  }
  return out;
}

namespace {

int64_t nearest(const double* row, const std::vector<std::vector<double>>& centres, int64_t width) {
  int64_t best = 0;
  double least = INFINITY;
  for (int64_t c = 0; c < std::ssize(centres); ++c) {
    const double apart = squared_distance(row, centres[c].data(), width);
    if (apart < least) least = apart, best = c;
  }
  return best;
}

std::vector<double> mean_of(const GroupRows& rows, const std::vector<int64_t>& members) {
  std::vector<double> out(static_cast<size_t>(rows.width), 0);
  double total = 0;
  for (const int64_t i : members) total += rows.weights[i];
  for (const int64_t i : members) {
    for (int64_t c = 0; c < rows.width; ++c) out[c] += rows.weights[i] / total * rows.row(i)[c];
  }
  return out;
}

int64_t medoid_of(const GroupRows& rows, const std::vector<int64_t>& members) {
  int64_t best = members[0];
  double least = INFINITY;
  for (const int64_t i : members) {
    double cost = 0;
    for (const int64_t j : members)
      cost += rows.weights[j] * std::sqrt(squared_distance(rows.row(i), rows.row(j), rows.width));
    if (cost < least) least = cost, best = i;
  }
  return best;
}

}  // namespace

Clustering lloyd(const GroupRows& rows, int64_t k, int64_t steps, bool medoids) {
  Clustering out;
  std::vector<std::vector<double>> centres;
  for (const int64_t i : farthest_first(rows, k)) {
    centres.emplace_back(rows.row(i), rows.row(i) + rows.width);
    out.medoid.push_back(i);
  }
  out.count = std::ssize(centres);
  for (int64_t step = 0; step <= steps; ++step) {
    std::vector<int64_t> before = std::move(out.of_row);
    out.of_row.clear();
    for (int64_t i = 0; i < rows.size(); ++i)
      out.of_row.push_back(nearest(rows.row(i), centres, rows.width));
    if (out.of_row == before || step == steps) break;
    for (int64_t c = 0; c < out.count; ++c) {
      std::vector<int64_t> members;
      for (int64_t i = 0; i < rows.size(); ++i) {
        if (out.of_row[i] == c) members.push_back(i);
      }
      if (members.empty()) continue;  // all of its rows are as near to another centre
      if (medoids) {
        out.medoid[c] = medoid_of(rows, members);
        centres[c].assign(rows.row(out.medoid[c]), rows.row(out.medoid[c]) + rows.width);
      } else {
        centres[c] = mean_of(rows, members);
      }
    }
  }
  // Numbers without gaps.
  std::vector<int64_t> number(static_cast<size_t>(out.count), -1), kept;
  for (int64_t c = 0; c < out.count; ++c) {
    if (std::find(out.of_row.begin(), out.of_row.end(), c) == out.of_row.end()) continue;
    number[c] = std::ssize(kept);
    kept.push_back(out.medoid[c]);
  }
  for (int64_t& c : out.of_row) c = number[c];
  out.count = std::ssize(kept);
  out.medoid = medoids ? kept : std::vector<int64_t>();
  return out;
}

std::vector<Option> lloyd_options() {
  return {{.name = "clusters",
           .default_value = int64_t{4},
           .help = "rows that are left",
           .min = 1,
           .max = 100000},
          {.name = "steps",
           .default_value = int64_t{5},
           .help = "of Lloyd's algorithm, at most",
           .min = 0,
           .max = 1000}};
}

}  // namespace cenote::pool_detail
