// SPDX-License-Identifier: Apache-2.0
// The verb, its exit code, and errors on standard error: one line, or three where a question is pointed into.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>
#include <nlohmann/json.hpp>

#include "cli/cli.h"
#include "cli/detail/arguments.h"
#include "cli/detail/reporter.h"
#include "cli/detail/terminal.h"

namespace cenote {
namespace {

constexpr int kFailed = 1, kUsage = 2;

void print_verbs(std::FILE* out) {
  std::fputs("usage: cenote VERB ...\n\n", out);
  TextTable table({{"verb"}, {"what it does"}});
  for (const auto& [name, entry] : cli_registry()) table.add_row({name, entry.info.summary});
  std::fputs(table.render(terminal_width(out), "  ").c_str(), out);
  std::fputs("\n'cenote VERB --help' says more.\n", out);
}

void print_error(const Error& error, bool json, const std::string& hint) {
  if (json) {
    const nlohmann::ordered_json document{{"error",
                                           {{"code", std::string(to_string(error.code()))},
                                            {"message", error.what()},
                                            {"context", error.context()}}}};
    // A message may quote bytes of the data; what is no UTF-8 must not break the program that reads this.
    std::fprintf(stderr, "%s\n",
                 document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    return;
  }
  std::string line = fmt::format("cenote: {}", error.what());
  for (const std::string& context : error.context()) line += fmt::format(" ({})", context);
  // The lines of a question stay lines: below one of them stands the caret.
  line += hint;
  for (size_t at = 0; at <= line.size();) {
    const size_t end = std::min(line.find('\n', at), line.size());
    std::fprintf(stderr, "%s\n", printable(line.substr(at, end - at)).c_str());
    at = end + 1;
  }
}

}  // namespace

int run_command_line(int argc, char** argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  bool json = false;
  for (const std::string& word : words) json |= word == "--json";
  try {
    if (words.empty()) {
      print_verbs(stderr);
      return kUsage;
    }
    if (words[0] == "--version") {
      std::printf(json ? "{\"version\": \"%s\"}\n" : "cenote %s\n", CENOTE_VERSION);
      return 0;
    }
    if (words[0] == "--help" || words[0] == "-h") words[0] = "help";
    if (words[0] == "help" && !cli_registry().has("help")) {
      print_verbs(stdout);
      return 0;
    }
    if (!cli_registry().has(words[0])) {
      throw UsageError(fmt::format("no verb '{}'; {}", words[0],
                                   choices_hint(words[0], cli_registry().names())));
    }
    const CliEntry& entry = cli_registry().at(words[0]);
    catch_signals();
    const int code = entry.run({words.begin() + 1, words.end()});
    // A full disk or a closed pipe shows only here.
    if (std::fflush(stdout) != 0 || std::ferror(stdout))
      throw Error(ErrorCode::io, "cannot write to standard output");
    return code;
  } catch (const UsageError& e) {
    const bool known = !words.empty() && cli_registry().has(words[0]);
    print_error(e, json, known ? fmt::format("; see 'cenote {} --help'", words[0]) : "");
    return kUsage;
  } catch (const Error& e) {
    if (e.code() == ErrorCode::cancelled && caught_signal() != 0) {
      print_error(e, json, "");
      return 128 + caught_signal();
    }
    print_error(e, json, "");
  } catch (const std::bad_alloc&) {
    print_error(Error(ErrorCode::memory, "not enough memory"), json, "");
  } catch (const std::exception& e) {
    print_error(Error(ErrorCode::internal,
                      fmt::format("{}; this is a bug in Cenote, please report it", e.what())),
                json, "");
  }
  return kFailed;
}

}  // namespace cenote
