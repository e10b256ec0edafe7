// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.h"
#include "program.h"

namespace cenote {
namespace {

TEST(Help, HasAPageForTheProgramEachVerbAndEachEntry) {
  const Outcome program = run_cenote({"help"});
  ASSERT_EQ(program.code, 0) << program.err;
  EXPECT_EQ(run_cenote({"--help"}).out, program.out);
  expect_fits_terminal(program.out);
  for (const auto& [name, entry] : cli_registry()) {
    EXPECT_NE(program.out.find("  " + name), std::string::npos) << name;
    EXPECT_EQ(entry.usage.rfind("cenote " + name, 0), 0u) << entry.usage;
    EXPECT_EQ(entry.info.example.rfind("cenote " + name, 0), 0u) << entry.info.example;
  }
  const Outcome verb = run_cenote({"help", "predict"});
  EXPECT_EQ(verb.code, 0);
  EXPECT_EQ(verb.out, run_cenote({"predict", "--help"}).out);
  EXPECT_NE(verb.out.find("--entities"), std::string::npos);

  const Outcome entry = run_cenote({"help", "model", "sage"});
  ASSERT_EQ(entry.code, 0) << entry.err;
  for (const char* option : {"channels", "fanout", "epochs", "patience"}) {
    EXPECT_NE(entry.out.find(option), std::string::npos) << option;
  }
  expect_fits_terminal(entry.out);
  const auto json = run_cenote({"help", "model", "sage", "--json"}).json();
  EXPECT_EQ(json.at("name"), "sage");
  EXPECT_FALSE(json.at("training_options").empty());
}

TEST(Help, NamesTheNearest) {
  expect_refused(run_cenote({"help", "prdict"}), 2, {"did you mean 'predict'"});
  expect_refused(run_cenote({"help", "model", "sgae"}), 2,
                 {"no model 'sgae'", "did you mean 'sage'"});
}

TEST(CommandLine, SaysItsVersionAndRefusesUnknownVerbs) {
  const Outcome version = run_cenote({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_EQ(version.out, std::string("cenote ") + CENOTE_VERSION + "\n");
  EXPECT_EQ(run_cenote({"--version", "--json"}).json().at("version"), CENOTE_VERSION);
  expect_refused(run_cenote({"evalaute", "x"}), 2,
                 {"no verb 'evalaute'", "did you mean 'evaluate'"});
  const Outcome nothing = run_cenote({});
  EXPECT_EQ(nothing.code, 2);
  EXPECT_EQ(nothing.out, "");
  const Outcome json = run_cenote({"evalaute", "--json"});
  EXPECT_EQ(nlohmann::json::parse(json.err).at("error").at("code"), "bad_input");
}

TEST(CommandLine, MemoryIsASize) {
  for (const char* size : {"8", "8XB", "GB", "-1GB", "1e9TB", "8 GB x"})
    expect_refused(run_cenote({"inspect", "examples/f1", "--memory", size}), 2,
                   {"--memory takes a size as 8GB or 512MB", size});
  expect_refused(run_cenote({"inspect", "examples/f1", "--memory", "100MB"}), 2,
                 {"--memory is at least 256MB, got '100MB'"});
  for (const char* size : {"1g", "512 MiB", "0.5GB"})
    expect_refused(run_cenote({"inspect", "no-such-folder", "--memory", size}), 1,
                   {"no-such-folder"});
}

}  // namespace
}  // namespace cenote
