// SPDX-License-Identifier: Apache-2.0
// Random questions over small random databases: label SQL gives what the slow evaluator of naive.h gives.
//
// CENOTE_RANDOM_QUESTIONS sets their number, CENOTE_RANDOM_SEED where the draws begin; a failure prints both.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "base/check.h"
#include "naive.h"
#include "random_question.h"
#include "task/split.h"
#include "testing.h"

namespace cenote {
namespace {

constexpr int64_t kQuestions = 400;
constexpr int64_t kOfOneDatabase = 50;

int64_t environment(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoll(text);
}

std::vector<naive::Label> labels_of(const QueryResult& result, const Question& question) {
  const auto column = [&](const std::string& name) -> const ColumnData& {
    return result.columns.at(static_cast<size_t>(result.find(name)));
  };
  std::vector<naive::Label> out;
  const ColumnData &time = column(question.time_column), &key = column(question.entity_column),
                   &target = column(question.target_column);
  for (int64_t i = 0; i < result.rows; ++i) {
    const auto at = static_cast<size_t>(i);
    const int64_t frame =
        question.frame_column.empty() ? 0 : column(question.frame_column).integers[at];
    const std::string label = target.type == StorageType::utf8 || target.type == StorageType::time
                                  ? value_text(target, i)
                                  : fmt::format("{}", target.number(i));
    out.emplace_back(time.integers[at], value_text(key, i), frame, label);
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// A line of the first label that only one of the two has.
std::string first_difference(const std::vector<naive::Label>& sql,
                             const std::vector<naive::Label>& slow) {
  const auto shown = [](const naive::Label& label) {
    return fmt::format("{} {} {} {}", format_time(std::get<0>(label)), std::get<1>(label),
                       std::get<2>(label), std::get<3>(label));
  };
  size_t i = 0;
  while (i < std::min(sql.size(), slow.size()) && sql[i] == slow[i]) ++i;
  return fmt::format("{} of SQL, {} of the evaluator; first: '{}' of SQL, '{}' of the evaluator",
                     sql.size(), slow.size(), i < sql.size() ? shown(sql[i]) : "",
                     i < slow.size() ? shown(slow[i]) : "");
}

TEST(Random, QuestionsGiveTheLabelsOfTheSlowEvaluator) {
  const int64_t count = environment("CENOTE_RANDOM_QUESTIONS", kQuestions);
  const auto seed = static_cast<uint64_t>(environment("CENOTE_RANDOM_SEED", 1));
  std::vector<int64_t> times;
  for (const char* text : {"2020-02-01", "2020-02-29", "2020-03-31 12:00:00", "2020-04-15"})
    times.push_back(parse_time(text));
  std::optional<RandomDatabase> database;
  int64_t labels = 0, empty = 0;
  for (int64_t n = 0; n < count; ++n) {
    if (n % kOfOneDatabase == 0) database.emplace(seed + static_cast<uint64_t>(n));
    const naive::Question question = random_question(seed * 1'000'003 + static_cast<uint64_t>(n));
    const std::string text = naive::write(question);
    SCOPED_TRACE(fmt::format("question {} of seed {}: {}", n, seed, text));
    try {
      const Question read = read_question(text, database->snapshot().schema());
      Task task;
      task.sql = read.sql;
      task.horizon = 1;
      if (read.kind == QuestionKind::ranking) {
        task.sql = fmt::format("SELECT * REPLACE (CAST({0} AS VARCHAR) AS {0}) FROM (\n{1}\n)",
                               quote_identifier(read.target_column), read.sql);
      }
      const auto sql = labels_of(run_task_sql(task, database->snapshot(), times, kTimeNever), read);
      const auto slow = naive::answer(question, database->rows(), times);
      ASSERT_TRUE(sql == slow) << first_difference(sql, slow) << "\n" << read.sql;
      labels += std::ssize(sql);
      empty += sql.empty();
      // What is counted agrees with what is there.
      if (n % 10 == 0) {
        task.sql = read.count_sql;
        const QueryResult counts = run_task_sql(task, database->snapshot(), times, kTimeNever);
        EXPECT_EQ(counts.columns.at(static_cast<size_t>(counts.find("labels"))).integers.at(0),
                  std::ssize(sql))
            << read.count_sql;
      }
    } catch (const Error& error) {
      FAIL() << error.what();
    }
  }
  // Most questions must be about something.
  EXPECT_GT(labels, count * 4);
  EXPECT_LT(empty, count * 6 / 10);
}

}  // namespace
}  // namespace cenote
