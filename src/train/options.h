// SPDX-License-Identifier: Apache-2.0
// The options of training, as `--set` and the model file have them.
#pragma once

#include <vector>

#include "base/options.h"
#include "train/trainer.h"

namespace cenote {

/// Declared options: epochs, batch, lr, schedule, weight_decay, patience, max_steps, loss.
std::vector<Option> train_option_list();
TrainOptions train_options(const Options& options, uint64_t seed);

}  // namespace cenote
