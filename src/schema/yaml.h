// SPDX-License-Identifier: Apache-2.0
// Reading YAML with messages that name the file and the field.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"

namespace cenote {

/// A node of a YAML document that knows where it stands ("manifest.yaml: tables.races.pkey").
///
/// Errors    bad_input naming file and field, for everything; never a foreign exception.
/// Ownership a handle; the document lives as long as any of its nodes.
class YamlNode {
 public:
  /// Documents above 8 MB or nested too deeply are refused.
  static YamlNode load(const std::filesystem::path& path);
  static YamlNode parse(std::string_view text, const std::string& file);

  bool is_null() const;
  bool is_map() const;
  bool is_list() const;
  bool is_scalar() const;

  std::string text() const;
  int64_t integer() const;
  /// The entries of a map in document order; a key twice is an error.
  std::vector<std::pair<std::string, YamlNode>> entries() const;
  std::vector<YamlNode> items() const;
  /// The entry of a map if there is one; null values are there.
  std::optional<YamlNode> find(std::string_view key) const;
  std::vector<std::string> unknown_keys(const std::vector<std::string>& known) const;
  /// Fails on a key that is not known, listing the known ones.
  void allow_only(const std::vector<std::string>& known) const;

  /// "manifest.yaml: tables.races.pkey".
  const std::string& where() const { return where_; }

  template <class... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) const {
    // The document itself is "manifest.yaml:".
    cenote::fail(ErrorCode::bad_input, "{}{} {}", where_, where_.ends_with(':') ? "" : ":",
                 fmt::format(format, std::forward<Args>(args)...));
  }

 private:
  struct Document;
  YamlNode(std::shared_ptr<const Document> node, std::string where);
  YamlNode child(std::shared_ptr<const Document> node, const std::string& key) const;

  std::shared_ptr<const Document> node_;
  std::string where_;
};

}  // namespace cenote
