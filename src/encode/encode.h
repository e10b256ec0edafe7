// SPDX-License-Identifier: Apache-2.0
// Encoders: the values of a column become codes, once per run. What is learned (embeddings, the maps after
// the codes) belongs to the layers; an encoder only decides what they see, so it needs no tensors.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "base/registry.h"
#include "database/column.h"

namespace cenote {

/// Codes of N rows and of one more, row N, in which the value is missing.
///
/// Fixed codes are numbers ([N + 1, width], standardised, finite). Learned codes are bags of ids: row r
/// has ids[offsets[r]] ... ids[offsets[r + 1] - 1] in [0, vocabulary), and the layer learns a vector of
/// `width` numbers for each id and takes the mean of the bag (an empty bag gives zeros).
struct ColumnCodes {
  int64_t width = 0;
  PagedVector<float> fixed;
  int64_t vocabulary = 0;        // 0: fixed
  PagedVector<int64_t> offsets;  // [N + 2]
  PagedVector<int32_t> ids;
  bool learned() const { return vocabulary > 0; }
};

/// One column's encoder.
///
/// Call order  make (fit | load) encode*. fit() sees only rows visible to training: nothing else of the
///             column may influence the state (the leakage law).
/// Empty       fit() on no rows gives a state that encodes every value as missing or unknown.
/// Errors      load() checks every size and value: bad_input naming the field.
/// Threads     encode() is safe to call concurrently.
class ColumnEncoder {
 public:
  virtual ~ColumnEncoder() = default;
  virtual void fit(const ColumnData& column, std::span<const int64_t> visible_rows) = 0;
  virtual nlohmann::json save() const = 0;
  virtual void load(const nlohmann::json& state) = 0;
  virtual ColumnCodes encode(const ColumnData& column) const = 0;
};

struct EncodeEntry {
  EntryInfo info;
  std::vector<ColumnType>
      types;  // the column types it serves; the first entry to name a type is its default
  bool is_default = false;  // of those types
  std::unique_ptr<ColumnEncoder> (*make)(const Options& options) = nullptr;
};

/// Begins an entry: CENOTE_ENCODE(number) { return {...}; } in src/encode/number.cpp.
#define CENOTE_ENCODE(name)    \
  namespace entries {          \
  EncodeEntry encode_##name(); \
  }                            \
  EncodeEntry entries::encode_##name()

const Registry<EncodeEntry>& encode_registry();

/// The default entry for a column type, or null where columns of it are not encoded (key, ignored).
const EncodeEntry* default_encoder(ColumnType type);

}  // namespace cenote
