// SPDX-License-Identifier: Apache-2.0
// Claim 18: a network over the joined tables, trained end to end, predicts better than trees over the entity's own table.
#include "claims/detail/fitted.h"

namespace cenote {
namespace {

/// The published figures of the reference network and of trees on the entity's table alone.
struct Published {
  const char *task, *metric;
};
constexpr Published kTasks[] = {
    {"driver-position", "mae"}, {"driver-dnf", "auroc"}, {"driver-top3", "auroc"}};

Figures run_claim_018(const ClaimRun& run) {
  Figures out;
  for (const auto& [task, metric] : kTasks) {
    const FittedTask question{kFormula1, task, metric, "frozen"};
    for (const char* model : {"entity_mean", "sage"})
      out.add(std::string(task) + ": " + metric + " of " + model,
              fitted(question, model, {}, run).test);
  }
  return out;
}

}  // namespace

CENOTE_CLAIM(018_relational_networks) {
  return {
      .info = {.summary = "A network over joined tables, trained end to end without features made "
                          "by hand, reaches on Formula 1 what its authors published, and is "
                          "better than the entity's own past.",
               .source = "Robinson et al. 2024, arXiv:2407.20060 (RelBench)",
               .example = "cenote claim 18"},
      .setting =
          "The bundled Formula 1 database, made by RelBench's recipe, and its three tasks under "
          "the frozen protocol; `sage` with its defaults. Test figures; published: position 4.022, "
          "dnf .7262, top3 .7554.",
      .departs =
          "hashed words instead of pretrained word vectors; training that knows how stale "
          "test rows are; the six other databases of the paper are not at hand",
      .data = {kFormula1},
      .conditions = {{"driver-position: mae of sage", Bound::at_most, 4.022, 4.022},
                     {"driver-dnf: auroc of sage", Bound::at_least, 0.7262, 0.7262},
                     {"driver-top3: auroc of sage", Bound::at_least, 0.7554, 0.7554},
                     {"driver-position: mae of entity_mean", Bound::at_least, 4.022, 4.022},
                     {"driver-dnf: auroc of entity_mean", Bound::at_most, 0.7262, 0.7262},
                     {"driver-top3: auroc of entity_mean", Bound::at_most, 0.7554, 0.7554}},
      .seeds = 5,
      .quick_seeds = 0,
      .minutes = 6,
      .alone = true,
      .run = run_claim_018};
}

}  // namespace cenote
