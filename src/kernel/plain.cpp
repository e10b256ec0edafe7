// SPDX-License-Identifier: Apache-2.0
#include "kernel/plain.h"

#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace cenote {
namespace {

/// result[g, d] = reduce(values of column d in group g, their weights), 0 for a group without rows.
template <class Reduce>
at::Tensor reduce_groups(const at::Tensor& x, const Join& join, const double* weights,
                         const Reduce& reduce) {
  const at::Tensor in = x.detach().to(at::kDouble).contiguous();
  at::Tensor out = at::zeros({join.groups(), in.size(1)}, in.options());
  for (int64_t g = 0; g < join.groups(); ++g) {
    for (int64_t d = 0; d < in.size(1) && join.size(g) > 0; ++d) {
      std::vector<double> values, mass;
      for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e) {
        values.push_back(in.const_data_ptr<double>()[join.rows[e] * in.size(1) + d]);
        mass.push_back(weights ? weights[e] : 1);
      }
      out.mutable_data_ptr<double>()[g * in.size(1) + d] = reduce(values, mass);
    }
  }
  return out;
}

using Numbers = std::vector<double>;

double sum_of(const Numbers& values) {
  double total = 0;
  for (const double value : values) total += value;
  return total;
}

double weighted_sum_of(const Numbers& values, const Numbers& mass) {
  double total = 0;
  for (size_t i = 0; i < values.size(); ++i) total += mass[i] * values[i];
  return total;
}

double mean_of(const Numbers& values, const Numbers& mass) {
  return sum_of(mass) > 0 ? weighted_sum_of(values, mass) / sum_of(mass) : 0;
}

}  // namespace

at::Tensor segment_sum_plain(const at::Tensor& x, const Join& join, const double* weights) {
  return reduce_groups(x, join, weights, weighted_sum_of);
}

at::Tensor segment_mean_plain(const at::Tensor& x, const Join& join, const double* weights) {
  return reduce_groups(x, join, weights, mean_of);
}

at::Tensor segment_max_plain(const at::Tensor& x, const Join& join) {
  return reduce_groups(x, join, nullptr, [](const Numbers& values, const Numbers&) {
    double best = values[0];
    for (const double value : values) best = value > best ? value : best;
    return best;
  });
}

at::Tensor segment_min_plain(const at::Tensor& x, const Join& join) {
  return reduce_groups(x, join, nullptr, [](const Numbers& values, const Numbers&) {
    double best = values[0];
    for (const double value : values) best = value < best ? value : best;
    return best;
  });
}

at::Tensor segment_variance_plain(const at::Tensor& x, const Join& join, const double* weights) {
  return reduce_groups(x, join, weights, [](Numbers values, const Numbers& mass) {
    const double mean = mean_of(values, mass);
    for (double& value : values) value = (value - mean) * (value - mean);
    return mean_of(values, mass);
  });
}

at::Tensor segment_softmax_plain(const at::Tensor& logits, const Join& join,
                                 const double* log_weights) {
  const at::Tensor in = logits.detach().to(at::kDouble).contiguous();
  at::Tensor out = at::zeros(in.sizes(), in.options());
  const int64_t heads = in.size(1);
  for (int64_t g = 0; g < join.groups(); ++g) {
    for (int64_t h = 0; h < heads; ++h) {
      const auto logit = [&](int64_t e) {
        return in.const_data_ptr<double>()[e * heads + h] + (log_weights ? log_weights[e] : 0);
      };
      double largest = -INFINITY, total = 0;
      for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e) {
        largest = std::fmax(largest, logit(e));
      }
      if (std::isinf(largest)) continue;  // no rows, or all of them masked
      for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e) {
        total += std::exp(logit(e) - largest);
      }
      for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e) {
        out.mutable_data_ptr<double>()[e * heads + h] = std::exp(logit(e) - largest) / total;
      }
    }
  }
  return out;
}

at::Tensor segment_weighted_sum_plain(const at::Tensor& x, const at::Tensor& weights,
                                      const Join& join) {
  const at::Tensor in = x.detach().to(at::kDouble).contiguous();
  const at::Tensor scale = weights.detach().to(at::kDouble).contiguous();
  const int64_t width = in.size(1), heads = scale.size(1);
  at::Tensor out = at::zeros({join.groups(), width}, in.options());
  for (int64_t g = 0; g < join.groups(); ++g) {
    for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e) {
      for (int64_t d = 0; d < width; ++d) {
        const double weight = scale.const_data_ptr<double>()[e * heads + d / (width / heads)];
        out.mutable_data_ptr<double>()[g * width + d] +=
            weight * in.const_data_ptr<double>()[join.rows[e] * width + d];
      }
    }
  }
  return out;
}

at::Tensor segment_dots_plain(const at::Tensor& query, const at::Tensor& x, const Join& join,
                              int64_t heads) {
  const at::Tensor asked = query.detach().to(at::kDouble), rows = x.detach().to(at::kDouble);
  at::Tensor out = at::zeros({join.links(), heads}, at::kDouble);
  for (int64_t g = 0; g < join.groups(); ++g) {
    for (int64_t e = join.offsets[g]; e < join.offsets[g + 1]; ++e)
      out[e].copy_(asked[g].mul(rows[join.rows[e]]).view({heads, -1}).sum(1));
  }
  return out;
}

at::Tensor segment_softmax_sum_plain(const at::Tensor& logits, const at::Tensor& values,
                                     const Join& join, const std::vector<double>& log_weights) {
  at::Tensor of_links = at::zeros({join.links(), logits.size(1)}, at::kDouble);
  for (int64_t e = 0; e < join.links(); ++e) of_links[e].copy_(logits.detach()[join.rows[e]]);
  const double* shifts = log_weights.empty() ? nullptr : log_weights.data();
  return segment_weighted_sum_plain(values, segment_softmax_plain(of_links, join, shifts), join);
}

at::Tensor segment_logsumexp_plain(const at::Tensor& z, const Join& join,
                                   const std::vector<double>& log_weights) {
  std::vector<double> weights;
  for (const double log : log_weights) weights.push_back(std::exp(log));
  return reduce_groups(z, join, weights.empty() ? nullptr : weights.data(),
                       [](const Numbers& values, const Numbers& mass) {
                         double largest = -INFINITY, total = 0;
                         for (size_t i = 0; i < values.size(); ++i)
                           if (mass[i] > 0) largest = std::fmax(largest, values[i]);
                         for (size_t i = 0; i < values.size(); ++i)
                           if (mass[i] > 0) total += mass[i] * std::exp(values[i] - largest);
                         return total > 0 ? largest + std::log(total) : 0;
                       });
}

at::Tensor segment_quantile_plain(const at::Tensor& x, const Join& join, double q,
                                  const double* weights) {
  return reduce_groups(x, join, weights, [&](const Numbers& values, const Numbers& mass) {
    Numbers list;
    for (size_t i = 0; i < values.size(); ++i)
      for (int64_t k = 0; k < std::llround(mass[i]); ++k) list.push_back(values[i]);
    if (list.empty()) return 0.0;
    std::sort(list.begin(), list.end());
    const double place = q * static_cast<double>(list.size() - 1);
    const auto low = static_cast<size_t>(place);
    const size_t high = std::min(low + 1, list.size() - 1);
    return list[low] + (place - static_cast<double>(low)) * (list[high] - list[low]);
  });
}

}  // namespace cenote
