// SPDX-License-Identifier: Apache-2.0
// From effects to what users get: names, keys and values as text.
#pragma once

#include "cenote/explain.h"
#include "engine/effects.h"

namespace cenote {

/// `prediction`: as it is shown. `cells`: how many rows and cells are named.
Explanation to_explanation(const Prepared& prepared, const Seed& seed, SeedEffects effects,
                           double prediction, int64_t cells);

}  // namespace cenote
