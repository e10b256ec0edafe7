// SPDX-License-Identifier: Apache-2.0
#include "train/attribution.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "train/detail_gradients.h"
#include "train/trainer.h"

namespace cenote {
namespace {

constexpr int64_t kFewestSteps = 32, kMostSteps = 256;
/// Of the amounts' sizes: more than this is worth twice the steps.
constexpr double kMissed = 1e-3;
/// Occurrences in one pass: memory holds so many rows' way through the network.
constexpr int64_t kPassRows = 16384;
/// Copies of a seed in one pass, at most.
constexpr int64_t kPassSteps = 16;

/// The prediction as the user sees it, with a gradient; the same function as Trainer::predict's, in tensors.
at::Tensor shown(const at::Tensor& output, int64_t which, TaskType type, const OutputScale& scale) {
  if (type == TaskType::regression) {
    return torch::clamp(output.select(1, which).to(at::kDouble) * scale.scale + scale.shift,
                        scale.low, scale.high);
  }
  const at::Tensor wide = output.to(at::kDouble);
  if (type == TaskType::multiclass_classification) return torch::softmax(wide, 1).select(1, which);
  return torch::sigmoid(wide.select(1, which));
}

}  // namespace

/// The rows of one seed and their codes.
struct Attribution::Inputs {
  Seed seed;
  Shard shard;  // of the seed alone
  std::vector<at::Tensor>
      difference;  // by table: codes - those of a row that is missing [n, width]; undefined without rows
  int64_t rows = 0;
};

/// Sums over some places on the line.
struct Attribution::Steps {
  std::vector<double> value;                  // of the prediction at each place
  std::vector<std::vector<double>> gradient;  // by table [n * width], added over the places
};

Attribution::Attribution(const Network& network, const ModelContext& context,
                         const OutputScale& scale, ThreadPool& threads)
    : network_(network), context_(context), scale_(scale), threads_(threads) {
  for (int i = 0; i < threads.threads(); ++i)
    samplers_.push_back(
        std::make_unique<Sampler>(context.graph, context.entity_table, network.sampler()));
  const at::AutoGradMode mode(false);
  const auto& tables = context.graph.store.tables;
  for (size_t t = 0; t < tables.size(); ++t) {
    const int64_t row = tables[t].rows;
    missing_.push_back(network.codes(static_cast<int64_t>(t), std::span(&row, 1)).to(at::kDouble));
  }
}

Attribution::Steps Attribution::integrate(const Inputs& inputs, int64_t output,
                                          const std::vector<double>& places, bool gradients) const {
  const auto tables = inputs.difference.size();
  const auto count = static_cast<int64_t>(places.size());
  const int64_t of_pass =
      std::clamp<int64_t>(kPassRows / std::max<int64_t>(1, inputs.rows), 1, kPassSteps);
  const int64_t passes = (count + of_pass - 1) / of_pass;
  std::vector<Steps> found(passes);
  const auto take_pass = [&](int64_t pass, Sampler& sampler) {
    const at::AutoGradMode mode(gradients);
    const int64_t first = pass * of_pass, copies = std::min(count - first, of_pass);
    const Shard shard = sampler.sample(std::vector<Seed>(copies, inputs.seed), kPredictEpoch);
    std::vector<at::Tensor> leaves(tables), x(tables), used;
    std::vector<std::vector<int64_t>> local(tables);
    for (size_t t = 0; t < tables; ++t) {
      if (!inputs.difference[t].defined()) continue;
      // The copies' occurrences stand level by level; within a copy they are in the order of the seed alone.
      const auto& of_copy = shard.tables[t].seed;
      std::vector<int64_t> next(copies, 0);
      std::vector<double> place;
      for (const int64_t copy : of_copy) {
        local[t].push_back(next[copy]++);
        place.push_back(places[first + copy]);
      }
      const at::Tensor index = torch::tensor(local[t], at::kLong);
      const at::Tensor along = torch::tensor(place, at::kDouble).unsqueeze(1);
      leaves[t] = (missing_[t] + along * inputs.difference[t].index_select(0, index))
                      .to(network_.parameters().tensors()[0].scalar_type());
      if (gradients) {
        leaves[t].requires_grad_();
        used.push_back(leaves[t]);
      }
      x[t] = network_.encode_codes(static_cast<int64_t>(t), leaves[t]);
    }
    const at::Tensor value =
        shown(network_.forward(shard, std::move(x), {}), output, context_.task_type, scale_);
    Steps& out = found[pass];
    out.value = to_numbers(value.detach());
    if (!gradients) return;
    const auto slopes =
        torch::autograd::grad({value}, used, {torch::ones_like(value)}, std::nullopt, false, true);
    out.gradient.resize(tables);
    size_t at = 0;
    for (size_t t = 0; t < tables; ++t) {
      if (!leaves[t].defined()) continue;
      const at::Tensor& slope = slopes[at++];
      out.gradient[t].assign(inputs.difference[t].numel(), 0.0);
      if (!slope.defined()) continue;
      const int64_t width = inputs.difference[t].size(1);
      const std::vector<double> numbers = to_numbers(slope);
      for (size_t i = 0; i < local[t].size(); ++i) {
        for (int64_t d = 0; d < width; ++d)
          out.gradient[t][local[t][i] * width + d] += numbers[i * width + d];
      }
    }
  };
  const auto workers = static_cast<int64_t>(samplers_.size());
  threads_.parallel_for(std::min(workers, passes), [&](int64_t worker) {
    for (int64_t pass = worker; pass < passes; pass += workers) take_pass(pass, *samplers_[worker]);
  });
  Steps sum = std::move(found[0]);
  for (int64_t pass = 1; pass < passes; ++pass) {
    sum.value.insert(sum.value.end(), found[pass].value.begin(), found[pass].value.end());
    for (size_t t = 0; t < sum.gradient.size(); ++t) {
      for (size_t i = 0; i < sum.gradient[t].size(); ++i)
        sum.gradient[t][i] += found[pass].gradient[t][i];
    }
  }
  return sum;
}

namespace {

/// For each occurrence of a shard of one seed: the relations that lead to it, by the first way it was met.
std::vector<std::vector<std::vector<int32_t>>> paths_of(const Graph& graph, int32_t entity_table,
                                                        const Shard& shard) {
  std::vector<std::vector<std::vector<int32_t>>> out(shard.tables.size());
  std::vector<std::vector<uint8_t>> met(shard.tables.size());
  for (size_t t = 0; t < shard.tables.size(); ++t) {
    out[t].resize(shard.tables[t].row.size());
    met[t].assign(shard.tables[t].row.size(), 0);
  }
  met[entity_table][0] = 1;
  const size_t levels = shard.tables[entity_table].level_end.size();
  for (size_t level = 0; level < levels; ++level) {
    for (int64_t r = 0; r < graph.relations(); ++r) {
      if (!shard.joins[r]) continue;
      const Join& join = *shard.joins[r];
      const int32_t from = graph.group_table(r), to = graph.row_table(r);
      const auto& ends = shard.tables[from].level_end;
      const int64_t begin = level == 0 ? 0 : ends[level - 1];
      for (int64_t group = begin; group < std::min(ends[level], join.groups()); ++group) {
        for (int64_t e = join.offsets[group]; e < join.offsets[group + 1]; ++e) {
          const int64_t row = join.rows[e];
          if (met[to][row]) continue;
          met[to][row] = 1;
          out[to][row] = out[from][group];
          out[to][row].push_back(static_cast<int32_t>(r));
        }
      }
    }
  }
  return out;
}

std::vector<double> midpoints(int64_t steps) {
  std::vector<double> out;
  for (int64_t i = 0; i < steps; ++i)
    out.push_back((static_cast<double>(i) + 0.5) / static_cast<double>(steps));
  return out;
}

}  // namespace

NetworkEffects Attribution::explain(const Seed& seed, int64_t output,
                                    const std::function<bool()>& cancelled) {
  Inputs inputs;
  inputs.seed = seed;
  inputs.shard = samplers_[0]->sample(std::span(&seed, 1), kPredictEpoch);
  inputs.difference.resize(inputs.shard.tables.size());
  {
    const at::AutoGradMode mode(false);
    for (size_t t = 0; t < inputs.difference.size(); ++t) {
      const auto& rows = inputs.shard.tables[t].row;
      if (rows.empty()) continue;
      inputs.rows += static_cast<int64_t>(rows.size());
      inputs.difference[t] =
          network_.codes(static_cast<int64_t>(t), rows).to(at::kDouble) - missing_[t];
    }
  }
  NetworkEffects out;
  const auto ends = integrate(inputs, output, {0.0, 1.0}, false);
  out.start = ends.value[0];
  out.end = ends.value[1];
  const auto paths = paths_of(context_.graph, context_.entity_table, inputs.shard);
  double sum = 0, size = 0;
  for (int64_t steps = kFewestSteps; steps <= kMostSteps; steps *= 2) {
    if (cancelled && cancelled()) fail(ErrorCode::cancelled, "interrupted while explaining");
    const Steps found = integrate(inputs, output, midpoints(steps), true);
    out.rows.clear();
    sum = size = 0;
    for (size_t t = 0; t < inputs.difference.size(); ++t) {
      if (!inputs.difference[t].defined()) continue;
      const auto difference = to_numbers(inputs.difference[t]);
      const int64_t width = inputs.difference[t].size(1);
      const auto& columns = context_.codes[t].columns;
      for (size_t i = 0; i < inputs.shard.tables[t].row.size(); ++i) {
        NetworkEffects::Row row{
            static_cast<int32_t>(t), inputs.shard.tables[t].row[i], paths[t][i], {}};
        for (const CodedColumn& column : columns) {
          double amount = 0;
          for (int64_t d = column.begin; d < column.begin + column.width; ++d)
            amount += difference[i * width + d] * found.gradient[t][i * width + d];
          row.amount.push_back(amount / static_cast<double>(steps));
          sum += row.amount.back();
          size += std::abs(row.amount.back());
        }
        out.rows.push_back(std::move(row));
      }
    }
    out.spread = out.end - out.start - sum;
    if (std::abs(out.spread) <= kMissed * size) break;
  }
  for (auto& row : out.rows) {
    for (double& amount : row.amount) {
      if (size > 0) amount += out.spread * std::abs(amount) / size;
    }
  }
  // Nothing that could have moved it did, but for the last bits of the network.
  if (size == 0) out.start = out.end;
  return out;
}

}  // namespace cenote
