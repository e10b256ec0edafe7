// SPDX-License-Identifier: Apache-2.0
// The Cranfield collection: 1,400 abstracts, 225 queries, graded judgements; and retrievers that need no training.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace cenote {

inline const std::vector<std::string> kCranfieldFiles{
    "text/cranfield/cran.all.1400", "text/cranfield/cran.qry", "text/cranfield/cranqrel"};

struct Cranfield {
  using Words = std::vector<std::string>;
  std::vector<Words> titles, texts, queries;  // texts begin with their title, as in the collection
  /// By query: gain of each relevant document, 4 (the complete answer) to 1. Queries are numbered as they stand in the
  /// file, which is how the judgements number them.
  std::vector<std::map<int64_t, double>> gains;

  /// Errors    io, bad_input.
  static Cranfield read(const std::filesystem::path& data);
};

/// Lower-case letters and digits, two at least.
Cranfield::Words words_of(const std::string& text);

/// Counts of words of a set of documents.
class TextIndex {
 public:
  explicit TextIndex(const std::vector<Cranfield::Words>& documents);
  double inverse_frequency(const std::string& word) const;  // ln(1 + (N - n + 1/2) / (n + 1/2))

  // Scores of all documents.
  /// Source Robertson, Zaragoza 2009.
  std::vector<double> bm25(const Cranfield::Words& query, double k1, double b) const;
  /// Cosine of (1 + ln count) idf.
  std::vector<double> tf_idf(const Cranfield::Words& query) const;
  /// Log likelihood of the query under a Dirichlet-smoothed model. Source Zhai, Lafferty 2004.
  std::vector<double> likelihood(const Cranfield::Words& query, double mu) const;

 private:
  struct Entry {
    int64_t document;
    double count;
  };
  std::map<std::string, std::vector<Entry>> entries_;
  std::vector<double> length_, norm_;
  double total_ = 0;
};

/// Numbers of the documents, best first, `top` at most; ties by number.
std::vector<int64_t> ranked(const std::vector<double>& scores, int64_t top);

/// nDCG at k with linear gains: 0 for a query without any gain.
double ndcg(const std::vector<int64_t>& ranking, const std::map<int64_t, double>& gains, int64_t k);

}  // namespace cenote
