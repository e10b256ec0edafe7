// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint.h"

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/json_text.h"

namespace cenote {

RawTensor to_raw(const at::Tensor& tensor) {
  const at::Tensor value = tensor.detach().contiguous();
  RawTensor raw;
  CENOTE_ASSERT(value.scalar_type() == at::kFloat || value.scalar_type() == at::kDouble);
  raw.dtype = value.scalar_type() == at::kFloat ? "F32" : "F64";
  raw.shape.assign(value.sizes().begin(), value.sizes().end());
  raw.bytes.assign(static_cast<const char*>(value.const_data_ptr()),
                   value.numel() * value.element_size());
  return raw;
}

void copy_from_raw(const std::string& name, const RawTensor& raw, at::Tensor& target) {
  const std::string wanted = target.scalar_type() == at::kFloat ? "F32" : "F64";
  const std::vector<int64_t> shape(target.sizes().begin(), target.sizes().end());
  CENOTE_CHECK(raw.dtype == wanted && raw.shape == shape, bad_input,
               "model: tensor '{}' is {} [{}], {} [{}] is needed", name, raw.dtype,
               fmt::join(raw.shape, ", "), wanted, fmt::join(shape, ", "));
  CENOTE_ASSERT(target.is_contiguous());
  std::memcpy(target.data_ptr(), raw.bytes.data(), raw.bytes.size());
}

void write_checkpoint(const std::filesystem::path& path, const TrainState& state) {
  SafeTensors file;
  const auto put = [&](const std::string& group, const std::vector<at::Tensor>& tensors) {
    for (size_t i = 0; i < tensors.size(); ++i)
      file.tensors.emplace_back(group + "/" + state.names[i], to_raw(tensors[i]));
  };
  put("weights", state.weights);
  put("first", state.first);
  put("second", state.second);
  put("best", state.best);
  auto log = nlohmann::json::array();
  for (const EpochLog& line : state.log)
    log.push_back({line.epoch, line.loss, line.metric, line.seconds});
  file.metadata["cenote_checkpoint"] = nlohmann::json{
      {"version", 1},
      {"epoch", state.epoch},
      {"steps", state.steps},
      {"best_epoch", state.best_epoch},
      {"best_metric", state.best_metric},
      {"log", log},
      {"fingerprint", state.fingerprint}}.dump();
  write_safetensors(path, file);
}

void read_checkpoint(const std::filesystem::path& path, TrainState& state) {
  const SafeTensors file = read_safetensors(path);
  const auto found = file.metadata.find("cenote_checkpoint");
  CENOTE_CHECK(found != file.metadata.end(), bad_input, "{}: is not a checkpoint", path.string());
  try {
    const auto meta = parse_json(found->second, path.string() + ": the checkpoint's header");
    CENOTE_CHECK(meta.at("fingerprint").get<std::string>() == state.fingerprint, bad_input,
                 "{}: belongs to a run with other data or options; start without --resume",
                 path.string());
    state.epoch = meta.at("epoch").get<int64_t>();
    state.steps = meta.at("steps").get<int64_t>();
    state.best_epoch = meta.at("best_epoch").get<int64_t>();
    state.best_metric = meta.at("best_metric").get<double>();
    state.log.clear();
    for (const auto& line : meta.at("log")) {
      // JSON has no NaN: an undefined metric was written as null.
      const double metric = line.at(2).is_null() ? std::nan("") : line.at(2).get<double>();
      state.log.push_back(
          {line.at(0).get<int64_t>(), line.at(1).get<double>(), metric, line.at(3).get<double>()});
    }
  } catch (const nlohmann::json::exception&) {
    fail(ErrorCode::bad_input, "{}: the checkpoint's header is damaged", path.string());
  }
  const auto take = [&](const std::string& group, std::vector<at::Tensor>& tensors) {
    for (size_t i = 0; i < tensors.size(); ++i) {
      const std::string name = group + "/" + state.names[i];
      copy_from_raw(name, file.at(name), tensors[i]);
    }
  };
  take("weights", state.weights);
  take("first", state.first);
  take("second", state.second);
  take("best", state.best);
}

}  // namespace cenote
