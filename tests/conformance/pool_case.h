// SPDX-License-Identifier: Apache-2.0
// What the laws of pools are tried on: rows, a join with groups of every kind, and whatever else a
// pool's traits ask for.
#pragma once

#include <ATen/ops/randn.h>
#include <torch/csrc/autograd/autograd.h>

#include "base/files.h"
#include "base/random.h"
#include "base/safetensors.h"
#include "pool/pool_helpers.h"
#include "train/checkpoint.h"

namespace cenote {

inline constexpr int64_t kWidth = 8, kRows = 60;

/// Rows, a join over them, and numbers that go with the links: what a PoolInput points to.
struct PoolCase {
  at::Tensor rows;
  std::vector<std::vector<int64_t>> groups;
  std::vector<std::vector<double>> weights, order;  // by group and link
  std::vector<std::vector<double>> coordinates;  // likewise, two a link: whole numbers from 0 to 2
  bool weighted = false;

  /// Groups of no, one, two, five and thirty rows, and one that holds a row of another; distinct
  /// order keys.
  static PoolCase make(at::ScalarType type = at::kDouble) {
    PoolCase out;
    Random random(5);
    at::Tensor rows = at::empty({kRows, kWidth}, at::kDouble);
    for (int64_t i = 0; i < rows.numel(); ++i) rows.mutable_data_ptr<double>()[i] = random.normal();
    out.rows = rows.to(type);
    int64_t next = 0;
    for (const int64_t size : {0, 1, 2, 5, 30, 0, 3}) {
      out.groups.emplace_back();
      for (int64_t i = 0; i < size; ++i) out.groups.back().push_back(next++);
    }
    out.groups.back().push_back(10);
    for (const auto& group : out.groups) {
      out.weights.emplace_back();
      out.order.emplace_back();
      out.coordinates.emplace_back();
      for (size_t i = 0; i < group.size(); ++i) {
        out.weights.back().push_back(static_cast<double>(random.below(4)));
        out.order.back().push_back(random.uniform());
        for (int64_t d = 0; d < 2; ++d)
          out.coordinates.back().push_back(static_cast<double>(random.below(3)));
      }
    }
    return out;
  }

  /// Every link of group g `times(g, i)` times: with its weight and order key.
  template <class Times>
  PoolCase repeated(const Times& times) const {
    PoolCase out = *this;
    for (size_t g = 0; g < groups.size(); ++g) {
      out.groups[g].clear(), out.weights[g].clear(), out.order[g].clear();
      out.coordinates[g].clear();
      for (size_t i = 0; i < groups[g].size(); ++i) {
        for (int64_t k = 0; k < times(g, i); ++k) {
          out.groups[g].push_back(groups[g][i]);
          out.weights[g].push_back(weights[g][i]);
          out.order[g].push_back(order[g][i]);
          for (size_t d = 0; d < 2; ++d) out.coordinates[g].push_back(coordinates[g][2 * i + d]);
        }
      }
    }
    return out;
  }

  /// The links of each group the other way round and a step on.
  PoolCase shuffled() const {
    PoolCase out = *this;
    const auto turn = [](auto& list) {
      std::reverse(list.begin(), list.end());
      if (!list.empty()) std::rotate(list.begin(), list.begin() + 1, list.end());
    };
    for (size_t g = 0; g < groups.size(); ++g) {
      turn(out.groups[g]), turn(out.weights[g]), turn(out.order[g]);
      std::vector<size_t> place(groups[g].size());
      for (size_t i = 0; i < place.size(); ++i) place[i] = i;
      turn(place);
      for (size_t i = 0; i < place.size(); ++i) {
        for (size_t d = 0; d < 2; ++d)
          out.coordinates[g][2 * i + d] = coordinates[g][2 * place[i] + d];
      }
    }
    return out;
  }

