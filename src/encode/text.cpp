// SPDX-License-Identifier: Apache-2.0
// Text: a bag of hashed words and character 3-grams; the mean of their learned vectors is the
// text's code.
//
//   Words are runs of letters and digits, lower-cased; 3-grams are taken of "<word>", marks
//   included. Either lies in bucket hash mod `buckets`. Buckets that no visible row touches (of
//   250,000 evenly spread ones, where there are more) have no id and are left out: their vectors
//   would hardly be trained. id 0: missing; then the touched
//   buckets in order.
//
// Shapes    column with N rows of storage utf8; bags of at most `ids` ids, vocabulary 1 + touched
//           buckets.
// Empty     a missing value is the bag {0}; a text without known words, and every text after fit()
//           on no rows, the empty bag.
// Options   buckets in [1, 2^24], default 4096; width in [1, 4096], default 32: numbers in a
//           learned vector; ids in [1, 65536], default 64: ids of a row, words first, so a long
//           text keeps its beginning.
// Errors    bad_schema for a column that holds no texts. Bytes that are no UTF-8 part words like a
//           space.
// Cost      O(bytes) time; 4 bytes an id in memory.
// Threads   encode() is safe to call concurrently.
// Source    Bojanowski, Grave, Joulin, Mikolov 2017, arXiv:1607.04606, section 3.2; dropping
//           untouched buckets is ours.
#include <algorithm>

#include "base/hash.h"
#include "encode/detail/codes.h"
#include "encode/detail/state.h"
#include "encode/detail/utf8.h"

namespace cenote {
namespace {

using namespace encode_detail;

constexpr int64_t kMissing = 0, kFirstBucket = 1, kUntouched = -1;
constexpr uint64_t kWordSeed = 1, kGramSeed = 2;
constexpr size_t kMostFitted =
    250'000;  // texts that fit() reads, evenly spread where there are more

/// Calls use(bucket) for at most `most` features of a text: its words, then their 3-grams.
template <class Use>
void for_each_bucket(std::string_view text, int64_t buckets, int64_t most, Words& words,
                     const Use& use) {
  const auto count = static_cast<uint64_t>(buckets);
  const bool is_power = (count & (count - 1)) == 0;  // then the remainder is a mask
  const auto bucket = [&](std::string_view feature, uint64_t seed) {
    const uint64_t hash = hash_bytes(feature, seed);
    return static_cast<int64_t>(is_power ? hash & (count - 1) : hash % count);
  };
  split_words(text, most, words);
  for (int64_t i = 0; i < words.count(); ++i) use(bucket(words.word(i), kWordSeed));
  most -= words.count();
  for (size_t i = 1; i < words.first.size(); ++i) {
    for (uint32_t c = words.first[i - 1]; c + 3 <= words.first[i]; ++c) {
      if (most-- <= 0) return;
      use(bucket(words.slice(c, c + 3), kGramSeed));
    }
  }
}

class TextEncoder : public ColumnEncoder {
 public:
  explicit TextEncoder(const Options& options)
      : buckets_(options.get_int("buckets")),
        width_(options.get_int("width")),
        most_(options.get_int("ids")) {
    set_touched({});
  }

  void fit(const ColumnData& column, std::span<const int64_t> visible_rows) override {
    check_storage("text", column, {StorageType::utf8});
    std::vector<bool> seen(static_cast<size_t>(buckets_));
    int64_t unseen = buckets_;  // once there is none left, further rows say nothing
    Words words;
    const size_t step = visible_rows.size() / kMostFitted + 1;
    for (size_t i = 0; i < visible_rows.size() && unseen > 0; i += step) {
      const int64_t row = visible_rows[i];
      if (!column.is_valid(row)) continue;
      for_each_bucket(column.text(row), buckets_, most_, words, [&](int64_t bucket) {
        unseen -= !seen[static_cast<size_t>(bucket)];
        seen[static_cast<size_t>(bucket)] = true;
      });
    }
    std::vector<int64_t> touched;
    for (int64_t bucket = 0; bucket < buckets_; ++bucket) {
      if (seen[static_cast<size_t>(bucket)]) touched.push_back(bucket);
    }
    set_touched(std::move(touched));
  }

  ColumnCodes encode(const ColumnData& column) const override {
    check_storage("text", column, {StorageType::utf8});
    const int64_t rows = column.size();
    Words words;
    LearnedCodes codes(rows, width_, kFirstBucket + static_cast<int64_t>(touched_.size()));
    for (int64_t row = 0; row < rows; ++row) {
      if (!column.is_valid(row)) {
        codes.add(kMissing);
      } else {
        for_each_bucket(column.text(row), buckets_, most_, words, [&](int64_t bucket) {
          const int64_t id = ids_[static_cast<size_t>(bucket)];
          if (id != kUntouched) codes.add(id);
        });
      }
      codes.finish_row();
    }
    codes.add(kMissing);
    codes.finish_row();
    return codes.take();
  }

  nlohmann::json save() const override { return {{"buckets", buckets_}, {"touched", touched_}}; }

  void load(const nlohmann::json& state) override {
    const StateReader reader("text", state);
    if (reader.integer("buckets", 1, INT64_MAX) != buckets_) {
      reader.refuse("buckets", fmt::format("{}, as the option says", buckets_));
    }
    auto touched = reader.integers("touched", static_cast<size_t>(buckets_), 0, buckets_ - 1);
    if (std::adjacent_find(touched.begin(), touched.end(), std::greater_equal<>()) !=
        touched.end()) {
      reader.refuse("touched", "ascending");
    }
    set_touched(std::move(touched));
  }

 private:
  void set_touched(std::vector<int64_t> touched) {
    touched_ = std::move(touched);
    ids_.assign(static_cast<size_t>(buckets_), kUntouched);
    for (size_t i = 0; i < touched_.size(); ++i) {
      ids_[static_cast<size_t>(touched_[i])] = kFirstBucket + static_cast<int64_t>(i);
    }
  }

  int64_t buckets_;
  int64_t width_;
  int64_t most_;
  std::vector<int64_t> touched_;  // buckets, ascending
  std::vector<int64_t> ids_;      // [buckets]
};

}  // namespace

CENOTE_ENCODE(text) {
  return {.info = {.summary = "learned vectors of hashed words and character 3-grams, averaged",
                   .source = "arXiv:1607.04606, section 3.2",
                   .example = "\"Up!\" -> buckets of up, <up, up>",
                   .options = {{.name = "buckets",
                                .default_value = int64_t{4096},
                                .help = "buckets that words and 3-grams are hashed into",
                                .min = 1,
                                .max = 16'777'216},
                               {.name = "width",
                                .default_value = int64_t{32},
                                .help = "numbers in a learned vector",
                                .min = 1,
                                .max = 4096},
                               {.name = "ids",
                                .default_value = int64_t{64},
                                .help = "most words and 3-grams of a text, words first",
                                .min = 1,
                                .max = 65'536}}},
          .types = {ColumnType::text},
          .is_default = true,
          .make = [](const Options& options) -> std::unique_ptr<ColumnEncoder> {
            return std::make_unique<TextEncoder>(options);
          }};
}

}  // namespace cenote
