// SPDX-License-Identifier: Apache-2.0
// Number: the standardised value, and whether it is missing; on request where it lies among the
// quantiles.
//
//   code = [z, missing, p_1 ... p_T]
//   z = (x - mean) / std, p_t = (x - b_{t-1}) / (b_t - b_{t-1}) brought into [0, 1]
//
// Shapes    column with N rows, int64, float64, boolean or time; fixed codes [N + 1, 2 + T].
// Empty     a missing value and NaN give z = 0, missing = 1, p = 0; so does every value if fit()
//           saw none.
// Options   clip in [1, 1e6], default 10: standard deviations beyond which values look alike.
//           pieces in [0, 256], default 0: T quantile bins, fewer where quantiles coincide.
// Units     standard deviations of the rows visible to training; an infinite value lies at the
//           clip.
// Errors    bad_schema for a column of texts.
// Cost      O(N) time; with pieces a sort of the visible values.
// Threads   encode() is safe to call concurrently.
// Source    piecewise-linear codes: Gorishniy, Rubachev, Babenko 2022, arXiv:2203.05556, section
//           3.2.
#include <algorithm>
#include <cmath>

#include "encode/detail/codes.h"
#include "encode/detail/standard.h"

namespace cenote {
namespace {

using namespace encode_detail;

constexpr int64_t kMostPieces = 256;

class NumberEncoder : public ColumnEncoder {
 public:
  explicit NumberEncoder(const Options& options)
      : clip_(options.get_double("clip")), pieces_(options.get_int("pieces")) {}

  void fit(const ColumnData& column, std::span<const int64_t> visible_rows) override {
    check_column(column);
    standard_.fit(column, visible_rows);
    bounds_.clear();
    if (pieces_ == 0) return;
    std::vector<double> values;
    for (const int64_t row : visible_rows) {
      if (is_number(column, row)) values.push_back(bounded(column.number(row)));
    }
    if (values.empty()) return;
    std::sort(values.begin(), values.end());
    for (int64_t i = 0; i <= pieces_; ++i) {
      // The nearest value, not one between two: bounds are values that occur.
      const double place = static_cast<double>(i) / static_cast<double>(pieces_);
      const double rank = std::round(place * static_cast<double>(values.size() - 1));
      const double bound = values[static_cast<size_t>(rank)];
      if (bounds_.empty() || bound > bounds_.back()) bounds_.push_back(bound);
    }
  }

  ColumnCodes encode(const ColumnData& column) const override {
    check_column(column);
    const int64_t rows = column.size();
    FixedCodes codes(rows, 2 + bins());
    for (int64_t row = 0; row < rows; ++row) {
      const std::span<float> code = codes.row(row);
      if (!standard_.has_value(column, row)) {
        code[1] = 1;
        continue;
      }
      const double value = bounded(column.number(row));
      code[0] = standard_.code(value, clip_);
      for (size_t t = 1; t < bounds_.size(); ++t) {
        const double share = (value - bounds_[t - 1]) / (bounds_[t] - bounds_[t - 1]);
        code[t + 1] = static_cast<float>(std::clamp(share, 0.0, 1.0));
      }
    }
    codes.row(rows)[1] = 1;
    return codes.take();
  }

  nlohmann::json save() const override {
    nlohmann::json state;
    standard_.save(state);
    state["bounds"] = bounds_;
    return state;
  }

  void load(const nlohmann::json& state) override {
    const StateReader reader("number", state);
    standard_.load(reader);
    bounds_ = reader.numbers("bounds", pieces_ == 0 ? 0 : static_cast<size_t>(pieces_) + 1);
    for (size_t t = 1; t < bounds_.size(); ++t) {
      if (!(bounds_[t] > bounds_[t - 1])) reader.refuse("bounds", "ascending");
    }
  }

 private:
  int64_t bins() const { return bounds_.empty() ? 0 : static_cast<int64_t>(bounds_.size()) - 1; }
  static void check_column(const ColumnData& column) {
    check_storage(
        "number", column,
        {StorageType::int64, StorageType::float64, StorageType::boolean, StorageType::time});
  }

  double clip_;
  int64_t pieces_;
  Standard standard_;
  std::vector<double> bounds_;  // ascending; bin t lies between bounds t and t + 1
};

}  // namespace

CENOTE_ENCODE(number) {
  return {.info = {.summary =
                       "a number in standard deviations from the mean, and whether it is missing",
                   .source = "ours; pieces: piecewise-linear codes, arXiv:2203.05556",
                   .example = "1, 2, 3, null -> (-1.2247, 0), (0, 0), (1.2247, 0), (0, 1)",
                   .options = {{.name = "clip",
                                .default_value = 10.0,
                                .help = "standard deviations beyond which values look alike",
                                .min = 1,
                                .max = 1e6},
                               {.name = "pieces",
                                .default_value = int64_t{0},
                                .help = "quantile bins of the piecewise-linear code; 0: none",
                                .min = 0,
                                .max = kMostPieces}}},
          .types = {ColumnType::number},
          .is_default = true,
          .make = [](const Options& options) -> std::unique_ptr<ColumnEncoder> {
            return std::make_unique<NumberEncoder>(options);
          }};
}

}  // namespace cenote
