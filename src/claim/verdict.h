// SPDX-License-Identifier: Apache-2.0
// From figures to a verdict, by a rule that does not know the claim.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "claim/claim.h"

namespace cenote {

enum class Verdict { holds, fails, undecided, skipped };
std::string verdict_name(Verdict verdict);
/// Errors bad_input, listing the names.
Verdict verdict_of(const std::string& name);

/// A mean over seeds and where it would lie in 95 of 100 repetitions, by Student's t. Of one seed: both ends are its value.
struct MeanInterval {
  double mean, low, high;
};
MeanInterval mean_interval(std::span<const double> values);

struct JudgedCondition {
  ClaimCondition condition;
  double threshold;  // the one that applied
  MeanInterval value;
  Verdict verdict;
};

/// holds: the whole interval keeps the bound; fails: none of it does; else undecided, as where a value is not finite.
JudgedCondition judge(const ClaimCondition& condition, bool quick, std::span<const double> values);

/// fails if a condition fails, holds if all hold, else undecided; and why, in one sentence.
struct Judgement {
  Verdict verdict;
  std::string reason;
};
Judgement judge_all(const std::vector<JudgedCondition>& conditions);

}  // namespace cenote
