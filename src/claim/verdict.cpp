// SPDX-License-Identifier: Apache-2.0
#include "claim/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace cenote {
namespace {

constexpr std::array<std::pair<Verdict, const char*>, 4> kNames{{{Verdict::holds, "holds"},
                                                                 {Verdict::fails, "fails"},
                                                                 {Verdict::undecided, "undecided"},
                                                                 {Verdict::skipped, "skipped"}}};

/// The 97.5 % quantile of Student's t by degrees of freedom, from 1. Source: any statistics table.
double student_quantile(size_t freedom) {
  constexpr std::array<double, 10> kQuantiles{12.706, 4.303, 3.182, 2.776, 2.571,
                                              2.447,  2.365, 2.306, 2.262, 2.228};
  if (freedom <= kQuantiles.size()) return kQuantiles[freedom - 1];
  // Cornish and Fisher's expansion, within .001 from 11 degrees on.
  const double z = 1.959964, n = static_cast<double>(freedom);
  return z + (z * z * z + z) / (4 * n) +
         (5 * std::pow(z, 5) + 16 * std::pow(z, 3) + 3 * z) / (96 * n * n);
}

std::string words(const JudgedCondition& one) {
  return fmt::format("{} is {:.4g}{}, {} {:.4g}", one.condition.figure, one.value.mean,
                     one.value.low == one.value.high
                         ? ""
                         : fmt::format(" ({:.4g} to {:.4g})", one.value.low, one.value.high),
                     one.condition.bound == Bound::at_least ? "to be at least" : "to be at most",
                     one.threshold);
}

}  // namespace

std::string verdict_name(Verdict verdict) {
  for (const auto& [known, name] : kNames) {
    if (known == verdict) return name;
  }
  fail(ErrorCode::internal, "a verdict without a name");
}

Verdict verdict_of(const std::string& name) {
  for (const auto& [verdict, known] : kNames) {
    if (known == name) return verdict;
  }
  fail(ErrorCode::bad_input, "no verdict '{}'; it is holds, fails, undecided or skipped", name);
}

MeanInterval mean_interval(std::span<const double> values) {
  CENOTE_CHECK(!values.empty(), internal, "a mean over no seeds");
  const double count = static_cast<double>(values.size());
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / count;
  if (values.size() == 1) return {mean, mean, mean};
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double error = std::sqrt(squares / (count - 1) / count);
  const double half = error * student_quantile(values.size() - 1);
  return {mean, mean - half, mean + half};
}

JudgedCondition judge(const ClaimCondition& condition, bool quick, std::span<const double> values) {
  JudgedCondition out{.condition = condition,
                      .threshold = quick ? condition.quick : condition.threshold,
                      .value = mean_interval(values),
                      .verdict = Verdict::undecided};
  if (!std::isfinite(out.value.low) || !std::isfinite(out.value.high)) return out;
  const bool least = condition.bound == Bound::at_least;
  const double worst = least ? out.value.low : -out.value.high;
  const double best = least ? out.value.high : -out.value.low;
  const double wanted = least ? out.threshold : -out.threshold;
  if (worst >= wanted) out.verdict = Verdict::holds;
  if (best < wanted) out.verdict = Verdict::fails;
  return out;
}

Judgement judge_all(const std::vector<JudgedCondition>& conditions) {
  for (const Verdict verdict : {Verdict::fails, Verdict::undecided}) {
    for (const JudgedCondition& one : conditions) {
      if (one.verdict == verdict) return {verdict, words(one)};
    }
  }
  std::string all;
  for (const JudgedCondition& one : conditions) all += (all.empty() ? "" : "; ") + words(one);
  return {Verdict::holds, all};
}

}  // namespace cenote
