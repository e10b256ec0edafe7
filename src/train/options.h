// SPDX-License-Identifier: Apache-2.0
// The options of training, as `--set` and the model file have them.
#pragma once

#include <vector>

#include "base/options.h"
#include "train/trainer.h"

namespace cenote {

/// Declared options: epochs, batch, lr, schedule, staleness, weight_decay, patience, max_steps, loss.
std::vector<Option> train_option_list();
/// Those of them that mean something to a model: all to a network, `staleness` to an estimator that reads rows,
/// none that the model itself has an option for.
std::vector<Option> train_options_of(const ModelEntry& model);
TrainOptions train_options(const Options& options, uint64_t seed);

/// Microseconds of `staleness`: the option's, or for `auto` what the task's test seeds will meet.
/// Errors    bad_input for a text that is none of auto, none, a number of days.
int64_t parse_staleness(const std::string& text, int64_t automatic);

}  // namespace cenote
