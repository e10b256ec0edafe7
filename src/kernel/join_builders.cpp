// SPDX-License-Identifier: Apache-2.0
#include "kernel/join_builders.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <deque>
#include <limits>

#include "base/check.h"

namespace cenote {
namespace {

constexpr int64_t kFar = -1;  // not reached

/// Steps from any of `from` to each node, at most `most`.
std::vector<int64_t> steps_from(const Join& graph, const std::vector<int64_t>& from,
                                int64_t most = std::numeric_limits<int64_t>::max()) {
  std::vector<int64_t> out(static_cast<size_t>(graph.groups()), kFar);
  std::deque<int64_t> waiting;
  for (const int64_t node : from) {
    out[node] = 0;
    waiting.push_back(node);
  }
  while (!waiting.empty()) {
    const int64_t node = waiting.front();
    waiting.pop_front();
    if (out[node] == most) continue;
    for (int64_t e = graph.offsets[node]; e < graph.offsets[node + 1]; ++e) {
      const int64_t next = graph.rows[e];
      if (out[next] != kFar) continue;
      out[next] = out[node] + 1;
      waiting.push_back(next);
    }
  }
  return out;
}

void check_graph(const Join& graph) {
  for (const int64_t node : graph.rows) {
    CENOTE_CHECK(node >= 0 && node < graph.groups(), bad_input,
                 "a graph of {} nodes has a neighbour {}", graph.groups(), node);
  }
}

void close_group(Join& join) { join.offsets.push_back(join.links()); }

}  // namespace

at::Tensor PlacedJoin::coordinates_tensor() const {
  at::Tensor out = at::empty({join->links(), dimensions}, at::kDouble);
  std::copy(coordinates.begin(), coordinates.end(), out.mutable_data_ptr<double>());
  return out;
}

JoinPtr grid_windows(int64_t height, int64_t width, int64_t kernel, int64_t stride) {
  CENOTE_CHECK(height > 0 && width > 0 && kernel > 0 && stride > 0, bad_input,
               "windows of {} by {}, {} apart, of a picture of {} by {}: sizes must be positive",
               kernel, kernel, stride, height, width);
  auto out = std::make_shared<Join>();
  for (int64_t top = 0; top + kernel <= height; top += stride) {
    for (int64_t left = 0; left + kernel <= width; left += stride) {
      for (int64_t y = top; y < top + kernel; ++y) {
        for (int64_t x = left; x < left + kernel; ++x) out->rows.push_back(y * width + x);
      }
      close_group(*out);
    }
  }
  return out;
}

PlacedJoin grid_neighbourhoods(int64_t height, int64_t width, int64_t reach) {
  CENOTE_CHECK(height >= 0 && width >= 0 && reach >= 0, bad_input,
               "neighbourhoods of {} in a picture of {} by {}: sizes are not negative", reach,
               height, width);
  auto join = std::make_shared<Join>();
  PlacedJoin out{.join = nullptr, .coordinates = {}, .dimensions = 2};
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      for (int64_t dy = -reach; dy <= reach; ++dy) {
        for (int64_t dx = -reach; dx <= reach; ++dx) {
          if (y + dy < 0 || y + dy >= height || x + dx < 0 || x + dx >= width) continue;
          join->rows.push_back((y + dy) * width + x + dx);
          out.coordinates.push_back(static_cast<double>(dy));
          out.coordinates.push_back(static_cast<double>(dx));
        }
      }
      close_group(*join);
    }
  }
  out.join = join;
  return out;
}

PlacedJoin grid_places(int64_t height, int64_t width) {
  CENOTE_CHECK(height >= 0 && width >= 0, bad_input, "a picture of {} by {}", height, width);
  auto join = std::make_shared<Join>();
  PlacedJoin out{.join = nullptr, .coordinates = {}, .dimensions = 2};
  for (int64_t i = 0; i < height * width; ++i) {
    join->rows.push_back(i);
    out.coordinates.push_back(static_cast<double>(i / width));
    out.coordinates.push_back(static_cast<double>(i % width));
  }
  close_group(*join);
  out.join = join;
  return out;
}