  /// One group with copies of its own rows and nothing else.
  PoolCase only(size_t group) const {
    PoolCase out = *this;
    out.groups = {{}};
    out.weights = {weights[group]};
    out.order = {order[group]};
    out.coordinates = {coordinates[group]};
    out.rows = at::empty({static_cast<int64_t>(groups[group].size()), kWidth}, rows.options());
    for (size_t i = 0; i < groups[group].size(); ++i) {
      out.rows[static_cast<int64_t>(i)].copy_(rows[groups[group][i]]);
      out.groups[0].push_back(static_cast<int64_t>(i));
    }
    return out;
  }
};

inline std::vector<double> flat(const std::vector<std::vector<double>>& lists) {
  std::vector<double> out;
  for (const auto& list : lists) out.insert(out.end(), list.begin(), list.end());
  return out;
}

/// What a pool is given of a case. `weights` and `order` must outlive it.
inline PoolInput input_of(const PoolTraits& traits, const PoolCase& c, const at::Tensor& rows,
                          const at::Tensor& query, const std::vector<double>& weights,
                          const std::vector<double>& order) {
  PoolInput input{.rows = rows, .join = make_join(c.groups)};
  if (c.weighted) input.weights = weights.data();
  if (traits.ordered) input.order = order.data();
  if (traits.needs_coordinates) {
    const auto numbers = flat(c.coordinates);
    input.coordinates = at::tensor(numbers, at::kDouble).view({-1, 2});
  }
  if (traits.needs_query)
    input.query = query.defined() ? query : rows.narrow(0, 0, input.join->groups());
  return input;
}

/// The pool's value of a case; `query` is one row a group where the pool asks for it.
inline at::Tensor pool_case(const MadePool& made, const PoolTraits& traits, const PoolCase& c,
                            const at::Tensor& rows, const at::Tensor& query = {}) {
  const auto weights = flat(c.weights), order = flat(c.order);
  return made(input_of(traits, c, rows, query, weights, order));
}

inline at::Tensor pool_case_state(const MadePool& made, const PoolTraits& traits, const PoolCase& c,
                                  const at::Tensor& query) {
  const auto weights = flat(c.weights), order = flat(c.order);
  return made.pool->state(input_of(traits, c, c.rows, query, weights, order));
}

/// The gradient of sum(direction * value), value being that of `inputs`, against central differences of `objective`, which looks
/// at the inputs' numbers.
template <class Objective>
void expect_slopes(const at::Tensor& value, const at::Tensor& direction,
                   const std::vector<at::Tensor>& inputs, const Objective& objective) {
  const auto slopes = torch::autograd::grad({value}, inputs, {direction});
  constexpr double kStep = 1e-6;
  for (size_t i = 0; i < inputs.size(); ++i) {
    double* numbers = inputs[i].detach().mutable_data_ptr<double>();
    const at::Tensor slope = slopes[i].contiguous();
    for (int64_t n = 0; n < inputs[i].numel(); ++n) {
      const double here = numbers[n];
      numbers[n] = here + kStep;
      const double above = objective();
      numbers[n] = here - kStep;
      const double below = objective();
      numbers[n] = here;
      ASSERT_NEAR(slope.const_data_ptr<double>()[n], (above - below) / (2 * kStep), 1e-6)
          << "input " << i;
    }
  }
}

/// Normal numbers of that shape, always the same.
inline at::Tensor fixed_direction(at::IntArrayRef sizes) {
  at::Tensor out = at::empty(sizes, at::kDouble);
  Random random(11);
  for (int64_t i = 0; i < out.numel(); ++i) out.mutable_data_ptr<double>()[i] = random.normal();
  return out;
}

/// The pool made anew from other draws, with its parameters from a file that holds those of `from`.
inline MadePool saved_and_loaded(const std::string& name, const MadePool& from,
                                 at::ScalarType type) {
  const TemporaryFolder folder;
  SafeTensors file;
  for (size_t i = 0; i < from.parameters.names().size(); ++i)
    file.tensors.emplace_back(from.parameters.names()[i], to_raw(from.parameters.tensors()[i]));
  write_safetensors(folder.path() / "pool.safetensors", file);
  const SafeTensors read = read_safetensors(folder.path() / "pool.safetensors");
  MadePool out(name, kWidth, {}, type, 8);
  EXPECT_EQ(read.tensors.size(), out.parameters.names().size());
  for (size_t i = 0; i < out.parameters.names().size(); ++i) {
    const std::string& parameter = out.parameters.names()[i];
    at::Tensor target = out.parameters.tensors()[i].detach();
    copy_from_raw(parameter, read.at(parameter), target);
  }
  return out;
}

}  // namespace cenote
