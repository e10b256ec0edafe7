// SPDX-License-Identifier: Apache-2.0
// Sentences of SemEval 2010 task 8: which relation two marked words have.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace cenote {

inline const std::string kRelationFile = "text/semeval2010/task8_test.json";

struct RelationSentence {
  std::vector<std::string> words;
  std::vector<int64_t> first, second;  // places of the two marked things, one or more words each
  std::vector<std::string> path;       // words of the dependency path from the second to the first
  std::string relation;                // "Other" if none
  std::string direction;               // "(e1,e2)" or "(e2,e1)"; empty for "Other"
};

/// Those with a parse. Errors    io, bad_input.
std::vector<RelationSentence> read_relations(const std::filesystem::path& data);

}  // namespace cenote
