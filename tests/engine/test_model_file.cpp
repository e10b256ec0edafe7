// SPDX-License-Identifier: Apache-2.0
// Model files from anywhere: damage is an Error, never a crash; a database that does not fit is said to not fit.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/safetensors.h"
#include "engine/f1_copies.h"
#include "engine/generated_shop.h"
#include "engine/model_file.h"

namespace cenote {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// A small model of a small shop, shared by the tests.
struct TrainedShop {
  TrainedShop() {
    shop.add_forecast("binary_classification", "CAST(sum(amount) > 400 AS INTEGER)");
    bytes =
        fit_bytes(fit_options(shop.path(), "binary_classification", "sage", folder.path() / "run"));
  }
  GeneratedShop shop;
  TemporaryFolder folder{"cenote-run"};
  std::string bytes;
};
std::unique_ptr<const TrainedShop>& shared_shop() {
  static std::unique_ptr<const TrainedShop> one;
  return one;
}
const TrainedShop& trained_shop() { return *shared_shop(); }

class ModelFileDamage : public testing::Test {
 protected:
  static void SetUpTestSuite() { shared_shop() = std::make_unique<const TrainedShop>(); }
  /// Before main() ends: a database that is closed later reads what DuckDB has let go by then.
  static void TearDownTestSuite() { shared_shop().reset(); }

  std::string read(const std::string& bytes) {
    write_file_atomically(file_, bytes);
    return error_of([&] { read_model(file_); });
  }
  /// The trained model after a change, with a checksum that fits: what an attacker would write.
  std::string read_changed(const std::function<void(SafeTensors&)>& change) {
    write_file_atomically(file_, trained_shop().bytes);
    SafeTensors content = read_safetensors(file_);
    change(content);
    write_safetensors(file_, content);
    return use();
  }
  /// Uses the file as a run's model: reads, loads the weights, predicts.
  std::string use() {
    return error_of([&] {
      predict_at(folder_.path(), trained_shop().shop.path(), "2021-01-30", {"c1", "c2"});
    });
  }

  /// Changes the manifest in the metadata.
  std::string read_manifest_changed(const std::function<void(nlohmann::json&)>& change) {
    return read_changed([&](SafeTensors& content) {
      auto manifest = nlohmann::json::parse(content.metadata.at("cenote_model"));
      manifest["encoders"] = nlohmann::json::parse(content.at("encoders.json").bytes);
      change(manifest);
      std::erase_if(content.tensors, [](const auto& t) { return t.first == "encoders.json"; });
      if (manifest.contains("encoders"))
        content.tensors.push_back(text_tensor("encoders.json", manifest["encoders"].dump()));
      manifest.erase("encoders");
      content.metadata["cenote_model"] = manifest.dump();
    });
  }
  static std::pair<std::string, RawTensor> text_tensor(const std::string& name,
                                                       const std::string& text) {
    return {name, {"U8", {static_cast<int64_t>(text.size())}, text}};
  }

  const TemporaryFolder folder_{"cenote-damage"};
  const std::filesystem::path file_ = folder_.path() / "model.safetensors";
};

std::string with_header(const std::string& header, const std::string& data = "") {
  const uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + data;
}

TEST_F(ModelFileDamage, TheWholeFileIsFine) {
  EXPECT_EQ(read(trained_shop().bytes), "");
  EXPECT_EQ(use(), "");
}

TEST_F(ModelFileDamage, TruncatedAnywhere) {
  const std::string& bytes = trained_shop().bytes;
  for (size_t length : {0ul, 1ul, 7ul, 8ul, 9ul, 100ul, bytes.size() - 1, bytes.size() - 8}) {
    EXPECT_THAT(read(bytes.substr(0, length)), StartsWith("bad_input")) << length;
  }
  for (uint64_t i = 0; i < 40; ++i) {
    const size_t length = mix64(i + 1) % bytes.size();
    EXPECT_THAT(read(bytes.substr(0, length)), StartsWith("bad_input")) << length;
  }
  EXPECT_THAT(read(bytes + "x"), StartsWith("bad_input"));
}

TEST_F(ModelFileDamage, ABitThatFlippedAnywhere) {
  const std::string& bytes = trained_shop().bytes;
  uint64_t header = 0;
  std::memcpy(&header, bytes.data(), 8);
  for (uint64_t i = 0; i < 300; ++i) {
    // A third each: the length, the header, the data.
    const size_t begin = i % 3 == 0 ? 0 : i % 3 == 1 ? 8 : 8 + header;
    const size_t end = i % 3 == 0 ? 8 : i % 3 == 1 ? 8 + header : bytes.size();
    const size_t at = begin + mix64(i + 7) % (end - begin);
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (i / 3 % 8)));
    const std::string error = read(damaged);
    // White space of the header's padding and spellings of the same JSON carry nothing; all else is noticed.
    if (error.empty()) {
      EXPECT_LT(at, 8 + header) << at;
    }
  }
}

