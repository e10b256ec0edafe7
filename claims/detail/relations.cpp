// SPDX-License-Identifier: Apache-2.0
#include "claims/detail/relations.h"

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/files.h"

namespace cenote {

std::vector<RelationSentence> read_relations(const std::filesystem::path& data) {
  const std::string text = read_file(data / kRelationFile, int64_t{16} << 20);
  std::vector<RelationSentence> out;
  try {
    const auto file = nlohmann::json::parse(text);
    const auto &sentences = file.at(0), &relations = file.at(1);
    for (size_t i = 0; i < sentences.size(); ++i) {
      RelationSentence each;
      sentences[i].at(0).get_to(each.first);
      sentences[i].at(1).get_to(each.second);
      sentences[i].at(2).get_to(each.words);
      std::vector<std::string> path;  // none: no parse
      if (sentences[i].at(3).is_array()) sentences[i][3].get_to(path);
      // Words, with the kind of dependency between each two.
      for (size_t k = 0; k < path.size(); k += 2) each.path.push_back(path[k]);
      relations.at(i).at(0).get_to(each.relation);
      if (!relations[i].at(1).is_null()) relations[i].at(1).get_to(each.direction);
      if (!path.empty()) out.push_back(std::move(each));
    }
  } catch (const nlohmann::json::exception& e) {
    fail(ErrorCode::bad_input, "{}: {}", kRelationFile, e.what());
  }
  for (const RelationSentence& each : out) {
    const auto count = static_cast<int64_t>(each.words.size());
    for (const auto* places : {&each.first, &each.second}) {
      CENOTE_CHECK(!places->empty(), bad_input, "{}: a sentence marks one thing only",
                   kRelationFile);
      for (const int64_t place : *places)
        CENOTE_CHECK(place >= 0 && place < count, bad_input, "{}: word {} of {} is marked",
                     kRelationFile, place, count);
    }
  }
  return out;
}

}  // namespace cenote
