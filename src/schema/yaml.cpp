// SPDX-License-Identifier: Apache-2.0
#include "schema/yaml.h"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <set>

#include "base/files.h"

namespace cenote {
namespace {

constexpr int64_t kLargestDocument = 8 << 20;

}  // namespace

struct YamlNode::Document {
  YAML::Node node;
};

YamlNode::YamlNode(std::shared_ptr<const Document> node, std::string where)
    : node_(std::move(node)), where_(std::move(where)) {}

YamlNode YamlNode::child(std::shared_ptr<const Document> node, const std::string& key) const {
  return {std::move(node), where_ + (where_.ends_with(':') ? " " : ".") + key};
}

YamlNode YamlNode::load(const std::filesystem::path& path) {
  return parse(read_file(path, kLargestDocument), path.string());
}

YamlNode YamlNode::parse(std::string_view text, const std::string& file) {
  CENOTE_CHECK(static_cast<int64_t>(text.size()) <= kLargestDocument, bad_input,
               "{}: more than {} bytes of YAML", file, kLargestDocument);
  try {
    auto document = std::make_shared<Document>(Document{YAML::Load(std::string(text))});
    return {std::move(document), file + ":"};
  } catch (const YAML::Exception& e) {
    if (e.mark.is_null()) fail(ErrorCode::bad_input, "{}: no valid YAML: {}", file, e.msg);
    fail(ErrorCode::bad_input, "{}:{}:{}: no valid YAML: {}", file, e.mark.line + 1,
         e.mark.column + 1, e.msg);
  }
}

bool YamlNode::is_null() const { return !node_->node.IsDefined() || node_->node.IsNull(); }
bool YamlNode::is_map() const { return node_->node.IsMap(); }
bool YamlNode::is_list() const { return node_->node.IsSequence(); }
bool YamlNode::is_scalar() const { return node_->node.IsScalar(); }

std::string YamlNode::text() const {
  if (!is_scalar()) refuse("must be a text");
  return node_->node.Scalar();
}

int64_t YamlNode::integer() const {
  const std::string value = text();
  int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size()) {
    refuse("must be a whole number, got '{}'", value);
  }
  return number;
}

std::vector<std::pair<std::string, YamlNode>> YamlNode::entries() const {
  if (!is_map()) refuse("must be a map of names to values");
  std::vector<std::pair<std::string, YamlNode>> out;
  std::set<std::string> seen;
  for (const auto& entry : node_->node) {
    if (!entry.first.IsScalar()) refuse("names must be plain texts");
    const std::string key = entry.first.Scalar();
    if (!seen.insert(key).second) refuse("has '{}' twice", key);
    out.emplace_back(key, child(std::make_shared<Document>(Document{entry.second}), key));
  }
  return out;
}

std::vector<YamlNode> YamlNode::items() const {
  if (!is_list()) refuse("must be a list");
  std::vector<YamlNode> out;
  for (size_t i = 0; i < node_->node.size(); ++i) {
    out.push_back({std::make_shared<Document>(Document{node_->node[i]}),
                   where_ + "[" + std::to_string(i) + "]"});
  }
  return out;
}

std::optional<YamlNode> YamlNode::find(std::string_view key) const {
  for (auto& [name, node] : entries()) {
    if (name == key) return node;
  }
  return std::nullopt;
}

std::vector<std::string> YamlNode::unknown_keys(const std::vector<std::string>& known) const {
  std::vector<std::string> out;
  for (const auto& [name, node] : entries()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) out.push_back(name);
  }
  return out;
}

void YamlNode::allow_only(const std::vector<std::string>& known) const {
  for (const std::string& name : unknown_keys(known)) {
    refuse("no field '{}'; {}", name, choices_hint(name, known));
  }
}

}  // namespace cenote
