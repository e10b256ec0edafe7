// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <cmath>

namespace cenote {

double Random::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(6.283185307179586476925286766559 * uniform());
}

}  // namespace cenote
