// SPDX-License-Identifier: Apache-2.0
#include "train/detail_gradients.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/add.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <bit>

#include "kernel/detail_dispatch.h"
#include "train/optimizer.h"

namespace cenote {

namespace {

CENOTE_WIDE void add_numbers(float* __restrict to, const float* __restrict from, int64_t width) {
  for (int64_t d = 0; d < width; ++d) to[d] += from[d];
}

/// The sums of one row, one a shard that uses it, and their sum along the tree over the shards.
class RowSums {
 public:
  RowSums(int64_t width, float* out) : width_(width), out_(out) {}

  /// Adds a use's numbers. REQUIRES uses in the order of their shards.
  void add(int32_t shard, const float* numbers) {
    if (shards_.empty() || shards_.back() != shard) {
      shards_.push_back(shard);
      sums_.resize(shards_.size() * static_cast<size_t>(width_));
      std::copy_n(numbers, width_, sums_.end() - width_);
    } else {
      add_numbers(&sums_[sums_.size() - width_], numbers, width_);
    }
  }

  /// Writes the sum and begins the next row.
  void finish() {
    if (!shards_.empty()) {
      const int32_t last = shards_.back();
      add_tree(0, shards_.size(), 0, static_cast<int64_t>(std::bit_ceil(uint32_t(last) + 1u)));
      std::copy_n(sums_.data(), width_, out_);
    }
    out_ += width_;
    shards_.clear();
    sums_.clear();
  }

 private:
  /// Adds up the sums [begin, end), of shards in [first, first + size), into the one at `begin`: as tree_sum() adds the
  /// terms of all shards.
  void add_tree(size_t begin, size_t end, int64_t first, int64_t size) {
    if (end - begin < 2) return;
    const int64_t half = size / 2;
    const auto middle = static_cast<size_t>(
        std::lower_bound(shards_.begin() + begin, shards_.begin() + end, first + half) -
        shards_.begin());
    add_tree(begin, middle, first, half);
    add_tree(middle, end, first + half, half);
    if (begin < middle && middle < end)
      add_numbers(&sums_[begin * width_], &sums_[middle * width_], width_);
  }

  int64_t width_;
  float* out_;
  std::vector<int32_t> shards_;
  std::vector<float> sums_;  // [shards_, width]
};

}  // namespace

ShardGradients::ShardGradients(int64_t shards, size_t parameters, size_t tables)
    : of_parameters_(shards, std::vector<at::Tensor>(parameters)),
      of_rows_(shards, std::vector<at::Tensor>(tables)) {}

void ShardGradients::take(int64_t shard, std::vector<at::Tensor> gradients,
                          const std::vector<at::Tensor>& rows) {
  size_t next = 0;
  for (at::Tensor& to : of_parameters_[shard]) to = std::move(gradients[next++]);
  for (size_t table = 0; table < rows.size(); ++table) {
    if (!rows[table].defined()) continue;
    const at::Tensor& gradient = gradients[next++];
    if (gradient.defined()) of_rows_[shard][table] = gradient.contiguous();
  }
}

std::vector<at::Tensor> ShardGradients::parameters(ThreadPool& threads) {
  std::vector<at::Tensor> out(of_parameters_.empty() ? 0 : of_parameters_[0].size());
  threads.parallel_for(std::ssize(out), [&](int64_t p) {
    const at::AutoGradMode mode(false);
    std::vector<at::Tensor> terms;
    for (auto& shard : of_parameters_) terms.push_back(std::move(shard[p]));
    out[p] = tree_sum(std::move(terms));
  });
  return out;
}

at::Tensor ShardGradients::encodings(const Batch& batch, int64_t table, int64_t first,
                                     int64_t count) const {
  std::vector<const float*> numbers;  // by shard; null: it has none
  at::Tensor some;
  for (const auto& shard : of_rows_) {
    numbers.push_back(shard[table].defined() ? shard[table].const_data_ptr<float>() : nullptr);
    if (shard[table].defined()) some = shard[table];
  }
  if (!some.defined()) return {};
  const int64_t width = some.size(1);
  at::Tensor out = at::zeros({count, width}, some.options());
  RowSums sums(width, out.mutable_data_ptr<float>());
  const RowUses& uses = batch.uses[table];
  for (int64_t row = first; row < first + count; ++row) {
    for (int64_t u = uses.offsets[row]; u < uses.offsets[row + 1]; ++u) {
      const RowUses::Use use = uses.uses[u];
      if (numbers[use.shard] != nullptr)
        sums.add(use.shard, numbers[use.shard] + use.occurrence * width);
    }
    sums.finish();
  }
  return out;
}

std::vector<at::Tensor> add_part_gradients(std::vector<at::Tensor> total,
                                           std::vector<std::vector<at::Tensor>> parts,
                                           ThreadPool& threads) {
  threads.parallel_for(static_cast<int64_t>(total.size()), [&](int64_t p) {
    const at::AutoGradMode mode(false);
    std::vector<at::Tensor> terms;
    for (auto& part : parts) terms.push_back(part.empty() ? at::Tensor() : std::move(part[p]));
    const at::Tensor sum = tree_sum(std::move(terms));
    if (!total[p].defined()) {
      total[p] = sum;
    } else if (sum.defined()) {
      total[p] = at::add(total[p], sum);
    }
  });
  return total;
}

at::Tensor label_tensor(const std::vector<double>& label, int64_t width, int64_t first,
                        int64_t rows, at::ScalarType type) {
  at::Tensor out = at::empty({rows, width}, at::TensorOptions().dtype(at::kDouble));
  std::copy_n(label.data() + first * width, rows * width, out.mutable_data_ptr<double>());
  return out.to(type);
}

double sum_in_order(const at::Tensor& values) {
  double total = 0;
  for (const double value : to_numbers(values)) total += value;
  return total;
}

at::Tensor mean_weights(const at::Tensor& losses, int64_t seeds) {
  return at::full_like(losses.detach(), 1.0 / static_cast<double>(seeds));
}

std::vector<double> to_numbers(const at::Tensor& tensor) {
  const at::Tensor value = tensor.detach().to(at::kDouble).contiguous();
  const double* data = value.const_data_ptr<double>();
  return {data, data + value.numel()};
}

}  // namespace cenote
