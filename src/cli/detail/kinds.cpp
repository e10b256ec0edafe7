// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/kinds.h"

#include "claim/claim.h"
#include "cli/cli.h"
#include "cli/detail/arguments.h"
#include "encode/encode.h"
#include "layer/layer.h"
#include "loss/loss.h"
#include "metric/metric.h"
#include "model/model.h"
#include "pool/pool.h"

namespace cenote {
namespace {

using Json = nlohmann::ordered_json;

template <class Entry>
Kind make_kind(const Registry<Entry>& registry, const std::string& summary) {
  Kind kind{registry.kind(), summary, {}};
  for (const auto& [name, entry] : registry) kind.entries.emplace_back(name, &entry.info);
  return kind;
}

std::string type_name(const OptionValue& value) {
  if (std::holds_alternative<bool>(value)) return "boolean";
  if (std::holds_alternative<int64_t>(value)) return "integer";
  return std::holds_alternative<double>(value) ? "number" : "text";
}

}  // namespace

std::vector<std::string> Kind::names() const {
  std::vector<std::string> out;
  for (const auto& [known, info] : entries) out.push_back(known);
  return out;
}

const EntryInfo* Kind::find(const std::string& name) const {
  for (const auto& [known, info] : entries) {
    if (known == name) return info;
  }
  return nullptr;
}

const std::vector<Kind>& all_kinds() {
  static const std::vector<Kind> kinds{
      make_kind(model_registry(), "what learns"),
      make_kind(layer_registry(), "rows take in what their neighbours know"),
      make_kind(pool_registry(), "many rows become one"),
      make_kind(encode_registry(), "values of a column become numbers"),
      make_kind(loss_registry(), "what training makes small"),
      make_kind(metric_registry(), "how good predictions are"),
      make_kind(claim_registry(), "what papers say, as experiments"),
      make_kind(cli_registry(), "verbs of the command line"),
  };
  return kinds;
}

const Kind& find_kind(const std::string& name) {
  std::vector<std::string> names;
  for (const Kind& kind : all_kinds()) {
    if (kind.name == name) return kind;
    names.push_back(kind.name);
  }
  throw UsageError(fmt::format("no kind '{}'; {}", name, choices_hint(name, names)));
}

Json options_json(const std::vector<Option>& options) {
  Json out = Json::array();
  for (const Option& option : options) {
    Json item{{"name", option.name}, {"type", type_name(option.default_value)}};
    std::visit([&](const auto& value) { item["default"] = value; }, option.default_value);
    const bool number = item["type"] == "integer" || item["type"] == "number";
    if (number && option.min > -1e300) item["min"] = option.min;
    if (number && option.max < 1e300) item["max"] = option.max;
    if (!option.choices.empty()) item["choices"] = option.choices;
    item["help"] = option.help;
    out.push_back(std::move(item));
  }
  return out;
}

Json entry_json(const std::string& name, const EntryInfo& info) {
  return {{"name", name},
          {"summary", info.summary},
          {"source", info.source},
          {"example", info.example},
          {"options", options_json(info.options)}};
}

}  // namespace cenote
