// SPDX-License-Identifier: Apache-2.0
#include "claims/detail/cranfield.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>
#include <set>
#include <sstream>

#include "base/check.h"
#include "base/files.h"

namespace cenote {
namespace {

constexpr int64_t kLargestFile = 16 << 20;

/// Fields of the records of a file: ".T" -> text, by record.
std::vector<std::map<char, std::string>> records_of(const std::string& text) {
  std::vector<std::map<char, std::string>> out;
  std::istringstream lines(text);
  char field = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.size() >= 2 && line[0] == '.' && std::isupper(static_cast<unsigned char>(line[1]))) {
      field = line[1];
      if (field == 'I') out.emplace_back();
      continue;
    }
    if (!out.empty()) out.back()[field] += line + " ";
  }
  return out;
}

}  // namespace

Cranfield::Words words_of(const std::string& text) {
  Cranfield::Words out;
  std::string word;
  for (const char c : text + " ") {
    const auto letter = static_cast<unsigned char>(c);
    if (std::isalnum(letter)) {
      word += static_cast<char>(std::tolower(letter));
      continue;
    }
    if (word.size() >= 2) out.push_back(word);
    word.clear();
  }
  return out;
}

Cranfield Cranfield::read(const std::filesystem::path& data) {
  Cranfield out;
  for (auto& record : records_of(read_file(data / kCranfieldFiles[0], kLargestFile))) {
    out.titles.push_back(words_of(record['T']));
    out.texts.push_back(words_of(record['W']));
  }
  for (auto& record : records_of(read_file(data / kCranfieldFiles[1], kLargestFile)))
    out.queries.push_back(words_of(record['W']));
  out.gains.resize(out.queries.size());
  std::istringstream lines(read_file(data / kCranfieldFiles[2], kLargestFile));
  int64_t query = 0, document = 0, grade = 0;
  while (lines >> query >> document >> grade) {
    CENOTE_CHECK(query >= 1 && query <= std::ssize(out.queries) && document >= 1 &&
                     document <= std::ssize(out.texts),
                 bad_input, "{}: judges document {} for query {}", kCranfieldFiles[2], document,
                 query);
    if (grade >= 1 && grade <= 4)
      out.gains[query - 1][document - 1] = static_cast<double>(5 - grade);
  }
  CENOTE_CHECK(out.texts.size() == 1400 && out.queries.size() == 225, bad_input,
               "the Cranfield collection has {} documents and {} queries, wanted 1400 and 225",
               out.texts.size(), out.queries.size());
  return out;
}

TextIndex::TextIndex(const std::vector<Cranfield::Words>& documents) {
  for (int64_t d = 0; d < std::ssize(documents); ++d) {
    std::map<std::string, double> counts;
    for (const std::string& word : documents[d]) ++counts[word];
    for (const auto& [word, count] : counts) entries_[word].push_back({d, count});
    length_.push_back(static_cast<double>(documents[d].size()));
    total_ += length_.back();
  }
  norm_.assign(documents.size(), 0);
  for (const auto& [word, entries] : entries_) {
    for (const Entry& entry : entries)
      norm_[entry.document] += std::pow((1 + std::log(entry.count)) * inverse_frequency(word), 2);
  }
}

double TextIndex::inverse_frequency(const std::string& word) const {
  const auto found = entries_.find(word);
  const double in = found == entries_.end() ? 0 : static_cast<double>(found->second.size());
  return std::log(1 + (static_cast<double>(length_.size()) - in + 0.5) / (in + 0.5));
}

std::vector<double> TextIndex::bm25(const Cranfield::Words& query, double k1, double b) const {
  std::vector<double> out(length_.size(), 0);
  const double usual = total_ / static_cast<double>(length_.size());
  for (const std::string& word : query) {
    const auto found = entries_.find(word);
    if (found == entries_.end()) continue;
    for (const Entry& entry : found->second) {
      const double size = k1 * (1 - b + b * length_[entry.document] / usual);
      out[entry.document] +=
          inverse_frequency(word) * entry.count * (k1 + 1) / (entry.count + size);
    }
  }
  return out;
}

std::vector<double> TextIndex::tf_idf(const Cranfield::Words& query) const {
  std::vector<double> out(length_.size(), 0);
  for (const std::string& word : query) {
    const auto found = entries_.find(word);
    if (found == entries_.end()) continue;
    const double weight = std::pow(inverse_frequency(word), 2);
    for (const Entry& entry : found->second)
      out[entry.document] += weight * (1 + std::log(entry.count));
  }
  for (size_t d = 0; d < out.size(); ++d) out[d] /= std::sqrt(std::max(norm_[d], 1e-12));
  return out;
}

std::vector<double> TextIndex::likelihood(const Cranfield::Words& query, double mu) const {
  std::vector<double> out(length_.size(), 0);
  for (const std::string& word : query) {
    const auto found = entries_.find(word);
    if (found == entries_.end()) continue;
    double of_all = 0;
    for (const Entry& entry : found->second) of_all += entry.count;
    const double share = of_all / total_;
    std::vector<double> count(length_.size(), 0);
    for (const Entry& entry : found->second) count[entry.document] = entry.count;
    for (size_t d = 0; d < out.size(); ++d)
      out[d] += std::log((count[d] + mu * share) / (length_[d] + mu) / share);
  }
  return out;
}

std::vector<int64_t> ranked(const std::vector<double>& scores, int64_t top) {
  std::vector<int64_t> out(scores.size());
  std::iota(out.begin(), out.end(), int64_t{0});
  const auto kept = std::min<int64_t>(top, std::ssize(out));
  std::partial_sort(out.begin(), out.begin() + kept, out.end(), [&](int64_t a, int64_t b) {
    return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
  });
  out.resize(static_cast<size_t>(kept));
  return out;
}

double ndcg(const std::vector<int64_t>& ranking, const std::map<int64_t, double>& gains,
            int64_t k) {
  std::vector<double> best;
  for (const auto& [document, gain] : gains) best.push_back(gain);
  std::sort(best.rbegin(), best.rend());
  double got = 0, ideal = 0;
  for (int64_t place = 0; place < k; ++place) {
    const double discount = 1 / std::log2(static_cast<double>(place) + 2);
    if (place < std::ssize(best)) ideal += best[place] * discount;
    if (place >= std::ssize(ranking)) continue;
    const auto found = gains.find(ranking[place]);
    if (found != gains.end()) got += found->second * discount;
  }
  return ideal > 0 ? got / ideal : 0;
}

}  // namespace cenote
