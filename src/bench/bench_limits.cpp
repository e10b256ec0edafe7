// SPDX-License-Identifier: Apache-2.0
#include "bench/bench_limits.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <cmath>

#include "base/check.h"
#include "base/random.h"
#include "kernel/bfloat16_product.h"
#include "kernel/detail_dispatch.h"
#include "kernel/detail_rows.h"

namespace cenote {
namespace {

constexpr int64_t kBytes = int64_t{256} << 20;  // far more than the caches hold
constexpr int64_t kLine = 64 / sizeof(float);
constexpr int64_t kProductRows = 256, kProductWidth = 128, kProducts = 400;

/// The sum of some rows, each a few cache lines.
CENOTE_WIDE float add_rows(const float* from, int64_t width, const std::vector<int64_t>& rows) {
  float lanes[kLine] = {};
  for (int64_t e = 0; e < std::ssize(rows); ++e) {
    fetch_row(from + row_ahead(rows, e) * width, width);
    const float* row = from + rows[e] * width;
    for (int64_t d = 0; d < width; d += kLine) {
      for (int64_t lane = 0; lane < kLine; ++lane) lanes[lane] += row[d + lane];
    }
  }
  float total = 0;
  for (const float lane : lanes) total += lane;
  return total;
}

CENOTE_WIDE float add_all(const float* from, int64_t count) {
  constexpr int64_t kChains = 4 * kLine;  // several, as one would wait for its additions
  float lanes[kChains] = {};
  for (int64_t i = 0; i < count; i += kChains) {
    for (int64_t lane = 0; lane < kChains; ++lane) lanes[lane] += from[i + lane];
  }
  float total = 0;
  for (const float lane : lanes) total += lane;
  return total;
}

std::vector<int64_t> random_rows(int64_t rows, int64_t count, uint64_t seed) {
  Random random(seed);
  std::vector<int64_t> out(static_cast<size_t>(count));
  for (int64_t& row : out) row = static_cast<int64_t>(random.below(static_cast<uint64_t>(rows)));
  return out;
}

/// What was added up must not be optimised away.
void use(float total) { CENOTE_ASSERT(!std::isinf(total)); }

Measurement of_limits(std::string what, std::string unit) {
  Measurement out;
  out.part = "limits";
  out.what = std::move(what);
  out.unit = std::move(unit);
  return out;
}

Measurement probe_stream(ThreadPool& threads, const at::Tensor& memory, int64_t parts,
                         int64_t repeats) {
  Measurement out = of_limits(
      fmt::format("read memory in order, {} thread{}", parts, parts == 1 ? "" : "s"), "bytes");
  const int64_t each = memory.numel() / parts;
  measure(
      repeats, static_cast<double>(parts * each) * sizeof(float),
      [&] {
        threads.parallel_for(parts, [&](int64_t part) {
          use(add_all(memory.const_data_ptr<float>() + part * each, each / 64 * 64));
        });
      },
      out);
  return out;
}

Measurement probe_rows(ThreadPool& threads, const at::Tensor& memory, int64_t bytes, int64_t parts,
                       int64_t repeats) {
  Measurement out = of_limits(fmt::format("read rows of {} bytes anywhere, {} thread{}", bytes,
                                          parts, parts == 1 ? "" : "s"),
                              "rows");
  const int64_t width = bytes / static_cast<int64_t>(sizeof(float));
  constexpr int64_t kRows = 200000;
  std::vector<std::vector<int64_t>> rows;
  for (int64_t part = 0; part < parts; ++part)
    rows.push_back(random_rows(memory.numel() / width, kRows, static_cast<uint64_t>(part + 1)));
  measure(
      repeats, static_cast<double>(parts * kRows),
      [&] {
        threads.parallel_for(parts, [&](int64_t part) {
          use(add_rows(memory.const_data_ptr<float>(), width, rows[part]));
        });
      },
      out);
  return out;
}

constexpr double kProductWork = 2.0 * kProductRows * kProductWidth * kProductWidth * kProducts;

Measurement probe_product(Precision precision, int64_t repeats) {
  const bool is_short = precision == Precision::bfloat16;
  Measurement out = of_limits(is_short ? fmt::format("the same in bfloat16, {}",
                                                     has_bfloat16_tiles() ? "in tiles" : "plain")
                                       : "product of [256, 128] by [128, 128], float32",
                              "flop");
  const at::Tensor a = at::zeros({kProductRows, kProductWidth}),
                   b = at::zeros({kProductWidth, kProductWidth});
  at::Tensor c = at::zeros({kProductRows, kProductWidth});
  measure(
      repeats, kProductWork,
      [&] {
        const StridedMatrix<float> left{a.const_data_ptr<float>(), kProductWidth, 1},
            right{b.const_data_ptr<float>(), kProductWidth, 1}, none{nullptr, 0, 1};
        for (int64_t i = 0; i < kProducts; ++i) {
          if (is_short) {
            multiply_bfloat16(kProductRows, kProductWidth, kProductWidth, left, right, none,
                              c.mutable_data_ptr<float>());
          } else {
            multiply<float>(kProductRows, kProductWidth, kProductWidth, left, right.data, none,
                            c.mutable_data_ptr<float>());
          }
        }
      },
      out);
  return out;
}

Measurement probe_torch_product(at::ScalarType type, const std::string& name, int64_t repeats) {
  Measurement out = of_limits("that by libtorch, " + name, "flop");
  const at::Tensor a = at::zeros({kProductRows, kProductWidth}, type),
                   b = at::zeros({kProductWidth, kProductWidth}, type);
  at::Tensor c = at::zeros({kProductRows, kProductWidth}, type);
  measure(
      repeats, kProductWork,
      [&] {
        for (int64_t i = 0; i < kProducts; ++i) at::mm_out(c, a, b);
      },
      out);
  return out;
}

}  // namespace

double row_limit(int64_t bytes, int64_t repeats) {
  ThreadPool one(1);
  const at::Tensor memory = at::zeros({kBytes / static_cast<int64_t>(sizeof(float))});
  return probe_rows(one, memory, bytes, 1, repeats).rate;
}

double product_limit(Precision precision, int64_t repeats) {
  return probe_product(precision, repeats).rate;
}

std::vector<Measurement> bench_limits(ThreadPool& threads, int64_t repeats,
                                      const MeasurementHook& done) {
  at::set_num_threads(1);
  const at::Tensor memory = at::zeros({kBytes / static_cast<int64_t>(sizeof(float))});
  std::vector<Measurement> out;
  const auto add = [&](Measurement one) {
    out.push_back(std::move(one));
    return done(out.back());
  };
  std::vector<int64_t> counts{1};
  if (threads.threads() > 1) counts.push_back(threads.threads());
  for (const int64_t parts : counts) {
    if (!add(probe_stream(threads, memory, parts, repeats))) return out;
    for (const int64_t bytes : {64, 256, 512, 1024}) {
      if (!add(probe_rows(threads, memory, bytes, parts, repeats))) return out;
    }
  }
  for (const Precision precision : {Precision::float32, Precision::bfloat16}) {
    if (!add(probe_product(precision, repeats))) return out;
  }
  if (!add(probe_torch_product(at::kFloat, "float32", repeats))) return out;
  add(probe_torch_product(at::kBFloat16, "bfloat16", repeats));
  return out;
}

}  // namespace cenote
