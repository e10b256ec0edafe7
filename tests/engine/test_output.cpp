// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "base/files.h"
#include "base/time.h"
#include "cenote/error.h"
#include "database/parquet_file.h"
#include "engine/output.h"

namespace cenote {
namespace {

PredictResult two_rows() {
  PredictResult p;
  p.task = "churn";
  p.task_type = "binary_classification";
  p.dataset = "shop";
  p.entity_column = "customer";
  p.time_column = "at";
  p.target_column = "gone";
  p.entity = {"a, \"b\"", ""};
  p.time = {parse_time("2010-03-01"), parse_time("2010-03-02 12:30:00")};
  p.prediction = {0.1, 1.0 / 3};
  return p;
}

TEST(Output, CsvQuotesAndReadsBackToTheLastBit) {
  EXPECT_EQ(to_csv(prediction_table(two_rows())),
            "customer,at,prediction\n"
            "\"a, \"\"b\"\"\",2010-03-01 00:00:00,0.1\n"
            "\"\",2010-03-02 12:30:00,0.3333333333333333\n");
}

TEST(Output, TimesOfAColumnAreWrittenAlike) {
  PredictResult p = two_rows();
  p.time[1] = p.time[0];
  EXPECT_NE(to_csv(prediction_table(p)).find("2010-03-01,0.1"), std::string::npos);
  p.time[1] = p.time[0] + 250'000;
  EXPECT_NE(to_csv(prediction_table(p)).find("2010-03-01 00:00:00.250,"), std::string::npos);
  p.time[1] = p.time[0] + 1;
  EXPECT_NE(to_csv(prediction_table(p)).find("2010-03-01 00:00:00.000000,0.1"), std::string::npos);
  p.time[1] = parse_time("1960-01-01 00:00:01");  // before 1970
  EXPECT_NE(to_csv(prediction_table(p)).find("1960-01-01 00:00:01,"), std::string::npos);
}

TEST(Output, ClassesAreNamedAndHaveProbabilities) {
  PredictResult p = two_rows();
  p.task_type = "multiclass_classification";
  p.classes = {"red", "blue"};
  p.prediction = {1, 0};
  p.probabilities = {0.25, 0.75, 0.5, 0.5};
  p.entity = {"1", "2"};
  p.entity_is_number = true;
  EXPECT_EQ(to_csv(prediction_table(p)),
            "customer,at,prediction,probability_red,probability_blue\n"
            "1,2010-03-01 00:00:00,blue,0.25,0.75\n"
            "2,2010-03-02 12:30:00,red,0.5,0.5\n");
  p.task_type = "multilabel_classification";
  p.probabilities = {0.25, 0.25, 0.5, 0.75};
  const std::string csv = to_csv(prediction_table(p));
  EXPECT_NE(csv.find(",\"\",0.25,0.25\n"), std::string::npos) << csv;
  EXPECT_NE(csv.find(",red;blue,0.5,0.75\n"), std::string::npos) << csv;
  EXPECT_THROW(relbench_table(p), Error);
}

TEST(Output, NamesThatAreTakenGetUnderscores) {
  PredictResult p = two_rows();
  p.entity_column = "Prediction";
  p.time_column = "prediction";
  EXPECT_EQ(prediction_table(p).names,
            (std::vector<std::string>{"Prediction", "prediction_", "prediction__"}));
}

TEST(Output, RelbenchTakesTheTargetsNameAndFiniteNumbers) {
  PredictResult p = two_rows();
  EXPECT_EQ(relbench_file_name(p), "shop__churn.csv");
  PredictResult named = p;
  named.dataset = "../../else/where";
  named.task = "a/b c";
  EXPECT_EQ(relbench_file_name(named), "data.._.._else_where__a_b_c.csv");
  EXPECT_EQ(relbench_table(p).names, (std::vector<std::string>{"customer", "at", "gone"}));
  p.prediction[1] = std::nan("");
  EXPECT_TRUE(to_csv(prediction_table(p)).ends_with("12:30:00,\n"));
  EXPECT_THROW(relbench_table(p), Error);
}

TEST(Output, ParquetReadsBack) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "p.parquet";
  PredictResult p = two_rows();
  p.prediction[1] = std::nan("");
  write_predictions(p, path.string(), "parquet");
  const QueryResult table = read_parquet_file(path, {"customer", "at", "prediction"});
  ASSERT_EQ(table.rows, 2);
  EXPECT_EQ(table.columns[0].text(0), p.entity[0]);
  EXPECT_EQ(table.columns[1].integers[1], p.time[1]);
  EXPECT_EQ(table.columns[2].reals[0], 0.1);
  EXPECT_FALSE(table.columns[2].is_valid(1));
  EXPECT_THROW(write_predictions(p, path.string(), "xml"), Error);
}

}  // namespace
}  // namespace cenote
