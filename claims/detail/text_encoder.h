// SPDX-License-Identifier: Apache-2.0
// A small language model of words, trained from nothing: what claims on texts begin with.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "claim/claim.h"
#include "claims/detail/cranfield.h"
#include "claims/detail/transformer.h"

namespace cenote {

/// Words of texts as numbers.
class Vocabulary {
 public:
  static constexpr int64_t kPad = 0, kUnknown = 1, kMask = 2, kStart = 3;

  /// Words that occur `least` times.
  Vocabulary(const std::vector<Cranfield::Words>& texts, int64_t least);
  int64_t size() const { return static_cast<int64_t>(of_.size()) + 4; }
  int64_t number(const std::string& word) const;
  /// [n, length] int64: the start, then words, cut or padded at the end.
  at::Tensor numbers(const std::vector<Cranfield::Words>& texts, int64_t length) const;

 private:
  std::map<std::string, int64_t> of_;
};

class TextEncoder {
 public:
  TextEncoder(ParameterSet& parameters, int64_t words, int64_t length,
              const TransformerShape& shape);

  /// After each block, the last one normalised: [n, length, width] each.
  std::vector<at::Tensor> layers(const at::Tensor& texts) const;
  at::Tensor last(const at::Tensor& texts) const { return layers(texts).back(); }
  /// Of rows [m, width] a logit for each word, by the word vectors themselves.
  at::Tensor logits(const at::Tensor& rows) const;
  int64_t width() const { return shape_.width; }

  /// Of texts: the mean cross-entropy of words hidden at random (15 of 100) or, if causal, of each next word.
  at::Tensor language_loss(const at::Tensor& texts, uint64_t key) const;

 private:
  TransformerShape shape_;
  at::Tensor words_, places_, bias_;
  Transformer blocks_;
};

/// Trains on language_loss() of all texts.
void pretrain(ParameterSet& parameters, const TextEncoder& encoder, const at::Tensor& texts,
              int64_t epochs, const ClaimRun& run);

/// Of texts [n, length]: groups of the words of each, without padding, over rows [n * length].
JoinPtr words_of_texts(const at::Tensor& texts);

/// The mean cross-entropy of logits [n, n] whose own column is that of the row's number.
at::Tensor own_among_all(const at::Tensor& logits);

/// Rows brought to length 1.
at::Tensor unit_rows(const at::Tensor& x);

/// Cranfield's titles ask for the abstracts below them; its queries, which no training sees, for judged documents.
struct Retrieval {
  Cranfield data;
  Vocabulary words;
  at::Tensor titles, bodies, documents, queries;  // [n, length]

  static Retrieval read(const std::filesystem::path& data, int64_t length);
  /// Mean nDCG at 10 of the queries; scores [queries, documents].
  double ndcg_at_10(const at::Tensor& scores) const;
};

}  // namespace cenote
