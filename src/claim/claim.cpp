// SPDX-License-Identifier: Apache-2.0
#include "claim/claim.h"

#include <fmt/format.h>

#include <algorithm>

namespace cenote {

void ClaimRun::check_cancelled() const {
  CENOTE_CHECK(!cancelled || !cancelled(), cancelled, "stopped");
}

void Figures::add(const std::string& name, double value) {
  for (const auto& [known, other] : values_) {
    CENOTE_CHECK(known != name, internal, "two figures are called '{}'", name);
  }
  values_.emplace_back(name, value);
}

double Figures::at(const std::string& name) const {
  const auto found =
      std::find_if(values_.begin(), values_.end(), [&](const auto& v) { return v.first == name; });
  CENOTE_CHECK(found != values_.end(), internal, "no figure is called '{}'", name);
  return found->second;
}

std::string figure_at(const std::string& series, double x) {
  return fmt::format("{} at {:g}", series, x);
}

int64_t claim_number(const std::string& name) { return std::stoll(name.substr(0, 3)); }

}  // namespace cenote
