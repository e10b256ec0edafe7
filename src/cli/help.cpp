// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.h"
#include "cli/detail/arguments.h"
#include "cli/detail/kinds.h"
#include "cli/detail/results.h"
#include "cli/detail/terminal.h"
#include "train/options.h"

namespace cenote {
namespace {

using Json = nlohmann::ordered_json;

Json verb_json(const std::string& name, const CliEntry& entry) {
  return {{"name", name},
          {"summary", entry.info.summary},
          {"usage", entry.usage},
          {"example", entry.info.example}};
}

void print_program(bool json) {
  if (json) {
    Json verbs = Json::array(), kinds = Json::array();
    for (const auto& [name, entry] : cli_registry()) verbs.push_back(verb_json(name, entry));
    for (const Kind& kind : all_kinds())
      kinds.push_back({{"name", kind.name}, {"summary", kind.summary}});
    return print_json({{"verbs", verbs}, {"kinds", kinds}});
  }
  const int width = terminal_width(stdout);
  TextTable verbs({{"verb"}, {"what it does"}}), kinds({{"kind"}, {"what it is"}});
  for (const auto& [name, entry] : cli_registry()) verbs.add_row({name, entry.info.summary});
  for (const Kind& kind : all_kinds()) kinds.add_row({kind.name, kind.summary});
  std::printf("usage: cenote VERB ...\n\n%s\n%s\n", verbs.render(width, "  ").c_str(),
              kinds.render(width, "  ").c_str());
  std::printf(
      "'cenote help VERB' and 'cenote help KIND NAME' say more; see 'cenote list'.\n"
      "Exit codes: 0, 1 failed, 2 usage, 130 interrupted, 143 terminated.\n");
}

/// "in [1, 64]", "one of a, b", "at least 0", or nothing.
std::string range_text(const Option& option) {
  if (!option.choices.empty()) return "one of " + join_names(option.choices);
  if (std::holds_alternative<bool>(option.default_value)) return "true or false";
  if (std::holds_alternative<std::string>(option.default_value)) return "";
  const bool low = option.min > -1e300, high = option.max < 1e300;
  if (low && high) return fmt::format("{:g} to {:g}", option.min, option.max);
  return low    ? fmt::format("at least {:g}", option.min)
         : high ? fmt::format("at most {:g}", option.max)
                : "";
}

void print_options(const std::string& title, const std::vector<Option>& options) {
  if (options.empty()) return;
  TextTable table({{title}, {"default"}, {"what it is"}});
  for (const Option& option : options) {
    const std::string range = range_text(option);
    table.add_row({option.name, to_text(option.default_value),
                   option.help + (range.empty() ? "" : "; " + range)});
  }
  std::printf("\n%s", table.render(terminal_width(stdout), "").c_str());
}

void print_entry(const Kind& kind, const std::string& name, bool json) {
  const EntryInfo* info = kind.find(name);
  if (info == nullptr) {
    throw UsageError(
        fmt::format("no {} '{}'; {}", kind.name, name, choices_hint(name, kind.names())));
  }
  const bool is_model = kind.name == "model";
  const auto training =
      is_model ? train_options_of(model_registry().at(name)) : std::vector<Option>();
  if (json) {
    Json document{{"kind", kind.name}};
    document.update(entry_json(name, *info));
    if (is_model) document["training_options"] = options_json(training);
    return print_json(document);
  }
  const int width = terminal_width(stdout);
  for (const std::string& line : wrap_text(fmt::format("{}: {}", name, info->summary), width))
    std::printf("%s\n", line.c_str());
  for (const auto& [head, text] : {std::pair{"source", info->source}, {"example", info->example}}) {
    const auto lines = wrap_text(text, width - 10);
    for (size_t i = 0; i < lines.size(); ++i)
      std::printf("  %-7s %s\n", i == 0 ? head : "", lines[i].c_str());
  }
  print_options("option", info->options);
  print_options("training", training);
  if (is_model && !(info->options.empty() && training.empty()))
    std::printf("\nSet them with: cenote fit ... --model %s --set NAME=VALUE\n", name.c_str());
  if (!info->options.empty() && (kind.name == "pool" || kind.name == "encode"))
    std::printf("\nSet them with: cenote fit ... --set %s.%s.NAME=VALUE\n", kind.name.c_str(),
                name.c_str());
}

int run(const std::vector<std::string>& words) {
  CLI::App app("what a verb does, what an entry is and which options it has", "cenote help");
  CommonOptions common;
  std::string topic, name;
  app.add_option("TOPIC", topic, "a verb, or a kind such as model or pool");
  app.add_option("NAME", name, "an entry of the kind");
  add_common_options(app, common);
  if (!parse_words(app, words)) return 0;
  if (topic.empty()) {
    print_program(common.json);
    return 0;
  }
  if (name.empty() && cli_registry().has(topic)) {
    const CliEntry& verb = cli_registry().at(topic);
    if (common.json) {
      print_json(verb_json(topic, verb));
      return 0;
    }
    return verb.run({"--help"});
  }
  std::vector<std::string> known = cli_registry().names();
  bool is_kind = false;
  for (const Kind& kind : all_kinds()) {
    known.push_back(kind.name);
    is_kind |= kind.name == topic;
  }
  if (!is_kind)
    throw UsageError(fmt::format("no verb or kind '{}'; {}", topic, choices_hint(topic, known)));
  if (!name.empty()) {
    print_entry(find_kind(topic), name, common.json);
    return 0;
  }
  std::vector<std::string> list{topic};
  if (common.json) list.emplace_back("--json");
  return cli_registry().at("list").run(list);
}

}  // namespace

CENOTE_CLI(help) {
  CliEntry entry;
  entry.info.summary = "what a verb does, what an entry is and which options it has";
  entry.info.source = "ours";
  entry.info.example = "cenote help model sage";
  entry.usage = "cenote help [VERB | KIND NAME]";
  entry.run = run;
  return entry;
}

}  // namespace cenote
