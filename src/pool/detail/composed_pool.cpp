// SPDX-License-Identifier: Apache-2.0
#include "pool/detail/composed_pool.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "base/check.h"

namespace cenote {

std::vector<std::string> split_names(const std::string& text, const std::string& what) {
  std::vector<std::string> out;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const size_t first = text.find_first_not_of(' ', begin);
    const size_t last = text.find_last_not_of(' ', end == 0 ? 0 : end - 1);
    CENOTE_CHECK(first != std::string::npos && first < end && last != std::string::npos, bad_input,
                 "{}: '{}' has an empty name", what, text);
    out.push_back(text.substr(first, last - first + 1));
    begin = end + 1;
  }
  return out;
}

ComposedPool::ComposedPool(const std::string& name, const PoolPlace& place,
                           const std::vector<std::string>& parts)
    : name_(name) {
  bool in_parts = true;
  for (const std::string& part : parts) {
    const PoolEntry& entry = pool_registry().at(part);
    CENOTE_CHECK(part != name && joins_rows(entry.traits) && !entry.traits.needs_query &&
                     !entry.traits.ordered,
                 bad_input, "pool '{}' cannot be a part of '{}': {}", part, name,
                 part == name ? "it would hold itself"
                              : "it needs a query, an order or coordinates, or makes no vector");
    parts_.push_back(entry.make(Options(entry.info.options),
                                {place.parameters, place.name + "." + part, place.width}));
    in_parts &= entry.traits.mergeable;
  }
  if (!in_parts) return;
  const PoolInput none{.rows = at::zeros({0, place.width}, at::kDouble),
                       .join = std::make_shared<Join>()};
  for (const auto& part : parts_) state_sizes_.push_back(part->state(none).size(1));
}

PoolResult ComposedPool::forward(const PoolInput& input) const {
  check_pool_input(name_, {}, input);
  std::vector<at::Tensor> values;
  for (const auto& part : parts_) values.push_back(part->forward(input).value);
  return {combine(values), input.join};
}

/// of(part, its columns of the states, k) of all parts.
template <class Of>
std::vector<at::Tensor> ComposedPool::of_parts(const at::Tensor& states, const Of& of) const {
  CENOTE_CHECK(!state_sizes_.empty(), unsupported,
               "pool '{}' does not work in parts: one of its own does not", name_);
  std::vector<at::Tensor> out;
  int64_t begin = 0;
  for (size_t k = 0; k < parts_.size(); ++k) {
    out.push_back(of(*parts_[k], states.narrow(1, begin, state_sizes_[k]), begin));
    begin += state_sizes_[k];
  }
  return out;
}

at::Tensor ComposedPool::state(const PoolInput& input) const {
  std::vector<at::Tensor> out;
  for (const auto& part : parts_) out.push_back(part->state(input));
  return at::cat(out, 1);
}

at::Tensor ComposedPool::merge(const at::Tensor& one, const at::Tensor& other) const {
  return at::cat(of_parts(one,
                          [&](const Pool& part, const at::Tensor& mine, int64_t begin) {
                            return part.merge(mine.contiguous(),
                                              other.narrow(1, begin, mine.size(1)).contiguous());
                          }),
                 1);
}

at::Tensor ComposedPool::finish(const at::Tensor& state) const {
  return combine(of_parts(state, [](const Pool& part, const at::Tensor& mine,
                                    int64_t) { return part.finish(mine.contiguous()); }))
      .detach();
}

}  // namespace cenote
