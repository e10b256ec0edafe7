// SPDX-License-Identifier: Apache-2.0
#include "train/detail_gradients.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/add.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full_like.h>

#include "train/optimizer.h"

namespace cenote {

ShardGradients::ShardGradients(int64_t shards, size_t parameters, size_t tables)
    : parameters(parameters),
      encodings(tables),
      of_shard_(shards, std::vector<at::Tensor>(parameters + tables)) {}

void ShardGradients::take(int64_t shard, std::vector<at::Tensor> gradients,
                          const std::vector<at::Tensor>& leaves) {
  auto& row = of_shard_[shard];
  const size_t count = parameters.size();
  size_t next = count;
  for (size_t p = 0; p < count; ++p) row[p] = std::move(gradients[p]);
  for (size_t table = 0; table < leaves.size(); ++table) {
    if (leaves[table].defined()) row[count + table] = std::move(gradients[next++]);
  }
}

void ShardGradients::reduce(ThreadPool& threads) {
  const size_t count = parameters.size();
  threads.parallel_for(static_cast<int64_t>(count + encodings.size()), [&](int64_t i) {
    const at::AutoGradMode mode(false);
    std::vector<at::Tensor> terms;
    for (auto& shard : of_shard_) terms.push_back(std::move(shard[i]));
    at::Tensor sum = tree_sum(std::move(terms));
    if (i < static_cast<int64_t>(count)) {
      parameters[i] = std::move(sum);
    } else {
      encodings[i - count] = std::move(sum);
    }
  });
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