TEST_F(ModelFileDamage, HeadersThatLie) {
  const std::string big = std::string("\xff\xff\xff\xff\xff\xff\xff\x7f", 8) + "{}";
  EXPECT_THAT(read(std::string("\0\0\0\0\0\0\0\x80", 8) + "{}"), StartsWith("bad_input"));
  EXPECT_THAT(read(big), StartsWith("bad_input"));
  EXPECT_THAT(read(with_header("[]")), StartsWith("bad_input"));
  EXPECT_THAT(read(with_header("{")), StartsWith("bad_input"));
  EXPECT_THAT(read(with_header("")), StartsWith("bad_input"));
  EXPECT_THAT(read(with_header("{}")), StartsWith("bad_input"));
  EXPECT_THAT(read(with_header(std::string(1'000'000, '['))), StartsWith("bad_input"));
  std::string nested = "{\"a\":";
  for (int i = 0; i < 100'000; ++i) nested += "{\"a\":";
  EXPECT_THAT(read(with_header(nested)), StartsWith("bad_input"));
  const auto tensor = [](const std::string& shape, const std::string& offsets,
                         const std::string& dtype = "F32") {
    return with_header(fmt::format(R"({{"t":{{"dtype":"{}","shape":{},"data_offsets":{}}}}})",
                                   dtype, shape, offsets),
                       std::string(16, '\0'));
  };
  for (const auto& [shape, offsets] :
       std::vector<std::pair<std::string, std::string>>{{"[4]", "[0,17]"},
                                                        {"[4]", "[0,9223372036854775807]"},
                                                        {"[4]", "[-4,12]"},
                                                        {"[4]", "[12,0]"},
                                                        {"[5]", "[0,16]"},
                                                        {"[-4]", "[0,16]"},
                                                        {"[4611686018427387904,4]", "[0,16]"},
                                                        {"[4]", "[0]"},
                                                        {"[4]", "[0,16.5]"},
                                                        {"[4]", "[0,18446744073709551615]"},
                                                        {"\"4\"", "[0,16]"},
                                                        {"[2]", "[0,8]"},
                                                        {"[2]", "[8,16]"}}) {
    EXPECT_THAT(read(tensor(shape, offsets)), StartsWith("bad_input")) << shape << offsets;
  }
  EXPECT_THAT(read(tensor("[4]", "[0,16]", "F128")), StartsWith("bad_input"));
  EXPECT_THAT(read(with_header(R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},)"
                               R"("b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})",
                               std::string(16, '\0'))),
              StartsWith("bad_input"));
}

TEST_F(ModelFileDamage, FilesOfOthers) {
  EXPECT_THAT(read("PK\x03\x04 a zip file, as torch.save writes"), StartsWith("unsupported"));
  EXPECT_THAT(read("\x80\x04\x95 a pickle"), StartsWith("unsupported"));
  SafeTensors other;
  other.tensors.emplace_back("weight", RawTensor{"F32", {1}, std::string(4, '\0')});
  write_safetensors(file_, other);
  EXPECT_THAT(error_of([&] { read_model(file_); }), HasSubstr("no Cenote model"));
  EXPECT_NE(error_of([] { read_model("/dev/zero"); }), "");
  EXPECT_NE(error_of([] { read_model("/tmp"); }), "");
}

TEST_F(ModelFileDamage, NothingLargeIsAllocated) {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  const long resident = usage.ru_maxrss;
  read(with_header(
      R"({"t":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}})"));
  read(std::string("\xff\xff\xff\xff\0\0\0\0", 8) + "{}");
  ::getrusage(RUSAGE_SELF, &usage);
  EXPECT_LT(usage.ru_maxrss - resident, 64 << 10);  // KiB
}

TEST_F(ModelFileDamage, TensorsThatDoNotBelong) {
  EXPECT_THAT(
      read_changed([](SafeTensors& c) { std::swap(c.tensors[0].second, c.tensors.back().second); }),
      StartsWith("bad_input"));
  EXPECT_THAT(read_changed([](SafeTensors& c) { c.tensors.pop_back(); }), StartsWith("bad_input"));
  EXPECT_THAT(read_changed([](SafeTensors& c) { c.tensors[0].first = "other"; }),
              StartsWith("bad_input"));
  EXPECT_THAT(read_changed([](SafeTensors& c) {
                c.tensors.push_back({"more", {"F32", {1}, "abcd"}});
              }),
              StartsWith("bad_input"));
  EXPECT_THAT(read_changed([](SafeTensors& c) { c.tensors[0].second.dtype = "I32"; }),
              StartsWith("bad_input"));
  EXPECT_THAT(read_changed([](SafeTensors& c) { c.tensors[0].second.shape.push_back(1); }),
              StartsWith("bad_input"));
}

