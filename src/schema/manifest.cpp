// SPDX-License-Identifier: Apache-2.0
#include "schema/manifest.h"

#include "base/check.h"
#include "base/files.h"
#include "base/time.h"
#include "schema/yaml.h"

namespace cenote {
namespace {

const std::vector<std::string> kManifestFields{"name",   "manifest_version", "description",
                                               "source", "val_timestamp",    "test_timestamp",
                                               "tables"};
const std::vector<std::string> kTableFields{"pkey",   "time_col",  "fkeys",      "columns",
                                            "source", "values_of", "description"};
const std::vector<std::string> kLinkFields{"columns", "references", "to"};
const std::vector<std::string> kTimeFields{"through"};
const std::vector<std::string> kColumnFields{"type", "ignore", "description"};

/// "a" or [a, b]; null and [] give none.
std::vector<std::string> read_names(const YamlNode& node) {
  std::vector<std::string> names;
  if (node.is_null()) return names;
  if (node.is_scalar()) {
    names.push_back(node.text());
  } else {
    if (!node.is_list()) node.refuse("must be a column name or a list of them");
    for (const YamlNode& item : node.items()) names.push_back(item.text());
  }
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) node.refuse("has an empty column name");
    for (size_t j = 0; j < i; ++j) {
      if (names[i] == names[j]) node.refuse("has column '{}' twice", names[i]);
    }
  }
  return names;
}

/// `driverId: drivers`, or `any_name: {columns: [a, b], references: t, to: [x, y]}`.
ManifestLink read_link(const std::string& key, const YamlNode& node) {
  ManifestLink link;
  if (node.is_scalar()) {
    link.columns = {key};
    link.references = node.text();
  } else {
    if (!node.is_map()) node.refuse("must be a table name or {{columns, references, to}}");
    node.allow_only(kLinkFields);
    const auto references = node.find("references");
    if (!references || references->is_null())
      node.refuse("needs 'references': the table it points to");
    link.references = references->text();
    const auto columns = node.find("columns");
    link.columns = columns ? read_names(*columns) : std::vector<std::string>{key};
    if (const auto to = node.find("to")) link.to_columns = read_names(*to);
    if (link.columns.empty()) node.refuse("needs at least one column");
    if (!link.to_columns.empty() && link.to_columns.size() != link.columns.size()) {
      node.refuse("has {} columns but {} in 'to'", link.columns.size(), link.to_columns.size());
    }
  }
  if (link.references.empty()) node.refuse("references a table without a name");
  return link;
}

ManifestColumn read_column(const std::string& name, const YamlNode& node) {
  ManifestColumn column;
  column.name = name;
  if (node.is_scalar() && !node.is_null()) {  // the short form `age: number`
    column.type = parse_column_type(node.text());
    return column;
  }
  if (!node.is_map()) node.refuse("must be a type or {{type: ...}} or {{ignore: reason}}");
  node.allow_only(kColumnFields);
  if (const auto type = node.find("type"); type && !type->is_null()) {
    try {
      column.type = parse_column_type(type->text());
    } catch (const Error& e) {
      type->refuse("{}", e.what());
    }
  }
  if (const auto ignore = node.find("ignore"); ignore && !ignore->is_null()) {
    if (column.type) node.refuse("has both 'type' and 'ignore'");
    const std::string why = ignore->text();
    if (why != "false") {
      column.type = ColumnType::ignored;
      column.ignored_because = why.empty() || why == "true" ? "the manifest says so" : why;
    }
  }
  if (column.type == ColumnType::ignored && column.ignored_because.empty()) {
    column.ignored_because = "the manifest says so";
  }
  return column;
}

/// `placed_at`, null, or `{through: [order_id]}`: the time of the rows that these columns refer to.
void read_time_column(const YamlNode& node, ManifestTable& table) {
  table.time_column = "";
  if (node.is_null()) return;
  if (!node.is_map()) {
    table.time_column = node.text();
    return;
  }
  node.allow_only(kTimeFields);
  if (const auto links = node.find("through")) table.time_links = read_names(*links);
  if (table.time_links.empty())
    node.refuse("needs 'through': columns that refer to rows with a time");
}

