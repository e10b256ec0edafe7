// SPDX-License-Identifier: Apache-2.0
// A question in the PREDICT language -> a task, like one of a manifest.
#pragma once

#include <string>

#include "query/question.h"
#include "task/task.h"

namespace cenote {

/// How many seed times validation and test have at most, unless told otherwise: what RelBench gives its
/// Formula 1 tasks.
inline constexpr int64_t kQuestionEvalTimes = 40;

struct AskedTask {
  Question question;
  Task task;
  bool split_chosen = false;  // val and test time come from the range of the data
};

/// Reads a question and makes a task of it. Column types, on which the kind of task depends, are inferred
/// from what training may see. Training begins with the first row that labels are made of. Where the database has no
/// validation and test time they are chosen: the last 15 % of the windows that fit into the data for test, as many before
/// them for validation, at least one and at most `eval_times` each; more where these hold less than 5 % of the rows. Windows
/// at either end that hold next to nothing (2 % of the rows in all) do not count. Of missing values: the last 15 % of the rows; of a
/// table without time 15 % of the keys, drawn by what they are, whatever times are given.
/// Errors    of read_question(); bad_input if only one of the times is there, or the data is too short.
AskedTask ask_task(const std::string& question, Snapshot& snapshot, int64_t eval_times);

/// A task that can be trained on. Errors unsupported, saying which kind has no model yet.
void check_trainable(const AskedTask& asked);

}  // namespace cenote
