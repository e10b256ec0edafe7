// SPDX-License-Identifier: Apache-2.0
#include "claims/detail/text_encoder.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/full.h>
#include <ATen/ops/matmul.h>

#include <algorithm>

#include "base/hash.h"
#include "base/random.h"
#include "claim/small_training.h"

namespace cenote {

Vocabulary::Vocabulary(const std::vector<Cranfield::Words>& texts, int64_t least) {
  std::map<std::string, int64_t> counts;
  for (const auto& text : texts)
    for (const std::string& word : text) ++counts[word];
  for (const auto& [word, count] : counts)
    if (count >= least) of_.emplace(word, size());
}

int64_t Vocabulary::number(const std::string& word) const {
  const auto it = of_.find(word);
  return it == of_.end() ? kUnknown : it->second;
}

at::Tensor Vocabulary::numbers(const std::vector<Cranfield::Words>& texts, int64_t length) const {
  at::Tensor out = at::full({static_cast<int64_t>(texts.size()), length}, kPad, at::kLong);
  int64_t* to = out.mutable_data_ptr<int64_t>();
  for (const auto& text : texts) {
    to[0] = kStart;
    const auto n = std::min(static_cast<int64_t>(text.size()), length - 1);
    for (int64_t i = 0; i < n; ++i) to[1 + i] = number(text[i]);
    to += length;
  }
  return out;
}

TextEncoder::TextEncoder(ParameterSet& parameters, int64_t words, int64_t length,
                         const TransformerShape& shape)
    : shape_(shape),
      words_(parameters.declare("encoder.words", {words, shape.width}, Init::normal, 0.05)),
      places_(parameters.declare("encoder.places", {length, shape.width}, Init::normal, 0.05)),
      bias_(parameters.declare("encoder.bias", {words}, Init::zeros)),
      blocks_(parameters, "encoder.blocks", shape) {}

std::vector<at::Tensor> TextEncoder::layers(const at::Tensor& texts) const {
  const int64_t n = texts.size(0), length = texts.size(1);
  const at::Tensor hidden = texts.eq(Vocabulary::kPad);
  at::Tensor x = words_.index_select(0, texts.reshape({-1})).view({n, length, shape_.width});
  x = x.add(places_.slice(0, 0, length));
  std::vector<at::Tensor> out;
  for (int64_t layer = 0; layer < blocks_.layers(); ++layer) {
    x = blocks_.block(layer, x, hidden);
    out.push_back(x);
  }
  out.back() = blocks_.normed(x);
  return out;
}

at::Tensor TextEncoder::logits(const at::Tensor& rows) const {
  return at::matmul(rows, words_.t()).add(bias_);
}

at::Tensor TextEncoder::language_loss(const at::Tensor& texts, uint64_t key) const {
  const int64_t length = texts.size(1);
  at::Tensor seen = texts.clone();
  int64_t* word = seen.mutable_data_ptr<int64_t>();
  std::vector<int64_t> places, wanted;
  Random random(key);
  for (int64_t i = 0; i < texts.numel(); ++i) {
    if (word[i] <= Vocabulary::kUnknown || i % length == 0) continue;
    if (!shape_.causal && random.uniform() >= 0.15) continue;
    places.push_back(shape_.causal ? i - 1 : i);
    wanted.push_back(word[i]);
    if (!shape_.causal) word[i] = Vocabulary::kMask;
  }
  const at::Tensor rows = last(seen).view({-1, shape_.width}).index_select(0, index_tensor(places));
  return at::cross_entropy_loss(logits(rows), index_tensor(wanted));
}

void pretrain(ParameterSet& parameters, const TextEncoder& encoder, const at::Tensor& texts,
              int64_t epochs, const ClaimRun& run) {
  uint64_t key = hash_combine(run.seed, hash_bytes("pretrain"));
  train_small(parameters, texts.size(0),
              [&](const std::vector<int64_t>& batch) {
                key = mix64(key + 1);
                return encoder.language_loss(texts.index_select(0, index_tensor(batch)), key);
              },
              {.epochs = epochs,
               .batch = 32,
               .learning_rate = 1e-3,
               .seed = run.seed,
               .only = "encoder.",
               .between_epochs = [&run] { run.check_cancelled(); }});
}

JoinPtr words_of_texts(const at::Tensor& texts) {
  auto out = std::make_shared<Join>();
  const at::Tensor flat = texts.contiguous();
  const int64_t* word = flat.const_data_ptr<int64_t>();
  for (int64_t i = 0; i < texts.size(0); ++i) {
    for (int64_t t = i * texts.size(1); t < (i + 1) * texts.size(1); ++t)
      if (word[t] != Vocabulary::kPad) out->rows.push_back(t);
    out->offsets.push_back(out->links());
  }
  return out;
}

at::Tensor own_among_all(const at::Tensor& logits) {
  return at::cross_entropy_loss(logits, at::arange(logits.size(0), at::kLong));
}

at::Tensor unit_rows(const at::Tensor& x) { return x.div(x.pow(2).sum(1, true).add(1e-12).sqrt()); }

Retrieval Retrieval::read(const std::filesystem::path& folder, int64_t length) {
  Cranfield data = Cranfield::read(folder);
  Vocabulary words(data.texts, 3);
  std::vector<Cranfield::Words> bodies;
  for (size_t i = 0; i < data.texts.size(); ++i) {
    const auto title = std::min(data.titles[i].size(), data.texts[i].size());
    bodies.emplace_back(data.texts[i].begin() + static_cast<int64_t>(title), data.texts[i].end());
  }
  const at::Tensor titles = words.numbers(data.titles, 24), below = words.numbers(bodies, length),
                   documents = words.numbers(data.texts, length),
                   queries = words.numbers(data.queries, 24);
  return {std::move(data), std::move(words), titles, below, documents, queries};
}

double Retrieval::ndcg_at_10(const at::Tensor& scores) const {
  const at::Tensor all = scores.to(at::kDouble).contiguous();
  double sum = 0;
  for (int64_t q = 0; q < all.size(0); ++q) {
    const double* row = all.const_data_ptr<double>() + q * all.size(1);
    sum += ndcg(ranked({row, row + all.size(1)}, 10), data.gains[static_cast<size_t>(q)], 10);
  }
  return sum / static_cast<double>(all.size(0));
}

}  // namespace cenote