TEST_F(ModelFileDamage, ManifestsThatDoNotBelong) {
  // Every field taken away, and every field of the wrong kind.
  write_file_atomically(file_, trained_shop().bytes);
  auto manifest = nlohmann::json::parse(read_safetensors(file_).metadata.at("cenote_model"));
  manifest["encoders"] = read_model(file_).encoders;
  for (const auto& [field, value] : manifest.items()) {
    EXPECT_NE(read_manifest_changed([&](nlohmann::json& m) { m.erase(field); }), "") << field;
    EXPECT_NE(read_manifest_changed([&](nlohmann::json& m) {
                m[field] = {{"x", {nullptr}}};
              }),
              "")
        << field;
  }
  EXPECT_THAT(read_manifest_changed([](nlohmann::json& m) { m["version"] = 999; }),
              StartsWith("unsupported"));
  EXPECT_NE(read_manifest_changed([](nlohmann::json& m) { m["model"] = "no_such"; }), "");
  EXPECT_NE(read_manifest_changed([](nlohmann::json& m) { m["outputs"] = 1'000'000'000'000; }), "");
  EXPECT_NE(read_manifest_changed([](nlohmann::json& m) { m["outputs"] = 2; }), "");
  EXPECT_NE(read_manifest_changed([](nlohmann::json& m) { m["task"]["entity_table"] = "nowhere"; }),
            "");
  EXPECT_NE(read_manifest_changed([](nlohmann::json& m) { m["encoders"].erase(0); }), "");
  EXPECT_NE(
      read_manifest_changed([](nlohmann::json& m) { m["schema"]["links"][0]["to"] = "nowhere"; }),
      "");
  EXPECT_NE(read_manifest_changed(
                [](nlohmann::json& m) { m["schema"]["links"][0]["from_columns"] = {"nothing"}; }),
            "");
  for (size_t t = 0; t < manifest.at("encoders").size(); ++t) {
    EXPECT_NE(read_manifest_changed([&](nlohmann::json& m) {
                m["encoders"][t] = {{"columns", {{{"x", 1}}}}};
              }),
              "")
        << t;
    EXPECT_NE(read_manifest_changed([&](nlohmann::json& m) {
                std::swap(m["encoders"][t], m["encoders"][(t + 1) % m["encoders"].size()]);
              }),
              "")
        << t;
  }
}

TEST_F(ModelFileDamage, AManifestThatIsNestedDeeply) {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  EXPECT_THAT(read_changed([&](SafeTensors& content) {
                std::string& text = content.metadata.at("cenote_model");
                text.insert(text.size() - 1, ",\"more\":" + deep);
              }),
              HasSubstr("the model's manifest: is nested too deeply"));
  EXPECT_THAT(read_changed([&](SafeTensors& content) {
                std::erase_if(content.tensors,
                              [](const auto& t) { return t.first == "encoders.json"; });
                content.tensors.push_back(text_tensor("encoders.json", deep));
              }),
              HasSubstr("model: 'encoders.json': is nested too deeply"));
}

TEST_F(ModelFileDamage, WhatAnEstimatorLearnedIsNotInTheHeader) {
  ModelPart part;
  part.model = "boost";
  part.estimator = {{"trees", std::string(1'000'000, 'x')}};
  part.members.push_back(part);
  part.weights = {1};
  write_part(file_, part);
  uint64_t header = 0;
  std::memcpy(&header, read_file(file_).data(), sizeof header);
  EXPECT_LT(header, 10'000u);
  const ModelPart back = read_part(file_);
  EXPECT_EQ(back.estimator, part.estimator);
  EXPECT_EQ(back.members.at(0).estimator, part.estimator);
  EXPECT_TRUE(back.tensors.empty());
  SafeTensors content = read_safetensors(file_);
  for (auto& [name, tensor] : content.tensors)
    tensor = {"F32",
              {static_cast<int64_t>(tensor.bytes.size() / 4)},
              tensor.bytes.substr(0, tensor.bytes.size() / 4 * 4)};
  write_safetensors(file_, content);
  EXPECT_THAT(error_of([&] { read_part(file_); }), HasSubstr("is no text"));
}

TEST_F(ModelFileDamage, AColumnThatIsIgnoredIsNotRead) {
  write_file_atomically(file_, trained_shop().bytes);
  const ModelFile model = read_model(file_);
  int64_t encoded = 0;
  for (size_t t = 0; t < model.schema.tables.size(); ++t) {
    for (const auto& column : model.encoders.at(t).at("columns")) {
      const auto c = model.schema.tables[t].find_column(column.at("name").get<std::string>());
      EXPECT_THAT(read_manifest_changed([&](nlohmann::json& m) {
                    m["schema"]["tables"][t]["columns"][c]["type"] = "ignored";
                  }),
                  StartsWith("bad_input: model: column '" + model.schema.tables[t].name + "." +
                             column.at("name").get<std::string>() + "' is of type ignored"));
      ++encoded;
    }
  }
  EXPECT_GT(encoded, 0);
}

}  // namespace
}  // namespace cenote
