// SPDX-License-Identifier: Apache-2.0
// Claim 6: rows must be encoded before they are pooled. Whether two marks stand in one row is lost by any fixed
// aggregate of single columns, and kept by a network that encodes each row.
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <array>

#include "base/files.h"
#include "base/hash.h"
#include "base/random.h"
#include "claim/claim.h"
#include "claim/small_training.h"
#include "claims/detail/fitted.h"
#include "kernel/linear.h"
#include "metric/metric.h"
#include "pool/pool.h"

namespace cenote {
namespace {

constexpr int64_t kRowsOfThing = 6, kMarksOfThing = 2;

struct Things {
  std::vector<int> label;
  std::vector<std::array<int, kRowsOfThing>> left, right;  // the two marks of each row
};

/// Every thing has six rows, of which two carry the left and two the right mark: sums, means, extremes and counts of a
/// column are the same for all. The label says whether any row carries both.
Things draw_things(int64_t count, uint64_t seed) {
  Things out;
  Random random(hash_combine(seed, 6));
  for (int64_t i = 0; i < count; ++i) {
    std::array<int, kRowsOfThing> left{}, right{};
    for (auto* marks : {&left, &right}) {
      for (int64_t placed = 0; placed < kMarksOfThing;) {
        int& mark = (*marks)[random.below(kRowsOfThing)];
        placed += mark == 0;
        mark = 1;
      }
    }
    int both = 0;
    for (int64_t k = 0; k < kRowsOfThing; ++k) both |= left[k] & right[k];
    out.label.push_back(both);
    out.left.push_back(left);
    out.right.push_back(right);
  }
  return out;
}

/// Things appear one an hour, each with its rows; the label is a column of their table.
void write_database(const std::filesystem::path& folder, const Things& things) {
  std::string thing = "id,made,y\n", mark = "id,thing,left,right\n";
  const auto count = static_cast<int64_t>(things.label.size());
  for (int64_t i = 0, id = 0; i < count; ++i) {
    thing += fmt::format("{},2020-{:02}-{:02} {:02}:00:00,{}\n", i, 1 + i / 672, 1 + i / 24 % 28,
                         i % 24, things.label[i]);
    for (int64_t k = 0; k < kRowsOfThing; ++k, ++id)
      mark += fmt::format("{},{},{},{}\n", id, i, things.left[i][k], things.right[i][k]);
  }
  const auto time = [&](int64_t i) {
    return fmt::format("2020-{:02}-{:02}", 1 + i / 672, 1 + i / 24 % 28);
  };
  std::filesystem::create_directories(folder / "db");
  std::filesystem::create_directories(folder / "tasks" / "both");
  write_file_atomically(folder / "db" / "thing.csv", thing);
  write_file_atomically(folder / "db" / "mark.csv", mark);
  write_file_atomically(
      folder / "manifest.yaml",
      fmt::format("name: same-row\nmanifest_version: 1\nval_timestamp: {}\ntest_timestamp: {}\n"
                  "tables:\n  thing: {{pkey: id, time_col: made, fkeys: {{}}}}\n"
                  "  mark: {{pkey: id, time_col: null, fkeys: {{thing: thing}}}}\n",
                  time(count * 6 / 10), time(count * 8 / 10)));
  write_file_atomically(
      folder / "tasks" / "both" / "manifest.yaml",
      "name: both\nkind: autocomplete\ntask_type: binary_classification\nentity_table: thing\n"
      "target_col: y\nmanifest_version: 1\n");
}

/// A network of two layers on count, sum, mean, extremes and variance of each column.
double column_wise_auroc(const Things& things, const ClaimRun& run) {
  const auto count = static_cast<int64_t>(things.label.size()), train = count * 8 / 10;
  at::Tensor rows = at::empty({count * kRowsOfThing, 2}, at::kFloat);
  auto join = std::make_shared<Join>();
  std::vector<double> label;
  float* to = rows.mutable_data_ptr<float>();
  for (int64_t i = 0; i < count; ++i) {
    for (int64_t k = 0; k < kRowsOfThing; ++k) {
      *to++ = static_cast<float>(things.left[i][k]);
      *to++ = static_cast<float>(things.right[i][k]);
      join->rows.push_back(i * kRowsOfThing + k);
    }
    join->offsets.push_back(join->links());
    label.push_back(things.label[i]);
  }
  ParameterSet parameters(run.seed);
  std::vector<at::Tensor> columns;
  for (const char* name : {"count", "sum", "mean", "min", "max", "std"}) {
    const PoolEntry& pool = pool_registry().at(name);
    const auto made = pool.make(Options(pool.info.options), {parameters, name, 2});
    columns.push_back(made->forward({.rows = rows, .join = join}).value);
  }
  const at::Tensor x = at::cat(columns, 1);
  const auto [w1, b1] = parameters.declare_linear("hidden", x.size(1), 16);
  const auto [w2, b2] = parameters.declare_linear("out", 16, 1);
  const auto logits = [&](const at::Tensor& some) {
    return linear_rows(at::relu(linear_rows(some, w1, b1)), w2, b2).view({-1});
  };
  const at::Tensor y = at::tensor(label, at::kFloat);
  train_small(parameters, train,
              [&](const std::vector<int64_t>& batch) {
                const at::Tensor some = index_tensor(batch);
                return at::binary_cross_entropy_with_logits(logits(x.index_select(0, some)),
                                                            y.index_select(0, some));
              },
              {.epochs = 10, .seed = run.seed});
  const at::Tensor test = logits(x.narrow(0, train, count - train)).detach().to(at::kDouble);
  return metric_registry().at("auroc").compute(
      {.prediction = {test.const_data_ptr<double>(), static_cast<size_t>(test.numel())},
       .label = std::span(label).subspan(static_cast<size_t>(train))});
}

Figures run_claim_006(const ClaimRun& run) {
  const Things things = draw_things(run.quick ? 1500 : 4000, run.seed);
  const TemporaryFolder folder("cenote-claim");
  write_database(folder.path(), things);
  Figures out;
  out.add("AUROC of column-wise aggregates", column_wise_auroc(things, run));
  const FittedTask both{folder.path().string(), "both", "auroc"};
  out.add(
      "AUROC of sage",
      fitted(both, "sage", {{"epochs", run.quick ? "15" : "20"}, {"channels", "32"}}, run).test);
  out.add("AUROC of boost", fitted(both, "boost", {}, run).test);
  return out;
}

}  // namespace

CENOTE_CLAIM(006_same_row) {
  return {
      .info = {.summary = "A network that encodes each row and then pools sees whether two values "
                          "stand in the same row; aggregates of single columns cannot.",
               .source = "Fey et al. 2024, arXiv:2312.04615; the test: KumoRFM-2",
               .example = "cenote claim 6"},
      .setting =
          "4,000 generated things with six rows each; two of them carry one mark and two "
          "another, so that all aggregates of a column are the same; the label says whether a "
          "row carries both. Test AUROC, the last fifth in time.",
      .departs =
          "a generated database instead of a benchmark's; boost, whose features include "
          "those of the joined row, stands beside it",
      .conditions = {{"AUROC of column-wise aggregates", Bound::at_most, 0.55, 0.6},
                     {"AUROC of sage", Bound::at_least, 0.99, 0.95},
                     {"AUROC of boost", Bound::at_least, 0.99, 0.95}},
      .seeds = 5,
      .quick_seeds = 1,
      .minutes = 2,
      .alone = true,
      .run = run_claim_006};
}

}  // namespace cenote
