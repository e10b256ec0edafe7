// SPDX-License-Identifier: Apache-2.0
// examples/library.cpp: what it shows works.
#include "program.h"

namespace cenote {
namespace {

TEST(Library, ExampleOpensFitsEvaluatesAndPredicts) {
  const TemporaryFolder folder;
  const std::string run = (folder.path() / "run").string();
  Program program(CENOTE_EXAMPLE,
                  {f1(), run, "epochs=1", "channels=32", "blocks=0", "fanout=4,2", "max_steps=4"});
  const Outcome outcome = program.wait();
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("results"), std::string::npos);
  EXPECT_NE(outcome.out.find("test, frozen, auroc"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.err.find("epoch 1 of 1: auroc"), std::string::npos) << outcome.err;
  EXPECT_EQ(lines_of(read_file(std::filesystem::path(run) / "predictions.csv")).size(), 6u);
}

TEST(Library, ExampleSaysWhatIsWrong) {
  const Outcome outcome = Program(CENOTE_EXAMPLE, {"nowhere"}).wait();
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.err.find("nowhere"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace cenote
