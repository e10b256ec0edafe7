// SPDX-License-Identifier: Apache-2.0
// A registry: the entries of one kind by name. The build writes one per kind from the file names
// (cmake/kind.cmake), so that an entry is one source file and nothing else.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/options.h"

namespace cenote {

/// What every entry of every kind says about itself: help pages and checks are made from it.
struct EntryInfo {
  std::string summary;  // one line
  std::string source;   // paper and equation, or "ours"
  std::string example;  // a command line or a few numbers
  std::vector<Option> options = {};
};

/// Entries in name order. An Entry has a member `EntryInfo info`.
template <class Entry>
class Registry {
 public:
  Registry(std::string kind, std::vector<std::pair<std::string, Entry>> entries)
      : kind_(std::move(kind)), entries_(std::move(entries)) {}

  /// Errors    not_found, listing the names there are.
  const Entry& at(std::string_view name) const {
    for (const auto& [known, entry] : entries_) {
      if (known == name) return entry;
    }
    fail(ErrorCode::not_found, "no {} '{}'; {}", kind_, name, choices_hint(name, names()));
  }

  bool has(std::string_view name) const {
    for (const auto& [known, entry] : entries_) {
      if (known == name) return true;
    }
    return false;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& [name, entry] : entries_) out.push_back(name);
    return out;
  }

  const std::string& kind() const { return kind_; }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::string kind_;
  std::vector<std::pair<std::string, Entry>> entries_;
};

}  // namespace cenote
