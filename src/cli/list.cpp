// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.h"
#include "cli/detail/arguments.h"
#include "cli/detail/kinds.h"
#include "cli/detail/results.h"
#include "cli/detail/terminal.h"

namespace cenote {
namespace {

using Json = nlohmann::ordered_json;

void print_entries(const Kind& kind) {
  TextTable table({{kind.name}, {"what it does"}});
  for (const auto& [name, info] : kind.entries) table.add_row({name, info->summary});
  std::fputs(table.render(terminal_width(stdout), "").c_str(), stdout);
}

int run(const std::vector<std::string>& words) {
  CLI::App app("what there is to choose from", "cenote list");
  CommonOptions common;
  std::string kind;
  app.add_option("KIND", kind,
                 "model, layer, pool, encode, loss, metric, claim or cli; all by default");
  add_common_options(app, common);
  if (!parse_words(app, words)) return 0;
  std::vector<const Kind*> shown;
  if (!kind.empty()) {
    shown.push_back(&find_kind(kind));
  } else {
    for (const Kind& one : all_kinds()) shown.push_back(&one);
  }
  Json kinds = Json::array();
  for (const Kind* one : shown) {
    if (!common.json) {
      if (one != shown.front()) std::putchar('\n');
      print_entries(*one);
      continue;
    }
    Json entries = Json::array();
    for (const auto& [name, info] : one->entries) entries.push_back(entry_json(name, *info));
    kinds.push_back({{"name", one->name}, {"summary", one->summary}, {"entries", entries}});
  }
  if (common.json) print_json({{"kinds", kinds}});
  return 0;
}

}  // namespace

CENOTE_CLI(list) {
  CliEntry entry;
  entry.info.summary =
      "the models, layers, pools, encoders, losses, metrics, claims and verbs that there are";
  entry.info.source = "ours";
  entry.info.example = "cenote list pool";
  entry.usage = "cenote list [KIND]";
  entry.run = run;
  return entry;
}

}  // namespace cenote
