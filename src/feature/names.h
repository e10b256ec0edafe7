// SPDX-License-Identifier: Apache-2.0
// Names of the parts of a feature, as model files have them.
#pragma once

#include <string_view>

#include "feature/feature.h"

namespace cenote {

std::string_view name_of(FeatureSource source);
std::string_view name_of(TermKind kind);
std::string_view name_of(FeaturePool pool);
std::string_view name_of(WindowKind kind);
/// Errors    bad_input for a name that is not known.
FeatureSource source_named(std::string_view name);
TermKind term_named(std::string_view name);
FeaturePool pool_named(std::string_view name);
WindowKind window_named(std::string_view name);

}  // namespace cenote
