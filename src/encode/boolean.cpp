// SPDX-License-Identifier: Apache-2.0
// Boolean: 1 for true, -1 for false, 0 for neither, and whether it is missing.
//
// Shapes    column with N rows, boolean, int64 or float64 (0 is false, anything else true); codes
//           [N + 1, 2].
// Empty     a missing value and NaN give (0, 1). There is no state: fit() on no rows changes
//           nothing.
// Errors    bad_schema for texts and times.
// Cost      O(N).
// Threads   encode() is safe to call concurrently.
// Source    ours.
#include "encode/detail/codes.h"
#include "encode/detail/standard.h"

namespace cenote {
namespace {

using namespace encode_detail;

class BooleanEncoder : public ColumnEncoder {
 public:
  void fit(const ColumnData& column, std::span<const int64_t>) override { check_column(column); }

  ColumnCodes encode(const ColumnData& column) const override {
    check_column(column);
    const int64_t rows = column.size();
    FixedCodes codes(rows, 2);
    for (int64_t row = 0; row < rows; ++row) {
      if (is_number(column, row)) {
        codes.row(row)[0] = column.number(row) != 0 ? 1.0f : -1.0f;
      } else {
        codes.row(row)[1] = 1;
      }
    }
    codes.row(rows)[1] = 1;
    return codes.take();
  }

  nlohmann::json save() const override { return nlohmann::json::object(); }
  void load(const nlohmann::json& state) override { const StateReader checked("boolean", state); }

 private:
  static void check_column(const ColumnData& column) {
    check_storage("boolean", column,
                  {StorageType::boolean, StorageType::int64, StorageType::float64});
  }
};

}  // namespace

CENOTE_ENCODE(boolean) {
  return {.info = {.summary = "true, false or missing as two numbers",
                   .source = "ours",
                   .example = "true, false, null -> (1, 0), (-1, 0), (0, 1)"},
          .types = {ColumnType::boolean},
          .is_default = true,
          .make = [](const Options&) -> std::unique_ptr<ColumnEncoder> {
            return std::make_unique<BooleanEncoder>();
          }};
}

}  // namespace cenote
