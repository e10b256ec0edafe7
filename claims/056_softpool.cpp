// SPDX-License-Identifier: Apache-2.0
// Claim 56: weighing rows by the softmax of their own values is better than maximum and mean.
#include <algorithm>
#include <string>

#include "base/hash.h"
#include "claim/claim.h"
#include "claims/detail/pictures.h"

namespace cenote {
namespace {

Figures run_claim_056(const ClaimRun& run) {
  const DigitSplit digits = split_digits(run.data, run.quick ? 1000 : 8000, run.quick ? 1000 : 2000,
                                         hash_combine(run.seed, 56));
  const auto accuracy = [&](const PoolChoice& pool) {
    ParameterSet parameters(run.seed);
    const DigitNet net(parameters, pool, pool);
    train_digits(parameters, std::cref(net), digits.train, {.epochs = run.quick ? 2 : 8}, run);
    return digit_accuracy(std::cref(net), digits.test);
  };
  Figures out;
  for (const PoolChoice& pool :
       {PoolChoice{"mean", "mean"}, PoolChoice{"max", "max"},
        PoolChoice{"the cubic mean", "gem", {{"p", "3"}, {"learn", "false"}}},
        PoolChoice{"softpool", "softpool"}})
    out.add("accuracy of " + pool.name, accuracy(pool));
  const double softpool = out.at("accuracy of softpool");
  out.add("softpool less mean", softpool - out.at("accuracy of mean"));
  out.add("softpool less max", softpool - out.at("accuracy of max"));
  return out;
}

}  // namespace

CENOTE_CLAIM(056_softpool) {
  return {.info = {.summary = "Pooling by the softmax of the activations themselves classifies "
                              "better than the mean, and no worse than the maximum.",
                   .source = "Stergiou, Poppe, Kalliatakis 2021, arXiv:2101.00440 (SoftPool)",
                   .example = "cenote claim 56"},
          .setting =
              "MNIST's 10,000 test digits, 8,000 to train on and 2,000 to test, drawn anew for "
              "each seed; two convolutions (16 and 32 channels), each with a pool of 3 x 3 windows "
              "2 apart, 8 epochs. Test accuracy in hundredths.",
          .departs = "a small network on digits instead of ResNets on ImageNet; the exact gradient",
          .data = kDigitFiles,
          .conditions = {{"softpool less mean", Bound::at_least, 0.1, -8},
                         {"softpool less max", Bound::at_least, -0.1, -8}},
          .seeds = 4,
          .quick_seeds = 1,
          .minutes = 8,
          .run = run_claim_056};
}

}  // namespace cenote
