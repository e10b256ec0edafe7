// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "cli/detail/run_path.h"
#include "program.h"

namespace cenote {
namespace {

namespace fs = std::filesystem;

TEST(Fit, WritesARunFolderAndSaysSo) {
  const TrainedRun& run = trained_run();
  const auto json = run.fit.json();
  EXPECT_EQ(json.at("run"), run.path);
  EXPECT_EQ(json.at("task"), "driver-top3");
  EXPECT_EQ(json.at("model"), "sage");
  EXPECT_EQ(json.at("protocol"), "rolling");
  EXPECT_EQ(json.at("as_of"), "inclusive");
  EXPECT_EQ(json.at("seed"), 0);
  EXPECT_EQ(json.at("best_epoch"), 1);
  EXPECT_GT(json.at("validation").at("value").get<double>(), 0);
  EXPECT_GT(json.at("seconds").at("train").get<double>(), 0);
  EXPECT_GT(json.at("counters").at("links_per_second").get<double>(), 0);
  for (const char* name : {"model.safetensors", "run.json", "metrics.json", "log.jsonl"}) {
    EXPECT_TRUE(fs::is_regular_file(fs::path(run.path) / name)) << name;
  }
  const auto log = lines_of(read_file(fs::path(run.path) / "log.jsonl"));
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(nlohmann::json::parse(log[0]).at("epoch"), 1);
}

TEST(Fit, WithJsonEveryLineOfStandardErrorIsJson) {
  for (const std::string& line : lines_of(trained_run().fit.err)) {
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  }
}

TEST(Fit, PrintsPlainLinesWhereThereIsNoTerminal) {
  const TemporaryFolder folder;
  const Outcome outcome = run_cenote(tiny_fit((folder.path() / "run").string()));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("epoch 1/1"), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.err.find('\r'), std::string::npos);
  EXPECT_EQ(outcome.err.find('\x1b'), std::string::npos);
  EXPECT_NE(outcome.out.find("driver-top3 by sage, rolling"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("(epoch 1 of 1)"), std::string::npos) << outcome.out;
  // The same words give the same model.
  EXPECT_EQ(read_file(folder.path() / "run" / "model.safetensors"),
            read_file(fs::path(trained_run().path) / "model.safetensors"));
}

TEST(Fit, WithoutAModelTriesSeveralAndSaysWhichItKept) {
  const TemporaryFolder folder;
  const std::string run = (folder.path() / "run").string();
  const Outcome outcome =
      run_cenote({"fit", f1(), "--task", "driver-top3", "--budget", "4 seconds", "--out", run});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  for (const char* part : {"model  constant", "auroc 0.5000", "left at most"})
    EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
  for (const char* part : {"driver-top3 by auto, rolling", "kept", "behind the best", "made of"})
    EXPECT_NE(outcome.out.find(part), std::string::npos) << outcome.out;
  expect_fits_terminal(outcome.out);
  EXPECT_TRUE(fs::is_regular_file(fs::path(run) / "schedule.json"));
  EXPECT_GE(lines_of(read_file(fs::path(run) / "log.jsonl")).size(), 2u);
  const auto metrics = nlohmann::json::parse(read_file(fs::path(run) / "metrics.json"));
  EXPECT_FALSE(metrics.at("chosen").at("kept").get<std::string>().empty());
  EXPECT_EQ(run_cenote({"evaluate", run, "--quiet"}).code, 0);
}

TEST(Fit, SaysNothingOnStandardErrorWithQuiet) {
  const TemporaryFolder folder;
  const Outcome outcome =
      run_cenote({"fit", f1(), "--task", "driver-position", "--model", "constant", "--quiet",
                  "--out", (folder.path() / "run").string()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  EXPECT_NE(outcome.out.find("driver-position by constant, rolling"), std::string::npos)
      << outcome.out;
  expect_fits_terminal(outcome.out);
}

TEST(Fit, RefusesWordsThatMakeNoSense) {
  expect_refused(run_cenote({"fit", f1()}), 2, {"--task"});
  expect_refused(run_cenote({"fit", f1(), "--task", "t", "--modle", "sage"}), 2,
                 {"'--modle'", "did you mean '--model'"});
  expect_refused(run_cenote({"fit", f1(), "--task", "t", "--model", "sgae"}), 2,
                 {"'sgae'", "did you mean 'sage'"});
  expect_refused(run_cenote({"fit", f1(), "--task", "t", "--model", "sage", "--set", "epoch=1"}), 2,
                 {"'epoch'", "did you mean 'epochs'"});
  expect_refused(run_cenote({"fit", f1(), "--task", "t", "--model", "sage", "--set", "epochs=0"}),
                 2, {"'epochs'", "[1, 10000]"});
  expect_refused(run_cenote({"fit", f1(), "--task", "t", "--set", "epochs"}), 2, {"key=value"});
  expect_refused(run_cenote({"fit", f1(), "--task", "t", "--protocol", "honest"}), 2,
                 {"--protocol"});
  expect_refused(run_cenote({"fit", f1(), "--task", "t", "--seed", "-1"}), 2, {"--seed"});
  expect_refused(run_cenote({"fit", f1(), "--task", "t", "--set", "epochs=1"}), 2,
                 {"model.relgnn.epochs"});
  expect_refused(run_cenote({"fit", f1(), "--task", "t", "--budget", "soon"}), 2,
                 {"--budget: 'soon'"});
  expect_refused(run_cenote({"fit", f1(), "--task", "t", "--model", "sage", "--budget", "1 hour"}),
                 2, {"model auto"});
  expect_refused(run_cenote({"fit", f1(), "PREDICT x", "--task", "driver-dnf"}), 2,
                 {"a question and --task are both given"});
}

TEST(Fit, PointsIntoAQuestionThatIsWrong) {
  const Outcome run = run_cenote({"fit", f1(), "PREDICT COUNT(results.*, 0, 30) > 0"});
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err.rfind("cenote: line 1, column 36: expected FOR EACH and the key", 0), 0u)
      << run.err;
  EXPECT_NE(run.err.find("\n  PREDICT COUNT(results.*, 0, 30) > 0\n" + std::string(37, ' ') + "^"),
            std::string::npos)
      << run.err;
}

TEST(Fit, RefusesWhatIsNotThereAndWritesNothing) {
  const TemporaryFolder folder;
  const std::string out = (folder.path() / "run").string();
  expect_refused(run_cenote({"fit", f1(), "--task", "driver-topp3", "--out", out}), 1,
                 {"driver-topp3", "driver-top3"});
  expect_refused(run_cenote({"fit", f1() + "x", "--task", "driver-top3", "--out", out}), 1,
                 {"f1x"});
  EXPECT_FALSE(fs::exists(out));
}

TEST(Fit, LeavesOtherRunsAndFoldersAlone) {
  const TrainedRun& run = trained_run();
  const std::string before = read_file(fs::path(run.path) / "model.safetensors");
  expect_refused(run_cenote({"fit", f1(), "--task", "driver-dnf", "--out", run.path}), 1,
                 {"holds a run of task 'driver-top3' with model 'sage'"});
  EXPECT_EQ(read_file(fs::path(run.path) / "model.safetensors"), before);
  const TemporaryFolder folder;
  write_file_atomically(folder.path() / "thesis.txt", "words");
  expect_refused(run_cenote({"fit", f1(), "--task", "driver-dnf", "--out", folder.path().string()}),
                 1, {"is not empty and holds no run"});
}

TEST(Fit, InterruptedLeavesACheckpointThatResumeContinuesToTheSameBytes) {
  const TemporaryFolder folder;
  const std::string straight = (folder.path() / "straight").string(),
                    cut = (folder.path() / "cut").string();
  const std::vector<std::string> more{"--set", "epochs=6", "--quiet"};
  ASSERT_EQ(run_cenote(tiny_fit(straight, more)).code, 0);

  Program program(CENOTE_BINARY, tiny_fit(cut, more));
  ASSERT_TRUE(program.wait_for(fs::path(cut) / "checkpoint.safetensors"));
  program.signal(SIGINT);
  const Outcome stopped = program.wait();
  EXPECT_EQ(stopped.code, 130);
  EXPECT_NE(stopped.err.find("--resume"), std::string::npos) << stopped.err;
  EXPECT_EQ(lines_of(stopped.err).size(), 1u) << stopped.err;
  EXPECT_FALSE(fs::exists(fs::path(cut) / "model.safetensors"));
  expect_refused(run_cenote({"evaluate", cut}), 1, {"was its fit finished"});

  auto again = tiny_fit(cut, more);
  again.emplace_back("--resume");
  const Outcome resumed = run_cenote(again);
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_EQ(read_file(fs::path(cut) / "model.safetensors"),
            read_file(fs::path(straight) / "model.safetensors"));
  // The log has every epoch, those before the interruption too.
  const auto log = lines_of(read_file(fs::path(cut) / "log.jsonl"));
  const auto expected = lines_of(read_file(fs::path(straight) / "log.jsonl"));
  ASSERT_EQ(log.size(), 6u);
  ASSERT_EQ(expected.size(), 6u);
  for (size_t i = 0; i < log.size(); ++i) {
    const auto line = nlohmann::json::parse(log[i]), other = nlohmann::json::parse(expected[i]);
    EXPECT_EQ(line.at("epoch"), i + 1);
    EXPECT_EQ(line.at("loss"), other.at("loss"));
    EXPECT_EQ(line.at("auroc"), other.at("auroc"));
  }
}

TEST(Fit, AProfileNamesTheLargestPhase) {
  const TemporaryFolder folder("cenote-test");
  const Outcome done =
      run_cenote(tiny_fit((folder.path() / "run").string(), {"--set", "epochs=1", "--profile"}));
  ASSERT_EQ(done.code, 0) << done.err;
  for (const char* phase : {"encode", "gather", "layers", "backward", "update", "validate",
                            "wait_for_samples", "sample_in_background", "largest"})
    EXPECT_NE(done.out.find(phase), std::string::npos) << phase << "\n" << done.out;
}

/// And an option of a model wins over the one of training that has its name.
TEST(Fit, OptionsOfTrainingThatMeanNothingAreRefused) {
  expect_refused(run_cenote({"fit", f1(), "--task", "t", "--model", "constant", "--set", "lr=1"}),
                 2, {"'lr'"});
  expect_refused(run_cenote({"fit", f1(), "--task", "t", "--model", "boost", "--set", "epochs=1"}),
                 2, {"'epochs'"});
  const TemporaryFolder folder;
  const auto validation = [&](const std::string& lr) {
    const std::string run = (folder.path() / lr).string();
    const Outcome fitted =
        run_cenote({"fit", f1(), "--task", "driver-top3", "--model", "boost", "--set",
                    "candidates=100", "--set", "rounds=5", "--set", "bags=1", "--set",
                    "search=false", "--set", "lr=" + lr, "--json", "--out", run});
    EXPECT_EQ(fitted.code, 0) << fitted.err;
    return fitted.json().at("validation").at("value").get<double>();
  };
  EXPECT_NE(validation("0.1"), validation("0.5"));
}

TEST(Fit, SetReachesTheOptionsOfPoolsAndEncoders) {
  const TemporaryFolder folder;
  const std::string run = (folder.path() / "run").string();
  const Outcome fitted =
      run_cenote(tiny_fit(run, {"--set", "pool=attention", "--set", "pool.attention.heads=2",
                                "--set", "encode.number.pieces=4", "--quiet"}));
  ASSERT_EQ(fitted.code, 0) << fitted.err;
  EXPECT_NE(read_file(fs::path(run) / "model.safetensors"),
            read_file(fs::path(trained_run().path) / "model.safetensors"));
  // The model file keeps them: it predicts without being told again.
  EXPECT_EQ(run_cenote({"evaluate", run, "--quiet"}).code, 0);

  const auto refused = [&](const std::string& set, const std::vector<std::string>& words) {
    expect_refused(run_cenote(tiny_fit((folder.path() / "no").string(), {"--set", set})), 2, words);
  };
  refused("pool.attention.head=2", {"'head'", "did you mean 'heads'"});
  refused("pool.attentoin.heads=2", {"'attentoin'", "did you mean 'attention'"});
  refused("pool.attention=2", {"'pool.attention' names no option"});
  refused("encode.number.pieces=-1", {"'pieces'"});
}

TEST(Fit, PrecisionIsThatOfTheNetworkItsMembersOrRefused) {
  const TemporaryFolder folder;
  const auto with = [&](const std::string& precision) {
    auto words = tiny_fit((folder.path() / precision).string());
    words.insert(words.end(), {"--json", "--precision", precision});
    const Outcome outcome = run_cenote(words);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.json().at("precision"), precision);
    return read_file(folder.path() / precision / "model.safetensors");
  };
  EXPECT_NE(with("float32"), with("bfloat16"));
  EXPECT_THAT(trained_run().fit.json().at("precision"), testing::AnyOf("float32", "bfloat16"));
  const auto refused = [&](const std::string& model, const std::string& precision) {
    const Outcome outcome =
        run_cenote({"fit", f1(), "--task", "driver-top3", "--model", model, "--precision",
                    precision, "--out", (folder.path() / "none").string()});
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    return outcome.err;
  };
  EXPECT_NE(refused("boost", "float32").find("model boost is no network"), std::string::npos);
  EXPECT_NE(refused("sage", "half").find("bfloat16"), std::string::npos);
  EXPECT_NE(refused("nosuch", "float32").find("no model 'nosuch'"), std::string::npos);
}

TEST(Fit, TerminatedEndsWith143AndJsonSaysCancelled) {
  const TemporaryFolder folder;
  const std::string out = (folder.path() / "run").string();
  Program program(CENOTE_BINARY, tiny_fit(out, {"--set", "epochs=1000", "--json"}));
  ASSERT_TRUE(program.wait_for(fs::path(out) / "run.json"));
  program.signal(SIGTERM);
  const Outcome stopped = program.wait();
  EXPECT_EQ(stopped.code, 143);
  ASSERT_FALSE(stopped.err.empty());
  EXPECT_EQ(nlohmann::json::parse(lines_of(stopped.err).back()).at("error").at("code"),
            "cancelled");
  EXPECT_FALSE(fs::exists(fs::path(out) / "model.safetensors"));
}

TEST(RunPath, IsMadeFromDatasetTaskAndModel) {
  FitOptions options;
  options.source.source = f1();
  options.task = "driver-top3";
  EXPECT_EQ(default_run_path(options), "runs/rel-f1-driver-top3-auto");
  options.task = f1() + "/tasks/driver-dnf/manifest.yaml";
  EXPECT_EQ(default_run_path(options), "runs/rel-f1-driver-dnf-auto");
  options.task = "churn.yaml";
  options.model = "constant";
  for (const char* source : {"data/shop.duckdb", "data/shop.csv/../shop/",
                             "postgres://ann:secret@host:5432/shop?sslmode=on"}) {
    options.source.source = source;
    EXPECT_EQ(default_run_path(options), "runs/shop-churn-constant") << source;
  }
}

}  // namespace
}  // namespace cenote
