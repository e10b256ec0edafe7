// SPDX-License-Identifier: Apache-2.0
// Timestamp: when in absolute terms, and where in the year, month, week and day.
//
//   code = [z, missing, sin m, cos m, sin d, cos d, sin w, cos w, sin h, cos h]
//   m = 2 pi (month - 1) / 12, d = 2 pi (day - 1) / 31, w = 2 pi weekday / 7 (0 = Monday),
//   h = 2 pi (hour + minute / 60) / 24, all of them UTC
//
// Shapes    column with N rows of storage time; fixed codes [N + 1, 10].
// Empty     a missing value gives missing = 1 and zeros; so does every value if fit() saw none.
// Options   clip in [1, 1e6], default 10: later times than that many standard deviations look
//           alike.
// Units     z: standard deviations of the times visible to training.
// Errors    bad_schema for a column that holds no times.
// Cost      O(N).
// Threads   encode() is safe to call concurrently.
// Source    cyclic codes as in RelBench's reference model, arXiv:2407.20060; the rest ours.
#include <array>
#include <cmath>

#include "base/time.h"
#include "encode/detail/codes.h"
#include "encode/detail/standard.h"

namespace cenote {
namespace {

using namespace encode_detail;

constexpr double kTurn = 6.283185307179586476925286766559;

/// Sine and cosine of the parts of a turn.
class Turns {
 public:
  explicit Turns(int parts) {
    for (int i = 0; i < parts; ++i) {
      const double turn = kTurn * i / parts;
      codes_.push_back({static_cast<float>(std::sin(turn)), static_cast<float>(std::cos(turn))});
    }
  }
  void copy(int64_t part, float* to) const { std::copy_n(codes_[part].data(), 2, to); }

 private:
  std::vector<std::array<float, 2>> codes_;
};

class TimestampEncoder : public ColumnEncoder {
 public:
  explicit TimestampEncoder(const Options& options) : clip_(options.get_double("clip")) {}

  void fit(const ColumnData& column, std::span<const int64_t> visible_rows) override {
    check_storage("timestamp", column, {StorageType::time});
    standard_.fit(column, visible_rows);
  }

  ColumnCodes encode(const ColumnData& column) const override {
    check_storage("timestamp", column, {StorageType::time});
    const int64_t rows = column.size();
    const Turns month(12), day(31), weekday(7), minute(24 * 60);
    FixedCodes codes(rows, 10);
    for (int64_t row = 0; row < rows; ++row) {
      const std::span<float> code = codes.row(row);
      if (!standard_.has_value(column, row)) {
        code[1] = 1;
        continue;
      }
      code[0] = standard_.code(column.number(row), clip_);
      const CivilTime civil = to_civil(column.integers[static_cast<size_t>(row)]);
      month.copy(civil.month - 1, code.data() + 2);
      day.copy(civil.day - 1, code.data() + 4);
      weekday.copy(civil.weekday, code.data() + 6);
      minute.copy(civil.hour * 60 + civil.minute, code.data() + 8);
    }
    codes.row(rows)[1] = 1;
    return codes.take();
  }

  nlohmann::json save() const override {
    nlohmann::json state;
    standard_.save(state);
    return state;
  }
  void load(const nlohmann::json& state) override { standard_.load({"timestamp", state}); }

 private:
  double clip_;
  Standard standard_;
};

}  // namespace

CENOTE_ENCODE(timestamp) {
  return {.info = {.summary = "a moment: absolute, and its place in year, month, week and day",
                   .source = "cyclic codes: RelBench's reference model, arXiv:2407.20060",
                   .example = "1970-01-01 06:00 -> (z, 0, 0, 1, 0, 1, 0.4339, -0.9010, 1, 0)",
                   .options = {{.name = "clip",
                                .default_value = 10.0,
                                .help = "standard deviations beyond which times look alike",
                                .min = 1,
                                .max = 1e6}}},
          .types = {ColumnType::timestamp},
          .is_default = true,
          .make = [](const Options& options) -> std::unique_ptr<ColumnEncoder> {
            return std::make_unique<TimestampEncoder>(options);
          }};
}

}  // namespace cenote
