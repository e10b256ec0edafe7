// SPDX-License-Identifier: Apache-2.0
// Several models tried, what they are good for weighed on validation, the simplest that is good enough kept: a
// person who asks a question need not know which model answers it.
//
// The work is engine/search.h (what is trained, within the budget of `fit`), train/stack.h (how much of each is
// taken, and whether that is worth it) and engine/stack.h (the model that comes of it).
//
// Shapes    those of the members: their predictions are averaged.
// Options   models (which may be tried), keep, joins, searcher, tries, pool, pool_tries. "model.NAME.OPTION" sets an option of a member; what is fixed so is not
//           searched.
// Cost      the time budget of `fit`, less where nothing worth trying is left.
// Source    successive halving: Jamieson, Talwalkar 2016, arXiv:1502.07943; the stack: Caruana et al. 2004; one
//           standard error: Breiman et al. 1984, Classification and regression trees; joins: Choi et al. 2025,
//           arXiv:2506.01360.
#include "model/model.h"

namespace cenote {

CENOTE_MODEL(auto) {
  ModelEntry entry;
  entry.info = {
      "the other models, tried within a time budget: the simplest that is as good as the best",
      "Caruana et al. 2004 (stack), Jamieson, Talwalkar 2016 (successive halving)",
      "cenote fit examples/f1 --task driver-dnf --budget \"2 minutes\"",
      {{"models",
        std::string("constant,entity_mean,boost,sage,relgnn,popularity,repeat,rerank,two_tower"),
        "which may be tried, from simple to complex; those that do not answer the task's type are "
        "passed over",
        0,
        0,
        {}},
       {"keep",
        std::string("simplest"),
        "the simplest that is at most one standard error behind the best, or the best",
        0,
        0,
        {"simplest", "best"}},
       {"joins",
        std::string("all"),
        "search: look for the links that the best network should follow, on validation",
        0,
        0,
        {"all", "search"}},
       {"searcher",
        std::string("greedy"),
        "how joins are searched for",
        0,
        0,
        {"greedy", "evolutionary", "random"}},
       {"tries",
        int64_t{24},
        "sets of joins that a search tries, each for a fifth of the epochs",
        1,
        10000,
        {}},
       {"pool",
        std::string("usual"),
        "search: look for the pools that suit the relations of the best network, on validation",
        0,
        0,
        {"usual", "search"}},
       {"pool_tries",
        int64_t{24},
        "choices of pools that a search tries, each for a fifth of the epochs",
        1,
        10000,
        {}}}};
  entry.looks_back = true;
  return entry;
}

}  // namespace cenote
