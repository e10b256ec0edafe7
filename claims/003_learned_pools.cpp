// SPDX-License-Identifier: Apache-2.0
// Claim 3: pools that learn how to mix maximum and mean are at least as good as either.
#include <algorithm>
#include <string>

#include "base/hash.h"
#include "claim/claim.h"
#include "claims/detail/pictures.h"

namespace cenote {
namespace {

const PoolChoice kGated{"gated", "gated"}, kTree{"tree", "tree", {{"leaves", "max,mean,std,min"}}};

Figures run_claim_003(const ClaimRun& run) {
  const DigitSplit digits = split_digits(run.data, run.quick ? 1000 : 8000, run.quick ? 1000 : 2000,
                                         hash_combine(run.seed, 3));
  const auto error = [&](const PoolChoice& first, const PoolChoice& second) {
    ParameterSet parameters(run.seed);
    const DigitNet net(parameters, first, second);
    train_digits(parameters, std::cref(net), digits.train, {.epochs = run.quick ? 2 : 8}, run);
    return 100 - digit_accuracy(std::cref(net), digits.test);
  };
  Figures out;
  double best_fixed = 100, best_learned = 100, worst_learned = 0;
  for (const char* name : {"max", "mean"}) {
    out.add(std::string("error of ") + name, error({name, name}, {name, name}));
    best_fixed = std::min(best_fixed, out.all().back().second);
  }
  struct Learned {
    std::string name;
    PoolChoice first, second;
  };
  const PoolChoice mixed{"mixed", "mixed"};
  for (const Learned& each :
       {Learned{"mixed", mixed, mixed}, Learned{"gated", kGated, kGated},
        Learned{"tree", kTree, kTree}, Learned{"tree then gated", kTree, kGated}}) {
    out.add("error of " + each.name, error(each.first, each.second));
    best_learned = std::min(best_learned, out.all().back().second);
    worst_learned = std::max(worst_learned, out.all().back().second);
  }
  out.add("worst learned less best fixed", worst_learned - best_fixed);
  out.add("best learned less best fixed", best_learned - best_fixed);
  return out;
}

}  // namespace

CENOTE_CLAIM(003_learned_pools) {
  return {
      .info = {.summary = "Pools that learn how to mix maximum and mean, by a number, by a gate or "
                          "by a tree of gates, are no worse than the better of the two, and the "
                          "best of them is better.",
               .source = "Lee, Gallagher, Tu 2016, arXiv:1509.08985",
               .example = "cenote claim 3"},
      .setting =
          "MNIST's 10,000 test digits, 8,000 to train on and 2,000 to test, drawn anew for each "
          "seed; two convolutions (16 and 32 channels), each with a pool of 3 x 3 windows 2 apart, "
          "8 epochs. Test errors in hundredths.",
      .departs =
          "a fifth of MNIST and a smaller network; the tree's leaves are pools (maximum, "
          "mean, deviation, minimum) instead of linear filters, which would depend on order",
      .data = kDigitFiles,
      .conditions = {{"worst learned less best fixed", Bound::at_most, 0.1, 0.1},
                     {"best learned less best fixed", Bound::at_most, -0.1, -0.1}},
      .seeds = 4,
      .quick_seeds = 0,
      .minutes = 8,
      .run = run_claim_003};
}

}  // namespace cenote
