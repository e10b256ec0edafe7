// SPDX-License-Identifier: Apache-2.0
#include "bench/bench_pools.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones_like.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/check.h"
#include "base/random.h"
#include "bench/measurement.h"
#include "kernel/allocator.h"
#include "kernel/detail_dispatch.h"
#include "kernel/detail_rows.h"
#include "pool/pool.h"

namespace cenote {
namespace {

using Clock = std::chrono::steady_clock;

/// Pools whose cost grows faster than the number of links are left out of shapes with large groups.
constexpr int64_t kLargestCubic = 2000;

double seconds_of(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

at::Tensor random_rows(const PoolShape& shape, uint64_t seed) {
  at::Tensor rows = at::empty({shape.rows, shape.width}, at::kFloat);
  Random random(seed);
  float* numbers = rows.mutable_data_ptr<float>();
  for (int64_t i = 0; i < rows.numel(); ++i)
    numbers[i] = static_cast<float>(random.uniform() * 2 - 1);
  return rows;
}

constexpr int64_t kLanes = 64;  // widths of shapes are multiples of it

/// The sum of all links' rows, which stays in registers.
CENOTE_WIDE float add_rows(const float* from, int64_t width, const std::vector<int64_t>& rows) {
  using Vector = Lanes<float>::Vector;
  constexpr int64_t kVectors = kLanes / Lanes<float>::kCount;
  Vector sums[kVectors] = {};
  for (int64_t e = 0; e < std::ssize(rows); ++e) {
    fetch_row(from + row_ahead(rows, e) * width, width);
    const float* row = from + rows[e] * width;
    for (int64_t d = 0; d < width; d += kLanes) {
      for (int64_t v = 0; v < kVectors; ++v) {
        Vector part;
        load(part, row + d + v * Lanes<float>::kCount);
        sums[v] += part;
      }
    }
  }
  float total = 0;
  for (const Vector& sum : sums) {
    for (int64_t i = 0; i < Lanes<float>::kCount; ++i) total += sum[i];
  }
  return total;
}

/// What goes with the links and groups of a shape, for pools that ask for it.
struct Asked {
  std::vector<double> order;
  at::Tensor coordinates, query;

  Asked(const PoolShape& shape, const Join& join, uint64_t seed) {
    Random random(seed);
    order.resize(join.rows.size());
    for (double& key : order) key = random.uniform();
    coordinates = at::empty({join.links(), 2}, at::kDouble);
    for (int64_t i = 0; i < coordinates.numel(); ++i)
      coordinates.mutable_data_ptr<double>()[i] = static_cast<double>(random.below(3));
    query = random_rows({"query", 0, shape.groups, 0, shape.width}, seed + 1);
  }
};

/// "" or why a pool is not measured on a shape.
std::string reason_to_leave_out(const PoolEntry& entry, const PoolShape& shape, const Join& join) {
  int64_t largest = 0;
  for (int64_t g = 0; g < join.groups(); ++g) largest = std::max(largest, join.size(g));
  if (entry.traits.output == PoolOutput::rows && largest > kLargestCubic)
    return fmt::format("groups of up to {} rows take too long", largest);
  if (entry.out_width(Options(entry.info.options), shape.width) * join.groups() > (1 << 27))
    return "the result is too large";
  return "";
}

PoolTiming time_pool(const std::string& name, const PoolEntry& entry, const PoolShape& shape,
                     const JoinPtr& join, const at::Tensor& rows, const Asked& asked, double limit,
                     int64_t repeats) {
  PoolTiming out;
  out.pool = name;
  out.shape = shape.name;
  out.left_out = reason_to_leave_out(entry, shape, *join);
  if (!out.left_out.empty()) return out;
  ParameterSet parameters(1);
  const auto pool = entry.make(Options(entry.info.options), {parameters, "pool", shape.width});
  const at::Tensor x = rows.detach().clone().requires_grad_();
  PoolInput input{.rows = x, .join = join};
  if (entry.traits.ordered) input.order = asked.order.data();
  if (entry.traits.needs_query) input.query = asked.query;
  if (entry.traits.needs_coordinates) input.coordinates = asked.coordinates;
  std::vector<at::Tensor> wanted = parameters.tensors();
  wanted.push_back(x);
  std::vector<double> forward, backward;
  double result_bytes = 0;
  for (int64_t k = 0; k <= repeats; ++k) {  // the first is to warm up
    at::Tensor y;
    const double there = seconds_of([&] { y = pool->forward(input).value; });
    result_bytes = static_cast<double>(y.numel()) * sizeof(float);
    double back = 0;
    if (y.requires_grad()) {
      const at::Tensor gradient = at::ones_like(y);
      back = seconds_of(
          [&] { torch::autograd::grad({y}, wanted, {gradient}, std::nullopt, false, true); });
    }
    if (k == 0) continue;
    forward.push_back(there);
    backward.push_back(back);
  }
  const double link_bytes = static_cast<double>(shape.links * shape.width) * sizeof(float);
  out.forward = median(forward);
  out.backward = median(backward);
  out.forward_rate = (link_bytes + result_bytes) / out.forward;
  out.forward_share = limit / out.forward;
  if (out.backward > 0) {
    out.backward_rate = (2 * link_bytes + result_bytes) / out.backward;
    out.backward_share = 2 * limit / out.backward;  // each link's row is read and written
  }
  return out;
}

}  // namespace

const std::vector<PoolShape>& pool_shapes() {
  static const std::vector<PoolShape> shapes{{"small", 200, 1000, 2000, 64},
                                             {"uniform", 20000, 100000, 200000, 64},
                                             {"skewed", 20000, 100000, 200000, 64, true},
                                             {"wide", 2500, 12500, 25000, 512},
                                             {"large", 200000, 500000, 2000000, 64, true, true}};
  return shapes;
}

JoinPtr shape_join(const PoolShape& shape, uint64_t seed) {
  Random random(seed);
  // Every link draws its group: uniformly, or by the inverse of Zipf's (continuous) distribution.
  std::vector<int64_t> size(static_cast<size_t>(shape.groups), 0);
  for (int64_t e = 0; e < shape.links; ++e) {
    const double u = random.uniform();
    const auto groups = static_cast<double>(shape.groups);
    const double at = shape.zipf ? std::pow(groups + 1, u) - 1 : u * groups;
    ++size[std::min<int64_t>(shape.groups - 1, static_cast<int64_t>(at))];
  }
  auto out = std::make_shared<Join>();
  for (const int64_t links : size) {
    for (int64_t i = 0; i < links; ++i)
      out->rows.push_back(static_cast<int64_t>(random.below(static_cast<uint64_t>(shape.rows))));
    out->offsets.push_back(out->links());
  }
  return out;
}

double probe_gather(const PoolShape& shape, int64_t repeats) {
  const JoinPtr join = shape_join(shape, 1);
  const at::Tensor rows = random_rows(shape, 2);
  const float* from = rows.const_data_ptr<float>();
  Measurement out;
  measure(
      repeats, 1,
      [&] {
        // What was added up must not be optimised away.
        CENOTE_ASSERT(!std::isinf(add_rows(from, shape.width, join->rows)));
      },
      out);
  return out.seconds;
}

std::vector<PoolTiming> bench_pools(const BenchPoolsOptions& options,
                                    const std::function<bool(const PoolTiming&)>& done) {
  at::set_num_threads(1);
  install_caching_allocator();  // as in training
  std::vector<std::string> shapes;
  for (const PoolShape& shape : pool_shapes()) shapes.push_back(shape.name);
  for (const std::string& name : options.shapes) {
    CENOTE_CHECK(std::find(shapes.begin(), shapes.end(), name) != shapes.end(), bad_input,
                 "no shape '{}'; {}", name, choices_hint(name, shapes));
  }
  const auto is_asked = [](const std::vector<std::string>& list, const std::string& name) {
    return list.empty() || std::find(list.begin(), list.end(), name) != list.end();
  };
  for (const std::string& name : options.pools) pool_registry().at(name);
  std::vector<PoolTiming> out;
  for (const PoolShape& shape : pool_shapes()) {
    if (options.shapes.empty() ? shape.only_asked : !is_asked(options.shapes, shape.name)) continue;
    const JoinPtr join = shape_join(shape, options.seed);
    const at::Tensor rows = random_rows(shape, options.seed + 1);
    const Asked asked(shape, *join, options.seed + 2);
    const double limit = probe_gather(shape, options.repeats);
    for (const auto& [name, entry] : pool_registry()) {
      if (!is_asked(options.pools, name)) continue;
      out.push_back(time_pool(name, entry, shape, join, rows, asked, limit, options.repeats));
      if (!done(out.back())) return out;
    }
  }
  return out;
}

}  // namespace cenote
