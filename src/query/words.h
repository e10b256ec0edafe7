// SPDX-License-Identifier: Apache-2.0
// A checked question in plain words.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "query/bound.h"
#include "query/question.h"

namespace cenote::query {

/// {"predict", "whether the smallest qualifying.position in the 30 days after t is at most 3"}, ...
std::vector<std::pair<std::string, std::string>> question_words(const BoundQuestion& question,
                                                                const Schema& schema,
                                                                const EmptyRule& empty);

/// The rule for windows without rows, from the functions of the target.
EmptyRule empty_rule(const BoundQuestion& question);

}  // namespace cenote::query
