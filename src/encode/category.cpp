// SPDX-License-Identifier: Apache-2.0
// Category: each value seen in training has its own learned vector.
//
//   id 0: missing; id 1 + i: the i-th value by how many visible rows have it, then by its bytes.
//   An unknown value has no id: its bag is empty and reads as zeros, where a vector that was never
//   trained would read as noise. Above `limit` distinct values: id 1 + hash(value) mod limit, for
//   values seen and unseen alike.
//
// Shapes    column with N rows of any storage, compared as the text a person reads; bags of one id
//           or none, vocabulary 1 + number of values (or 1 + limit).
// Empty     a missing value and NaN are id 0; after fit() on no rows every other is unknown.
// Options   limit in [1, 1e7], default 10,000: distinct values kept apart.
//           width in [1, 4096], default 32: numbers in a learned vector.
// Errors    none from a column. A text that is no valid UTF-8 is never among the values kept: unknown,
//           unless values are hashed.
// Cost      O(N) hash look-ups; the vocabulary in memory.
// Threads   encode() is safe to call concurrently.
// Source    embeddings of categories: Guo, Berkhahn 2016, arXiv:1604.06737; hashing: Weinberger et
//           al. 2009, arXiv:0902.2206.
#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/hash.h"
#include "encode/detail/codes.h"
#include "encode/detail/standard.h"
#include "encode/detail/utf8.h"

namespace cenote {
namespace {

using namespace encode_detail;

constexpr int64_t kMissing = 0, kFirstValue = 1, kUnknown = -1;

bool has_value(const ColumnData& column, int64_t row) {
  return column.type == StorageType::utf8 ? column.is_valid(row) : is_number(column, row);
}

class CategoryEncoder : public ColumnEncoder {
 public:
  explicit CategoryEncoder(const Options& options)
      : limit_(options.get_int("limit")), width_(options.get_int("width")) {}

  void fit(const ColumnData& column, std::span<const int64_t> visible_rows) override {
    std::unordered_map<std::string, int64_t> counts;
    hashed_ = false;
    for (const int64_t row : visible_rows) {
      if (!has_value(column, row)) continue;
      std::string value = value_text(column, row);
      if (!is_utf8(value)) continue;
      ++counts[std::move(value)];
      if (static_cast<int64_t>(counts.size()) > limit_) {
        hashed_ = true;  // which values there are no longer matters, so no need to see the rest
        break;
      }
    }
    std::vector<std::pair<std::string, int64_t>> ranked;
    if (!hashed_) ranked.assign(counts.begin(), counts.end());
    std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    values_.clear();
    for (auto& [value, count] : ranked) values_.push_back(std::move(value));
    make_index();
  }

  ColumnCodes encode(const ColumnData& column) const override {
    const int64_t rows = column.size();
    const int64_t own = hashed_ ? limit_ : static_cast<int64_t>(values_.size());
    LearnedCodes codes(rows, width_, kFirstValue + own);
    for (int64_t row = 0; row < rows; ++row) {
      const int64_t id = has_value(column, row) ? id_of(value_text(column, row)) : kMissing;
      if (id != kUnknown) codes.add(id);
      codes.finish_row();
    }
    codes.add(kMissing);
    codes.finish_row();
    return codes.take();
  }

  nlohmann::json save() const override { return {{"hashed", hashed_}, {"values", values_}}; }

  void load(const nlohmann::json& state) override {
    const StateReader reader("category", state);
    hashed_ = reader.flag("hashed");
    values_ = reader.texts("values", static_cast<size_t>(limit_));
    if (hashed_ && !values_.empty())
      reader.refuse("values", "empty although the values are hashed");
    make_index();
    if (index_.size() != values_.size()) reader.refuse("values", "a list of different values");
  }

 private:
  void make_index() {
    index_.clear();
    for (const auto& value : values_) {
      index_.emplace(value, kFirstValue + static_cast<int64_t>(index_.size()));
    }
  }
  int64_t id_of(const std::string& value) const {
    if (hashed_)
      return kFirstValue + static_cast<int64_t>(hash_bytes(value) % static_cast<uint64_t>(limit_));
    const auto it = index_.find(value);
    return it == index_.end() ? kUnknown : it->second;
  }

  int64_t limit_;
  int64_t width_;
  bool hashed_ = false;
  std::vector<std::string> values_;  // in the order of their ids
  std::unordered_map<std::string, int64_t> index_;
};

}  // namespace

CENOTE_ENCODE(category) {
  return {
      .info = {.summary =
                   "a learned vector for each value seen in training, hashed where they are many",
               .source = "arXiv:1604.06737; hashing: arXiv:0902.2206",
               .example = "b, a, b, null, and later c -> ids 1, 2, 1, 0, and none",
               .options = {{.name = "limit",
                            .default_value = int64_t{10'000},
                            .help =
                                "distinct values kept apart; above it all are hashed into as many",
                            .min = 1,
                            .max = 1e7},
                           {.name = "width",
                            .default_value = int64_t{32},
                            .help = "numbers in a learned vector",
                            .min = 1,
                            .max = 4096}}},
      .types = {ColumnType::category},
      .is_default = true,
      .make = [](const Options& options) -> std::unique_ptr<ColumnEncoder> {
        return std::make_unique<CategoryEncoder>(options);
      }};
}

}  // namespace cenote
