// SPDX-License-Identifier: Apache-2.0
// Multi: several pools of the same rows, side by side, and how many rows there are if wanted.
//
// Shapes    rows [N, D] float32 or float64, join with G groups, weights [E] or none; result
//           [G, sum of the pools' widths (+ 1)].
// Empty     as the pools: zeros for those of this library.
// Options   pools, default "mean,max,min,std": names of pools, with their default options. count, false: ln(1 + n) as a
//           last column, n being the weight of the group. Parameters are the pools', below <name>.<pool>.
// Errors    as `sum`; bad_input for a pool that needs more than rows or an empty list; not_found for none.
// Gradient  with respect to rows and the pools' parameters.
// Merge     the pools' states, where all have one.
// Cost      that of the pools.
// Threads   safe to call concurrently.
// Source    Corso et al. 2020, arXiv:2004.05718 (PNA), without its scalers: the count stands beside instead.
#include <ATen/ops/cat.h>

#include "kernel/scalar_map.h"
#include "pool/detail/composed_pool.h"
#include "pool/detail/make_pool.h"

namespace cenote {
namespace {

constexpr PoolTraits kTraits{.mergeable = true, .blind_to_count = true};

std::vector<std::string> names_of(const Options& options) {
  auto names = split_names(options.get_text("pools"), "option 'pools' of pool 'multi'");
  if (options.get_bool("count")) names.push_back("count");
  return names;
}

class MultiPool : public ComposedPool {
 public:
  MultiPool(const Options& options, const PoolPlace& place)
      : ComposedPool("multi", place, names_of(options)), counts_(options.get_bool("count")) {}

 private:
  at::Tensor combine(const std::vector<at::Tensor>& values) const override {
    if (!counts_) return at::cat(values, 1);
    std::vector<at::Tensor> out(values.begin(), values.end() - 1);
    out.push_back(map_log1p(values.back()));
    return at::cat(out, 1);
  }

  bool counts_;
};

int64_t total_width(const Options& options, int64_t width) {
  int64_t total = 0;
  for (const std::string& name : names_of(options)) {
    const PoolEntry& pool = pool_registry().at(name);
    total += pool.out_width(Options(pool.info.options), width);
  }
  return total;
}

}  // namespace

CENOTE_POOL(multi) {
  return {.info = {.summary = "several pools side by side, and the number of rows if wanted",
                   .source = "Corso et al. 2020, arXiv:2004.05718 (PNA)",
                   .example = "cenote fit examples/f1 --task driver-dnf --set pool=multi --set "
                              "pool.multi.pools=mean,max --set pool.multi.count=true",
                   .options = {{.name = "pools",
                                .default_value = std::string("mean,max,min,std"),
                                .help = "names of pools, separated by commas"},
                               {.name = "count",
                                .default_value = false,
                                .help = "the logarithm of the number of rows as a last column"}}},
          .traits = kTraits,
          .make = make_pool<MultiPool>,
          .out_width = total_width};
}

}  // namespace cenote
