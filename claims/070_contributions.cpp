// SPDX-License-Identifier: Apache-2.0
// Claim 70: a similarity of pooled rows splits exactly into contributions of the rows, and these point at those that matter.
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/arange.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/hash.h"
#include "base/random.h"
#include "claim/claim.h"
#include "claim/small_training.h"
#include "claims/detail/small_nets.h"
#include "kernel/row_dots.h"

namespace cenote {
namespace {

constexpr int64_t kClasses = 10, kRows = 20, kPlanted = 3, kWidth = 16;

/// Entities of noise rows, three of which are drawn near a mean of the class; they stand first, which nothing can know: rows
/// are pooled.
at::Tensor draw(const std::vector<int64_t>& classes, const std::vector<std::vector<double>>& means,
                uint64_t key) {
  std::vector<double> rows;
  for (size_t i = 0; i < classes.size(); ++i) {
    Random random(hash_combine(key, i));
    for (int64_t r = 0; r < kRows; ++r) {
      for (int64_t c = 0; c < kWidth; ++c)
        rows.push_back(r < kPlanted ? means[classes[i]][c] + 0.5 * random.normal()
                                    : random.normal());
    }
  }
  return float_tensor(rows, {std::ssize(classes) * kRows, kWidth});
}

struct Model {
  ParameterSet parameters;
  Mlp map;
  NamedPool pool;
  explicit Model(const std::string& name, uint64_t seed)
      : parameters(seed),
        map(parameters, "map", {kWidth, kWidth}),
        pool(parameters, name, kWidth) {}
  at::Tensor embed(const at::Tensor& rows) const {
    return pool({.rows = map(rows), .join = join_of_runs(rows.size(0) / kRows, kRows)});
  }
};

at::Tensor unit(const at::Tensor& x) { return x.div(row_dots(x, x).clamp_min(1e-12).sqrt()); }

/// Of an entity the part of each row in its pooled vector: x / n for the mean; for the maximum each column at the row that it
/// comes from.
std::vector<std::vector<double>> parts_of(const at::Tensor& mapped, bool is_mean) {
  const at::Tensor x = mapped.detach().to(at::kDouble).contiguous();
  std::vector<std::vector<double>> out(kRows, std::vector<double>(kWidth, 0));
  for (int64_t c = 0; c < kWidth; ++c) {
    int64_t best = 0;
    const auto at = [&](int64_t r) { return x.const_data_ptr<double>()[r * kWidth + c]; };
    for (int64_t r = 1; r < kRows; ++r) best = at(r) > at(best) ? r : best;
    for (int64_t r = 0; r < kRows; ++r) out[r][c] = is_mean ? at(r) / kRows : r == best ? at(r) : 0;
  }
  return out;
}

struct Found {
  double apart = 0, precision = 0;
};

/// The similarity of two entities of a class is taken apart; planted rows should contribute most.
Found take_apart(const Model& model, bool is_mean, const at::Tensor& a, const at::Tensor& b) {
  const int64_t pairs = a.size(0) / kRows;
  const at::Tensor mapped = model.map(a),
                   other = model.embed(b).detach().to(at::kDouble).contiguous();
  const at::Tensor own = model.embed(a).detach().to(at::kDouble).contiguous();
  Found out;
  for (int64_t i = 0; i < pairs; ++i) {
    const double* u = own.const_data_ptr<double>() + i * kWidth;
    const double* v = other.const_data_ptr<double>() + i * kWidth;
    double product = 0, square_u = 0, square_v = 0;
    for (int64_t c = 0; c < kWidth; ++c)
      product += u[c] * v[c], square_u += u[c] * u[c], square_v += v[c] * v[c];
    const double lengths = std::sqrt(square_u * square_v);
    const auto parts = parts_of(mapped.narrow(0, i * kRows, kRows), is_mean);
    std::vector<double> contribution;
    for (const auto& part : parts) {
      contribution.push_back(0);
      for (int64_t c = 0; c < kWidth; ++c) contribution.back() += part[c] * v[c] / lengths;
    }
    const double sum = std::accumulate(contribution.begin(), contribution.end(), 0.0);
    out.apart = std::max(out.apart, std::abs(sum - product / lengths));
    std::vector<int64_t> rows(kRows);
    std::iota(rows.begin(), rows.end(), int64_t{0});
    std::sort(rows.begin(), rows.end(),
              [&](int64_t x, int64_t y) { return contribution[x] > contribution[y]; });
    for (int64_t k = 0; k < kPlanted; ++k)
      out.precision +=
          static_cast<double>(rows[k] < kPlanted) / static_cast<double>(kPlanted * pairs);
  }
  return out;
}

Figures run_claim_070(const ClaimRun& run) {
  const uint64_t key = hash_combine(run.seed, 70);
  Random random(key);
  std::vector<std::vector<double>> means;
  for (int64_t k = 0; k < kClasses; ++k) {
    means.emplace_back();
    for (int64_t c = 0; c < kWidth; ++c) means.back().push_back(0.75 * random.normal());
  }
  std::vector<int64_t> classes(run.quick ? 1000 : 3000), tested(400);
  for (int64_t& of : classes) of = static_cast<int64_t>(random.below(kClasses));
  for (int64_t& of : tested) of = static_cast<int64_t>(random.below(kClasses));
  const at::Tensor rows = draw(classes, means, mix64(key));
  const at::Tensor by_entity = rows.view({-1, kRows, kWidth});
  const at::Tensor a = draw(tested, means, mix64(key + 1)), b = draw(tested, means, mix64(key + 2));
  Figures out;
  for (const char* name : {"mean", "max"}) {
    Model model(name, run.seed);
    // A class is a row of similarities: the normed softmax loss, which learns an embedding by cosines.
    const Mlp proxies(model.parameters, "proxies", {kWidth, kClasses});
    train_small(model.parameters, std::ssize(classes),
                [&](const std::vector<int64_t>& batch) {
                  const at::Tensor some = index_tensor(batch);
                  std::vector<int64_t> wanted;
                  for (const int64_t i : batch) wanted.push_back(classes[i]);
                  const at::Tensor embedded =
                      unit(model.embed(by_entity.index_select(0, some).reshape({-1, kWidth})));
                  return at::cross_entropy_loss(proxies(embedded).mul(4), index_tensor(wanted));
                },
                {.epochs = run.quick ? 10 : 20,
                 .batch = 64,
                 .learning_rate = 0.01,
                 .seed = run.seed,
                 .between_epochs = [&] { run.check_cancelled(); }});
    const Found found = take_apart(model, std::string(name) == "mean", a, b);
    out.add(std::string("largest gap of the sum, ") + name, found.apart);
    out.add(std::string("planted rows among the first three, ") + name, found.precision);
  }
  return out;
}

}  // namespace

CENOTE_CLAIM(070_contributions) {
  return {
      .info = {.summary = "The similarity of two pooled embeddings is the sum of contributions of "
                          "their rows, and the rows "
                          "that contribute most are those that the entities have in common.",
               .source = "Stylianou, Souvenir, Pless 2019, arXiv:1901.00536 (SimVis)",
               .example = "cenote claim 70"},
      .setting =
          "Generated entities of 20 rows, of which three are drawn near a mean of the class; an "
          "embedding by cosines "
          "is learned with mean and with max pool. 400 pairs of a class: how far the "
          "contributions' sum is "
          "from the cosine, and how many of the three largest are planted rows (by chance .15).",
      .departs =
          "generated rows instead of image regions; the max pool puts a column at its first "
          "largest row",
      .conditions = {{"largest gap of the sum, mean", Bound::at_most, 1e-5, 1e-5},
                     {"largest gap of the sum, max", Bound::at_most, 1e-5, 1e-5},
                     {"planted rows among the first three, mean", Bound::at_least, 0.8, 0.6},
                     {"planted rows among the first three, max", Bound::at_least, 0.5, 0.3}},
      .seeds = 5,
      .quick_seeds = 1,
      .minutes = 1,
      .run = run_claim_070};
}

}  // namespace cenote
