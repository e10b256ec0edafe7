// SPDX-License-Identifier: Apache-2.0
// A ranker, ready to recommend.
#pragma once

#include <memory>

#include "engine/trained.h"

namespace cenote {

/// `prepared`, `entry` and `threads` must outlive it.
std::unique_ptr<Trained> make_trained_ranker(const Prepared& prepared, const ModelContext& context,
                                             int64_t staleness, const Options& options,
                                             const ModelEntry& entry, ThreadPool& threads);

}  // namespace cenote
