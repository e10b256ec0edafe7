// SPDX-License-Identifier: Apache-2.0
// Adding gradients in a fixed order, and numbers in and out of tensors.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "base/threads.h"
#include "graph/batch.h"

namespace cenote {

/// What the shards of a batch return: gradients of the parameters, and of the encodings of the rows that they use.
/// Both are added over the shards along the fixed tree.
class ShardGradients {
 public:
  ShardGradients(int64_t shards, size_t parameters, size_t tables);
  /// Stores one shard's result: first the parameters', then those of the defined ones of its rows, by table. Thread-safe
  /// for different shards.
  void take(int64_t shard, std::vector<at::Tensor> gradients, const std::vector<at::Tensor>& rows);
  /// [parameters], undefined where no shard has one. REQUIRES to be called once.
  std::vector<at::Tensor> parameters(ThreadPool& threads);
  /// Of the batch's distinct rows [first, first + count) of a table: [count, width]; undefined where no shard has one.
  /// In a shard a row's occurrences are added in their order. Safe to call concurrently.
  at::Tensor encodings(const Batch& batch, int64_t table, int64_t first, int64_t count) const;

 private:
  std::vector<std::vector<at::Tensor>> of_parameters_, of_rows_;  // [shard][parameters], [tables]
};

/// total[p] + the tree sum over the parts of part[i][p].
std::vector<at::Tensor> add_part_gradients(std::vector<at::Tensor> total,
                                           std::vector<std::vector<at::Tensor>> parts,
                                           ThreadPool& threads);

/// Rows [first, first + rows) of label [S, width] as a tensor; NaN stays NaN.
at::Tensor label_tensor(const std::vector<double>& label, int64_t width, int64_t first,
                        int64_t rows, at::ScalarType type);
/// Sum in double, first to last.
double sum_in_order(const at::Tensor& values);
/// The gradient of mean loss over `seeds` seeds with respect to each loss.
at::Tensor mean_weights(const at::Tensor& losses, int64_t seeds);
std::vector<double> to_numbers(const at::Tensor& tensor);

}  // namespace cenote
