// SPDX-License-Identifier: Apache-2.0
#include "engine/model_file.h"

#include <algorithm>

#include "base/check.h"
#include "base/json_text.h"
#include "base/options.h"

namespace cenote {
namespace {

constexpr int kVersion = 3;  // 1: what was learned was in the header; 2: no confidence
constexpr int64_t kMostOutputs = 1'000'000;
constexpr size_t kMostMembers = 1000;
using nlohmann::json;

json pairs_to_json(const TextPairs& pairs) {
  json out = json::array();
  for (const auto& [name, value] : pairs) out.push_back({name, value});
  return out;
}

TextPairs pairs_from_json(const json& array) {
  TextPairs out;
  for (const auto& pair : array)
    out.emplace_back(pair.at(0).get<std::string>(), pair.at(1).get<std::string>());
  return out;
}

/// What an estimator learned, and the vocabularies of encoders, can be of any size, and a header cannot:
/// they are texts among the tensors.
constexpr const char* kEstimator = "estimator.json";
constexpr const char* kEncoders = "encoders.json";

void add_document(const std::string& name, const json& document, SafeTensors& file) {
  std::string text = document.dump();
  const auto size = static_cast<int64_t>(text.size());
  file.tensors.emplace_back(name, RawTensor{"U8", {size}, std::move(text)});
}

/// Takes a document out of the file; null if there is none of that name.
json take_document(const std::string& name, SafeTensors& file) {
  const auto found = std::find_if(file.tensors.begin(), file.tensors.end(),
                                  [&](const auto& tensor) { return tensor.first == name; });
  if (found == file.tensors.end()) return nullptr;
  const RawTensor tensor = std::move(found->second);
  file.tensors.erase(found);
  CENOTE_CHECK(tensor.dtype == "U8" && tensor.shape.size() == 1, bad_input,
               "model: '{}' is no text", name);
  return parse_json(tensor.bytes, "model: '" + name + "'");
}

/// Adds a part's tensors to the file, under `prefix`, and returns the rest.
json save_part(const ModelPart& part, const std::string& prefix, SafeTensors& file) {
  if (!part.estimator.is_null()) add_document(prefix + kEstimator, part.estimator, file);
  for (const auto& [name, tensor] : part.tensors) file.tensors.emplace_back(prefix + name, tensor);
  json out = {{"model", part.model},
              {"model_options", pairs_to_json(part.model_options)},
              {"train_options", pairs_to_json(part.train_options)},
              {"entry_options", pairs_to_json(part.entry_options)},
              {"seed", part.seed}};
  if (part.members.empty()) return out;
  out["weights"] = part.weights;
  out["members"] = json::array();
  for (size_t k = 0; k < part.members.size(); ++k)
    out["members"].push_back(
        save_part(part.members[k], fmt::format("{}member{}/", prefix, k), file));
  return out;
}

/// Takes the tensors under `prefix` out of the file.
ModelPart load_part(const json& state, const std::string& prefix, SafeTensors& file,
                    bool is_member = false) {
  ModelPart out;
  out.model = state.at("model").get<std::string>();
  out.model_options = pairs_from_json(state.at("model_options"));
  out.train_options = pairs_from_json(state.at("train_options"));
  out.entry_options = pairs_from_json(state.at("entry_options"));
  out.seed = state.at("seed").get<uint64_t>();
  out.estimator = take_document(prefix + kEstimator, file);
  if (state.contains("members")) {
    const json& members = state.at("members");
    out.weights = state.at("weights").get<std::vector<double>>();
    CENOTE_CHECK(!is_member && members.is_array() && members.size() == out.weights.size() &&
                     members.size() <= kMostMembers,
                 bad_input, "the model's members are damaged");
    for (size_t k = 0; k < members.size(); ++k)
      out.members.push_back(
          load_part(members[k], fmt::format("{}member{}/", prefix, k), file, true));
  }
  std::erase_if(file.tensors, [&](auto& tensor) {
    if (!tensor.first.starts_with(prefix)) return false;
    out.tensors.emplace_back(tensor.first.substr(prefix.size()), std::move(tensor.second));
    return true;
  });
  return out;
}

/// The document in the file's metadata under `key`, read by `take`.
template <class Take>
void read_document(const std::filesystem::path& path, const SafeTensors& file, const char* key,
                   const Take& take) {
  const auto found = file.metadata.find(key);
  CENOTE_CHECK(found != file.metadata.end(), bad_input,
               "{}: is a safetensors file, but no Cenote model", path.string());
  try {
    take(parse_json(found->second, path.string() + ": the model's manifest"));
  } catch (const json::exception& error) {
    fail(ErrorCode::bad_input, "{}: the model's manifest is damaged: {}", path.string(),
         error.what());
  }
}

}  // namespace

void write_part(const std::filesystem::path& path, const ModelPart& part) {
  SafeTensors file;
  file.metadata["cenote_part"] = save_part(part, "", file).dump();
  write_safetensors(path, file);
}

ModelPart read_part(const std::filesystem::path& path) {
  SafeTensors file = read_safetensors(path);
  ModelPart out;
  read_document(path, file, "cenote_part",
                [&](const json& document) { out = load_part(document, "", file); });
  return out;
}

void write_model(const std::filesystem::path& path, const ModelFile& model) {
  SafeTensors file;
  json manifest = save_part(model, "", file);
  manifest.update(
      {{"version", kVersion},
       {"schema", schema_to_json(model.schema)},
       {"task", task_to_json(model.task)},
       {"classes", model.classes},
       {"protocol", to_string(model.protocol)},
       {"as_of", to_string(model.as_of)},
       {"last_training_time", model.last_training_time},
       {"scale", {model.scale.shift, model.scale.scale, model.scale.low, model.scale.high}},
       {"outputs", model.outputs},
       {"confidence", confidence_to_json(model.confidence)}});
  add_document(kEncoders, model.encoders, file);
  file.metadata["cenote_model"] = manifest.dump();
  write_safetensors(path, file);
}

ModelFile read_model(const std::filesystem::path& path) {
  SafeTensors file = read_safetensors(path);
  ModelFile out;
  read_document(path, file, "cenote_model", [&](const json& manifest) {
    const int version = manifest.at("version").get<int>();
    CENOTE_CHECK(version == kVersion, unsupported, "{}: model format {}, this program reads {}",
                 path.string(), version, kVersion);
    out.encoders = take_document(kEncoders, file);
    static_cast<ModelPart&>(out) = load_part(manifest, "", file);
    out.schema = schema_from_json(manifest.at("schema"));
    out.task = task_from_json(manifest.at("task"));
    out.classes = manifest.at("classes").get<std::vector<std::string>>();
    out.protocol = parse_protocol(manifest.at("protocol").get<std::string>());
    out.as_of = parse_as_of(manifest.at("as_of").get<std::string>());
    out.last_training_time = manifest.at("last_training_time").get<int64_t>();
    const auto scale = manifest.at("scale").get<std::vector<double>>();
    CENOTE_CHECK(scale.size() == 4 && scale[1] > 0, bad_input, "{}: the output scale is damaged",
                 path.string());
    out.scale = {scale[0], scale[1], scale[2], scale[3]};
    out.outputs = manifest.at("outputs").get<int64_t>();
    out.confidence = confidence_from_json(manifest.at("confidence"));
  });
  CENOTE_CHECK(out.encoders.is_array() && out.encoders.size() == out.schema.tables.size(),
               bad_input, "{}: {} tables, but encoders of {}", path.string(),
               out.schema.tables.size(), out.encoders.size());
  const bool multiclass = out.task.type == TaskType::multiclass_classification;
  const bool links = out.task.type == TaskType::link_prediction;
  CENOTE_CHECK(!links || out.outputs == out.task.k, bad_input, "{}: {} outputs for {} places",
               path.string(), out.outputs, out.task.k);
  CENOTE_CHECK(out.outputs >= 1 && out.outputs <= kMostOutputs &&
                   (!multiclass || out.outputs == static_cast<int64_t>(out.classes.size())),
               bad_input, "{}: {} outputs do not go with {} classes", path.string(), out.outputs,
               out.classes.size());
  return out;
}

void check_schema_fits(const Schema& model, const Schema& database) {
  for (const Table& table : model.tables) {
    const int64_t position = database.find_table(table.name);
    CENOTE_CHECK(position >= 0, bad_schema, "the model was trained with table '{}'; {}", table.name,
                 choices_hint(table.name, database.table_names()));
    const Table& present = database.tables[position];
    for (const Column& column : table.columns) {
      if (column.type == ColumnType::ignored) continue;
      const int64_t c = present.find_column(column.name);
      CENOTE_CHECK(c >= 0, bad_schema,
                   "table '{}' has no column '{}', which the model was trained with", table.name,
                   column.name);
      CENOTE_CHECK(present.columns[c].storage == column.storage, bad_schema,
                   "column '{}.{}' holds {} values, the model was trained with {}", table.name,
                   column.name, to_string(present.columns[c].storage), to_string(column.storage));
    }
  }
}

}  // namespace cenote