JoinPtr sequence_windows(int64_t n, int64_t size, int64_t stride) {
  CENOTE_CHECK(size > 0 && stride > 0, bad_input, "windows of {}, {} apart: sizes must be positive",
               size, stride);
  auto out = std::make_shared<Join>();
  for (int64_t begin = 0; begin < n; begin += stride) {
    for (int64_t i = begin; i < std::min(n, begin + size); ++i) out->rows.push_back(i);
    close_group(*out);
    if (begin + size >= n) break;
  }
  return out;
}

JoinPtr segments(const std::vector<bool>& boundary) {
  auto out = std::make_shared<Join>();
  for (size_t i = 0; i < boundary.size(); ++i) {
    out->rows.push_back(static_cast<int64_t>(i));
    if (boundary[i] || i + 1 == boundary.size()) close_group(*out);
  }
  return out;
}

PlacedJoin pieces(int64_t n, int64_t first, int64_t second) {
  CENOTE_CHECK(first >= 0 && first <= second && second < n, bad_input,
               "anchors {} and {} are not in order within {} rows", first, second, n);
  auto join = std::make_shared<Join>();
  PlacedJoin out;
  for (int64_t i = 0; i < n; ++i) {
    join->rows.push_back(i);
    out.coordinates.push_back(i <= first ? 0 : i <= second ? 1 : 2);
  }
  close_group(*join);
  out.join = join;
  return out;
}

JoinPtr k_hop(const Join& graph, int64_t k) {
  CENOTE_CHECK(k >= 0, bad_input, "neighbourhoods of {} hops", k);
  check_graph(graph);
  auto out = std::make_shared<Join>();
  for (int64_t node = 0; node < graph.groups(); ++node) {
    const std::vector<int64_t> steps = steps_from(graph, {node}, k);
    for (int64_t other = 0; other < graph.groups(); ++other) {
      if (steps[other] != kFar) out->rows.push_back(other);
    }
    close_group(*out);
  }
  return out;
}

PlacedJoin distances_from_path(const Join& graph, int64_t from, int64_t to) {
  check_graph(graph);
  CENOTE_CHECK(from >= 0 && from < graph.groups() && to >= 0 && to < graph.groups(), bad_input,
               "a path from {} to {} in a graph of {} nodes", from, to, graph.groups());
  const std::vector<int64_t> steps = steps_from(graph, {to});
  std::vector<int64_t> path{from};
  while (path.back() != to) {
    int64_t next = kFar;
    for (int64_t e = graph.offsets[path.back()]; e < graph.offsets[path.back() + 1]; ++e) {
      const int64_t node = graph.rows[e];
      const bool nearer = steps[node] != kFar && steps[node] + 1 == steps[path.back()];
      if (nearer && (next == kFar || node < next)) next = node;
    }
    if (next == kFar) {
      path = {from, to};
      break;
    }
    path.push_back(next);
  }
  auto join = std::make_shared<Join>();
  PlacedJoin out;
  const std::vector<int64_t> distance = steps_from(graph, path);
  for (int64_t node = 0; node < graph.groups(); ++node) {
    join->rows.push_back(node);
    out.coordinates.push_back(static_cast<double>(distance[node]));
  }
  close_group(*join);
  out.join = join;
  return out;
}

TransposedJoin transposed(const Join& join, int64_t rows) {
  CENOTE_CHECK(rows >= 0, bad_shape, "a join over {} rows", rows);
  auto out = std::make_shared<Join>();
  out->offsets.assign(static_cast<size_t>(rows) + 1, 0);
  for (const int64_t row : join.rows) {
    CENOTE_CHECK(row >= 0 && row < rows, bad_shape, "the join names row {}, there are {}", row,
                 rows);
    ++out->offsets[row + 1];
  }
  for (int64_t i = 0; i < rows; ++i) out->offsets[i + 1] += out->offsets[i];
  out->rows.resize(join.rows.size());
  auto links = std::make_shared<std::vector<int64_t>>(join.rows.size());
  std::vector<int64_t> next(out->offsets.begin(), out->offsets.end() - 1);
  for (int64_t g = 0; g < join.groups(); ++g) {
    for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e) {
      const int64_t place = next[join.rows[e]]++;
      out->rows[place] = g;
      (*links)[place] = e;
    }
  }
  return {out, links};
}

at::Tensor unpool_rows(const at::Tensor& values, const at::Tensor& shares, const JoinPtr& join,
                       int64_t rows) {
  const TransposedJoin back = transposed(*join, rows);
  return segment_weighted_sum(values, gather_rows(shares, back.links), back.join);
}

}  // namespace cenote
