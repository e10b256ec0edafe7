// SPDX-License-Identifier: Apache-2.0
#include "base/safetensors.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/json_text.h"

namespace cenote {
namespace {

constexpr uint64_t kMaxHeader = 100'000'000;
constexpr int kMaxDepth = 4;

int64_t dtype_bytes(const std::string& dtype) {
  if (dtype == "F64" || dtype == "I64") return 8;
  if (dtype == "F32" || dtype == "I32") return 4;
  if (dtype == "U8") return 1;
  return 0;
}

std::string hex(uint64_t value) { return fmt::format("{:016x}", value); }

/// Bytes that a shape needs, or -1 on overflow or a negative size.
int64_t shape_bytes(const std::vector<int64_t>& shape, int64_t element) {
  int64_t total = element;
  for (const int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(total, size, &total)) return -1;
  }
  return total;
}

}  // namespace

const RawTensor& SafeTensors::at(const std::string& name) const {
  for (const auto& [known, tensor] : tensors) {
    if (known == name) return tensor;
  }
  fail(ErrorCode::bad_input, "model: tensor '{}' is missing", name);
}

void write_safetensors(const std::filesystem::path& path, const SafeTensors& content) {
  std::string data;
  nlohmann::ordered_json header;
  uint64_t hash = 0;
  for (const auto& [name, tensor] : content.tensors) {
    CENOTE_ASSERT(shape_bytes(tensor.shape, dtype_bytes(tensor.dtype)) ==
                  static_cast<int64_t>(tensor.bytes.size()));
    const size_t begin = data.size();
    data += tensor.bytes;
    header[name] = {
        {"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {begin, data.size()}}};
  }
  hash = hash_bytes(data);
  for (const auto& [key, value] : content.metadata) {
    header["__metadata__"][key] = value;
    hash = hash_combine(hash, hash_bytes(value, hash_bytes(key)));
  }
  header["__metadata__"]["payload_hash"] = hex(hash);
  std::string text = header.dump();
  while (text.size() % 8 != 0) text += ' ';
  CENOTE_CHECK(text.size() <= kMaxHeader, unsupported,
               "{}: its header would have {} bytes; at most {} are read", path.string(),
               text.size(), kMaxHeader);
  std::string file(8, '\0');
  const uint64_t length = text.size();
  std::memcpy(file.data(), &length, 8);
  file += text;
  file += data;
  write_file_atomically(path, file);
}

SafeTensors read_safetensors(const std::filesystem::path& path) {
  const std::string file = path.string();
  const std::string bytes = read_file(path);
  // A header's length may happen to start like a zip or a pickle; its first byte after that is a brace.
  if (bytes.size() > 8 && bytes[8] != '{' &&
      (bytes.starts_with("PK") || bytes.starts_with('\x80'))) {
    fail(ErrorCode::unsupported,
         "{}: pickle and zip models are not supported; a model is a safetensors file", file);
  }
  CENOTE_CHECK(bytes.size() >= 8, bad_input, "{}: {} bytes are too few for a model file", file,
               bytes.size());
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  CENOTE_CHECK(length <= kMaxHeader && length <= bytes.size() - 8, bad_input,
               "{}: the header claims {} bytes, the file has {}", file, length, bytes.size() - 8);
  const nlohmann::json header =
      parse_json(std::string_view(bytes).substr(8, length), file + ": the header", kMaxDepth);
  CENOTE_CHECK(header.is_object(), bad_input, "{}: the header is no JSON object", file);
  const std::string_view data = std::string_view(bytes).substr(8 + length);

  SafeTensors out;
  std::vector<std::pair<int64_t, int64_t>> spans;
  try {
    for (const auto& [name, entry] : header.items()) {
      if (name == "__metadata__") {
        for (const auto& [key, value] : entry.items()) out.metadata[key] = value.get<std::string>();
        continue;
      }
      RawTensor tensor;
      tensor.dtype = entry.at("dtype").get<std::string>();
      tensor.shape = entry.at("shape").get<std::vector<int64_t>>();
      const auto offsets = entry.at("data_offsets").get<std::vector<int64_t>>();
      const int64_t element = dtype_bytes(tensor.dtype);
      CENOTE_CHECK(element > 0, bad_input, "{}: tensor '{}' has the unknown dtype '{}'", file, name,
                   tensor.dtype);
      CENOTE_CHECK(offsets.size() == 2 && offsets[0] >= 0 && offsets[0] <= offsets[1] &&
                       offsets[1] <= static_cast<int64_t>(data.size()),
                   bad_input, "{}: tensor '{}' lies outside the file", file, name);
      CENOTE_CHECK(shape_bytes(tensor.shape, element) == offsets[1] - offsets[0], bad_input,
                   "{}: tensor '{}' has {} bytes, its shape needs another number", file, name,
                   offsets[1] - offsets[0]);
      tensor.bytes = std::string(data.substr(offsets[0], offsets[1] - offsets[0]));
      spans.emplace_back(offsets[0], offsets[1]);
      out.tensors.emplace_back(name, std::move(tensor));
    }
  } catch (const nlohmann::json::exception&) {
    fail(ErrorCode::bad_input, "{}: the header does not describe tensors", file);
  }
  // In the data's order, they must cover it exactly: no gap, no overlap.
  std::vector<size_t> order(out.tensors.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return spans[a] < spans[b]; });
  int64_t end = 0;
  std::vector<std::pair<std::string, RawTensor>> sorted;
  for (const size_t i : order) {
    CENOTE_CHECK(spans[i].first == end, bad_input,
                 "{}: tensor '{}' overlaps another or leaves a gap", file, out.tensors[i].first);
    end = spans[i].second;
    sorted.push_back(std::move(out.tensors[i]));
  }
  CENOTE_CHECK(end == static_cast<int64_t>(data.size()), bad_input,
               "{}: {} bytes belong to no tensor", file, static_cast<int64_t>(data.size()) - end);
  out.tensors = std::move(sorted);

  uint64_t hash = hash_bytes(data);
  std::string claimed;
  for (const auto& [key, value] : out.metadata) {
    if (key == "payload_hash") {
      claimed = value;
    } else {
      hash = hash_combine(hash, hash_bytes(value, hash_bytes(key)));
    }
  }
  CENOTE_CHECK(claimed == hex(hash), bad_input,
               "{}: the content does not match its checksum; the file is damaged", file);
  out.metadata.erase("payload_hash");
  return out;
}

}  // namespace cenote
