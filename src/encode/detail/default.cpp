// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "encode/encode.h"

namespace cenote {

const EncodeEntry* default_encoder(ColumnType type) {
  for (const auto& [name, entry] : encode_registry()) {
    if (entry.is_default &&
        std::find(entry.types.begin(), entry.types.end(), type) != entry.types.end()) {
      return &entry;
    }
  }
  return nullptr;
}

}  // namespace cenote