ManifestTable read_table(const std::string& name, const YamlNode& node) {
  ManifestTable table;
  table.name = name;
  if (node.is_null()) return table;  // `orders:` alone: the table is wanted, nothing is declared
  node.allow_only(kTableFields);
  if (const auto source = node.find("source"); source && !source->is_null())
    table.source = source->text();
  if (const auto key = node.find("pkey")) table.primary_key = read_names(*key);
  if (const auto time = node.find("time_col")) read_time_column(*time, table);
  if (const auto columns = node.find("values_of")) {
    table.values_of = read_names(*columns);
    if (!table.values_of.empty() && !table.source.empty())
      node.refuse("has both 'source' and 'values_of'");
  }
  if (const auto links = node.find("fkeys")) {
    table.links.emplace();
    if (links->is_list()) {
      for (const YamlNode& item : links->items()) {
        if (!item.is_map()) item.refuse("must be {{columns, references, to}}");
        table.links->push_back(read_link("", item));
        if (table.links->back().columns.front().empty()) item.refuse("needs 'columns'");
      }
    } else if (!links->is_null()) {
      for (const auto& [key, item] : links->entries()) table.links->push_back(read_link(key, item));
    }
  }
  if (const auto columns = node.find("columns"); columns && !columns->is_null()) {
    for (const auto& [key, item] : columns->entries())
      table.columns.push_back(read_column(key, item));
  }
  return table;
}

std::optional<int64_t> read_time(const YamlNode& root, const char* field) {
  const auto node = root.find(field);
  if (!node || node->is_null()) return std::nullopt;
  try {
    return parse_time(node->text());
  } catch (const Error& e) {
    node->refuse("{}", e.what());
  }
}

}  // namespace

const ManifestTable* Manifest::find_table(std::string_view table) const {
  for (const ManifestTable& candidate : tables) {
    if (candidate.name == table) return &candidate;
  }
  return nullptr;
}

Manifest read_manifest(const std::filesystem::path& path) {
  std::error_code error;
  CENOTE_CHECK(std::filesystem::exists(path, error), not_found, "there is no manifest '{}'",
               path.string());
  return parse_manifest(read_file(path, int64_t{8} << 20), path.string());
}

Manifest parse_manifest(std::string_view text, const std::string& file) {
  const YamlNode root = YamlNode::parse(text, file);
  if (!root.is_map()) root.refuse("must be a map with the fields {}", join_names(kManifestFields));
  Manifest manifest;
  manifest.unknown_fields = root.unknown_keys(kManifestFields);
  if (const auto version = root.find("manifest_version"); version && version->integer() != 1) {
    version->refuse("is {}; this build reads version 1", version->integer());
  }
  if (const auto name = root.find("name"); name && !name->is_null()) manifest.name = name->text();
  if (const auto text_node = root.find("description"); text_node && !text_node->is_null()) {
    manifest.description = text_node->text();
  }
  if (const auto source = root.find("source"); source && !source->is_null())
    manifest.source = source->text();
  manifest.val_timestamp = read_time(root, "val_timestamp");
  manifest.test_timestamp = read_time(root, "test_timestamp");
  if (manifest.val_timestamp && manifest.test_timestamp &&
      *manifest.test_timestamp < *manifest.val_timestamp) {
    root.refuse("test_timestamp {} is before val_timestamp {}",
                format_time(*manifest.test_timestamp), format_time(*manifest.val_timestamp));
  }
  if (const auto tables = root.find("tables"); tables && !tables->is_null()) {
    for (const auto& [name, node] : tables->entries())
      manifest.tables.push_back(read_table(name, node));
  }
  return manifest;
}

}  // namespace cenote
