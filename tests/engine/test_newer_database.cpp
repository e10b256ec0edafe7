// SPDX-License-Identifier: Apache-2.0
// A model on a database that has changed since: what fits is used, what does not is named.
#include <gmock/gmock.h>

#include "engine/f1_copies.h"

namespace cenote {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// A model of f1.
struct Trained {
  TemporaryFolder folder{"cenote-run"};
  std::filesystem::path run = folder.path() / "run";
  std::string bytes = fit_bytes(fit_options(f1_folder(), "driver-top3", "sage", run));
};
const Trained& trained() {
  static const Trained one;
  return one;
}

/// What a newer database may and may not be.
class NewerDatabase : public testing::Test {
 protected:
  std::string error_on(const std::vector<std::string>& changes) {
    const TemporaryFolder folder("cenote-f1");
    const F1Copy copy;
    for (const auto& sql : changes) copy.execute(sql);
    copy.write(folder.path());
    return error_of(
        [&] { predictions_ = predict_at(trained().run, folder.path().string(), "2006-01-01"); });
  }
  PredictResult expected() { return predict_at(trained().run, f1_folder(), "2006-01-01"); }
  PredictResult predictions_;
};

TEST_F(NewerDatabase, MayHaveMoreColumnsInAnotherOrder) {
  EXPECT_EQ(
      error_on({"ALTER TABLE results ADD COLUMN weather VARCHAR DEFAULT 'dry'",
                "CREATE TABLE turned AS SELECT date, * EXCLUDE (date, raceId), raceId FROM races",
                "DROP TABLE races", "ALTER TABLE turned RENAME TO races"}),
      "");
  EXPECT_TRUE(same_predictions(predictions_, expected()));
}

TEST_F(NewerDatabase, MayHoldWholeNumbersWhereThereWereFloatsAndNothingInAColumn) {
  EXPECT_EQ(error_on({"ALTER TABLE results ALTER COLUMN points SET DATA TYPE BIGINT",
                      "ALTER TABLE drivers DROP COLUMN forename",
                      "ALTER TABLE drivers ADD COLUMN forename INTEGER"}),
            "");
}

TEST_F(NewerDatabase, MustHaveTheColumnsOfTheModel) {
  const std::string error = error_on({"ALTER TABLE results DROP COLUMN grid"});
  EXPECT_THAT(error, StartsWith("bad_schema"));
  EXPECT_THAT(error, HasSubstr("grid"));
}

TEST_F(NewerDatabase, MustHoldTheSameTypeOfValues) {
  const std::string error = error_on(
      {"ALTER TABLE results ALTER COLUMN grid SET DATA TYPE VARCHAR USING 'place ' || grid"});
  EXPECT_THAT(error, StartsWith("bad_schema"));
  EXPECT_THAT(error, HasSubstr("results.grid"));
}

}  // namespace
}  // namespace cenote
