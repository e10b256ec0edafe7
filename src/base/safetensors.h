// SPDX-License-Identifier: Apache-2.0
// The safetensors format: a JSON header and raw tensors, nothing that could run code.
//
// File      u64 header length, little-endian; header; data. Header: {"name": {"dtype", "shape",
//           "data_offsets": [begin, end]}, ..., "__metadata__": {text: text}}. Offsets count from the data's start.
// Limits    header at most 100 MB; tensors must fill the data without gap or overlap; every size is checked
//           with overflow before it is used, and nothing is allocated that the file does not hold.
// Source    the format's specification, huggingface/safetensors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace cenote {

struct RawTensor {
  std::string dtype;  // "F32", "F64", "I64", "U8"
  std::vector<int64_t> shape;
  std::string bytes;  // row-major, little-endian
};

struct SafeTensors {
  std::map<std::string, std::string> metadata;
  std::vector<std::pair<std::string, RawTensor>> tensors;  // in the file's order

  /// Errors    bad_input naming the tensor.
  const RawTensor& at(const std::string& name) const;
};

/// Written atomically (base/files.h); metadata "payload_hash" is added by the writer and checked by the reader.
/// Errors    unsupported for a header that no reader takes; io.
void write_safetensors(const std::filesystem::path& path, const SafeTensors& content);
/// Errors    bad_input naming the file and what is wrong with it; io.
SafeTensors read_safetensors(const std::filesystem::path& path);

}  // namespace cenote
