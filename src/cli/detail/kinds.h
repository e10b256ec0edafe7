// SPDX-License-Identifier: Apache-2.0
// The registries as one list: what 'cenote list' and 'cenote help' read.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/registry.h"

namespace cenote {

struct Kind {
  std::string name;     // "pool"
  std::string summary;  // "many rows become one"
  std::vector<std::pair<std::string, const EntryInfo*>> entries;

  std::vector<std::string> names() const;
  const EntryInfo* find(const std::string& name) const;  // null: no such entry
};

const std::vector<Kind>& all_kinds();
/// Errors    UsageError, listing the kinds.
const Kind& find_kind(const std::string& name);

/// {name, summary, source, example, options:[{name, type, default, min, max, choices, help}]}
nlohmann::ordered_json entry_json(const std::string& name, const EntryInfo& info);
nlohmann::ordered_json options_json(const std::vector<Option>& options);

}  // namespace cenote
