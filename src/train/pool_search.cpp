// SPDX-License-Identifier: Apache-2.0
#include "train/pool_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"

namespace cenote {
namespace {

using Choice = std::vector<std::pair<std::string, std::string>>;  // relation, pool

std::string to_text(const std::string& usual, const Choice& choice) {
  std::string out = usual;
  for (const auto& [relation, pool] : choice) out += "," + relation + ":" + pool;
  return out;
}

}  // namespace

PoolSearchResult search_pools(const std::vector<std::string>& relations, const PoolJudge& judge,
                              const PoolSearchOptions& options) {
  CENOTE_ASSERT(!options.pools.empty());
  PoolSearchResult result{.best = options.pools[0], .value = std::nan(""), .tried = {}};
  const auto is_better = [&](double a, double b) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(b) && !std::isnan(a);
    return options.higher_is_better ? a > b : a < b;
  };
  const auto spent = [&] { return std::ssize(result.tried) >= options.tries; };
  const auto is_best = [&](const std::string& text) {
    const double value = result.tried[text] = judge(text);
    if (!is_better(value, result.value)) return false;
    result.best = text;
    result.value = value;
    return true;
  };

  for (const std::string& pool : options.pools) {
    if (!spent()) is_best(pool);
  }
  std::vector<std::string> pools = options.pools;
  std::erase_if(pools, [&](const std::string& pool) { return !result.tried.contains(pool); });
  std::stable_sort(pools.begin(), pools.end(), [&](const std::string& a, const std::string& b) {
    return is_better(result.tried[a], result.tried[b]);
  });
  const std::string usual = result.best;
  Choice kept;
  for (const std::string& relation : relations) {
    Choice best = kept;
    for (const std::string& pool : pools) {
      if (pool == usual || spent()) continue;
      Choice one = kept;
      one.emplace_back(relation, pool);
      if (is_best(to_text(usual, one))) best = one;
    }
    kept = best;
  }
  return result;
}

}  // namespace cenote
