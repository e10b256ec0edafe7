// SPDX-License-Identifier: Apache-2.0
#include "engine/effects.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/check.h"

namespace cenote {

std::vector<double> mean_prediction(const std::vector<double>& predictions, int64_t outputs) {
  std::vector<double> out(outputs, 0.0);
  const auto rows = static_cast<int64_t>(predictions.size()) / outputs;
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t m = 0; m < outputs; ++m) out[m] += predictions[i * outputs + m];
  }
  for (double& value : out) value /= static_cast<double>(std::max<int64_t>(1, rows));
  return out;
}

std::vector<SeedEffects> explain_estimator(const Estimator& estimator, const Prepared& prepared,
                                           const EffectsRequest& request, ThreadPool& threads,
                                           const Hooks& hooks) {
  const int64_t outputs = prepared.outputs;
  std::vector<Seed> all(request.reference.begin(), request.reference.end());
  all.insert(all.end(), request.seeds.begin(), request.seeds.end());
  const History history = prepared.history();
  const FeatureEffects found = estimator.explain(all, history, threads);
  if (hooks.is_cancelled()) fail(ErrorCode::cancelled, "interrupted while explaining");
  const auto features = static_cast<int64_t>(found.names.size());
  const auto references = static_cast<int64_t>(request.reference.size());
  const auto amounts_of = [&](int64_t seed, int64_t output) {
    return found.amounts.data() + (seed * outputs + output) * features;
  };
  std::vector<double> usual(outputs * features, 0.0);
  for (int64_t i = 0; i < references; ++i) {
    for (int64_t k = 0; k < outputs * features; ++k)
      usual[k] += amounts_of(i, 0)[k] / static_cast<double>(references);
  }
  const auto predictions = estimator.predict(request.seeds, history, threads);
  const auto cells = estimator.cells(request.seeds, threads);
  std::vector<SeedEffects> out;
  for (size_t s = 0; s < request.seeds.size(); ++s) {
    const int64_t output = request.output[s];
    const double* amount = amounts_of(references + static_cast<int64_t>(s), output);
    SeedEffects of_seed;
    of_seed.average = predictions[s * outputs + output];
    for (int64_t f = 0; f < features; ++f) {
      Effect effect;
      effect.name = found.names[f];
      effect.value = found.values[(references + s) * features + f];
      effect.amount = amount[f] - usual[output * features + f];
      // Not the mean prediction for the reference: that differs from this by rounding.
      of_seed.average -= effect.amount;
      std::set<std::pair<int32_t, int64_t>> rows;
      if (!cells[s].empty()) effect.cells = cells[s][f];
      for (CellPart& part : effect.cells) {
        part.amount *= effect.amount;
        rows.insert({part.cell.table, part.cell.row});
      }
      effect.rows = static_cast<int64_t>(rows.size());
      of_seed.effects.push_back(std::move(effect));
    }
    out.push_back(std::move(of_seed));
  }
  return out;
}

std::vector<SeedEffects> weighted_effects(std::vector<std::vector<SeedEffects>> members,
                                          const std::vector<double>& weights) {
  std::vector<SeedEffects> out(members.at(0).size());
  for (size_t s = 0; s < out.size(); ++s) {
    std::map<std::pair<std::string, std::string>, size_t> known;  // by sentence and value
    for (size_t k = 0; k < members.size(); ++k) {
      out[s].average += weights[k] * members[k][s].average;
      for (Effect& effect : members[k][s].effects) {
        effect.amount *= weights[k];
        for (CellPart& part : effect.cells) part.amount *= weights[k];
        const auto [at, fresh] =
            known.try_emplace({effect.name.sentence, effect.value}, out[s].effects.size());
        if (fresh) {
          out[s].effects.push_back(std::move(effect));
          continue;
        }
        Effect& sum = out[s].effects[at->second];
        sum.amount += effect.amount;
        sum.rows = std::max(sum.rows, effect.rows);
        sum.cells.insert(sum.cells.end(), effect.cells.begin(), effect.cells.end());
      }
    }
  }
  return out;
}

std::string describe_cells(const Prepared& prepared, int32_t table, int32_t column,
                           const std::vector<int64_t>& rows) {
  const StoredTable& stored = prepared.graph.store.tables[table];
  const ColumnData& data = stored.columns[column];
  std::vector<int64_t> known;
  for (const int64_t row : rows) {
    if (row < stored.rows && data.is_valid(row)) known.push_back(row);
  }
  if (known.empty()) return "missing";
  const auto shortened = [](std::string text) {
    constexpr size_t kLongest = 40;
    if (text.size() <= kLongest) return text;
    size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return text.substr(0, end) + "...";
  };
  if (known.size() == 1) return shortened(value_text(data, known[0]));
  const ColumnType type = prepared.schema.tables[table].columns[column].type;
  if (type == ColumnType::timestamp) {
    const auto [first, last] = std::minmax_element(
        known.begin(), known.end(),
        [&](int64_t a, int64_t b) { return data.integers[a] < data.integers[b]; });
    return value_text(data, *first) + " to " + value_text(data, *last);
  }
  if (type == ColumnType::number) {
    double sum = 0;
    for (const int64_t row : known) sum += data.number(row);
    return fmt::format("{:.4g} on average", sum / static_cast<double>(known.size()));
  }
  std::map<std::string, int64_t> counts;
  for (const int64_t row : known) ++counts[value_text(data, row)];
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  if (counts.size() == 1) return shortened(most->first);
  return fmt::format("{} in {} of {}", shortened(most->first), most->second, known.size());
}

}  // namespace cenote
