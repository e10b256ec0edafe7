// SPDX-License-Identifier: Apache-2.0
// Claim 97: a language model that pools characters by words is faster than one that does not pool, and better than one that
// pools by fixed lengths.
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cmath>
#include <string>

#include "base/check.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/random.h"
#include "claim/claim.h"
#include "claim/small_training.h"
#include "claims/detail/transformer.h"

namespace cenote {
namespace {

constexpr int64_t kWidth = 96, kContext = 128, kFixed = 5;
const char* const kFile = "text/tinyshakespeare.txt";

struct Text {
  std::vector<int64_t> characters;  // numbers
  std::vector<bool> is_letter;      // by number
  int64_t kinds = 0;

  static Text read(const std::filesystem::path& path) {
    const std::string bytes = read_file(path, int64_t{1} << 24);
    std::array<int64_t, 256> number;
    number.fill(-1);
    Text out;
    for (const char c : bytes) {
      int64_t& of = number[static_cast<unsigned char>(c)];
      if (of < 0) {
        of = out.kinds++;
        out.is_letter.push_back(std::isspace(static_cast<unsigned char>(c)) == 0);
      }
      out.characters.push_back(of);
    }
    CENOTE_CHECK(bytes.size() > 100000, bad_input, "{}: too short a text", path.string());
    return out;
  }
  /// The characters from each of these places on, [n, length].
  at::Tensor windows(const std::vector<int64_t>& places, int64_t length) const {
    std::vector<int64_t> out;
    for (const int64_t at : places)
      out.insert(out.end(), characters.begin() + at, characters.begin() + at + length);
    return index_tensor(out).view({-1, length});
  }
};

enum class Cut { none, fixed, words };

/// Four causal blocks; the two in the middle see one row a segment, if there are segments.
class LanguageModel {
 public:
  LanguageModel(ParameterSet& parameters, const Text& text, Cut cut)
      : text_(text),
        cut_(cut),
        words_(parameters.declare("characters", {text.kinds, kWidth}, Init::normal, 0.05)),
        places_(parameters.declare("places", {kContext, kWidth}, Init::normal, 0.05)),
        before_(parameters, "before", {.width = kWidth, .layers = 1, .causal = true}),
        middle_(parameters, "middle", {.width = kWidth, .layers = 2, .causal = true}),
        after_(parameters, "after", {.width = kWidth, .layers = 1, .causal = true}),
        pool_(parameters, "dyn_segment", kWidth),
        head_(parameters, "head", {kWidth, text.kinds}) {}

  /// Logits of the character after each, [n * length, kinds].
  at::Tensor operator()(const at::Tensor& texts) const {
    const int64_t n = texts.size(0), length = texts.size(1);
    at::Tensor x = words_.index_select(0, texts.reshape({-1})).view({n, length, kWidth});
    x = before_.block(0, x.add(places_.slice(0, 0, length)));
    x = cut_ == Cut::none ? middle(x) : x.add(through_segments(x, texts));
    return head_(after_(x).reshape({n * length, kWidth}));
  }

 private:
  at::Tensor middle(const at::Tensor& x) const { return middle_.block(1, middle_.block(0, x)); }

  /// Each row gets what became of the last segment that was closed at or before it; at first of the null vector.
  at::Tensor through_segments(const at::Tensor& x, const at::Tensor& texts) const {
    const int64_t n = x.size(0), length = x.size(1);
    const at::Tensor flat = texts.contiguous();
    const int64_t* character = flat.const_data_ptr<int64_t>();
    std::vector<double> boundary, order;
    std::vector<int64_t> closed;  // segments, by row
    for (int64_t i = 0; i < n; ++i) {
      int64_t count = 0;
      for (int64_t t = 0; t < length; ++t) {
        const bool ends = cut_ == Cut::fixed ? (t + 1) % kFixed == 0
                                             : !text_.is_letter[character[i * length + t]];
        boundary.push_back(ends);
        order.push_back(static_cast<double>(t));
        closed.push_back(count += ends);
      }
    }
    const PoolResult segments =
        pool_.result({.rows = x.reshape({n * length, kWidth}),
                      .join = join_of_runs(n, length),
                      .order = order.data(),
                      .coordinates = float_tensor(boundary, {n * length, 1}).to(at::kDouble)});
    // Side by side, the shorter ones filled up at their end, which no earlier row sees.
    const Join& join = *segments.join;
    int64_t longest = 0;
    for (int64_t g = 0; g < n; ++g)
      longest = std::max(longest, join.offsets[g + 1] - join.offsets[g]);
    std::vector<int64_t> rows;
    const int64_t nothing = segments.value.size(0);
    for (int64_t g = 0; g < n; ++g)
      for (int64_t k = 0; k < longest; ++k) {
        const int64_t link = join.offsets[g] + k;
        rows.push_back(link < join.offsets[g + 1] ? join.rows[link] : nothing);
      }
    const at::Tensor filled = at::cat({segments.value, at::zeros({1, kWidth})}, 0);
    const at::Tensor y =
        middle(filled.index_select(0, index_tensor(rows)).view({n, longest, kWidth}));
    for (int64_t i = 0; i < n; ++i)
      for (int64_t t = 0; t < length; ++t) closed[i * length + t] += i * longest;
    return y.reshape({n * longest, kWidth})
        .index_select(0, index_tensor(closed))
        .view({n, length, kWidth});
  }

  const Text& text_;
  Cut cut_;
  at::Tensor words_, places_;
  Transformer before_, middle_, after_;
  NamedPool pool_;
  Mlp head_;
};

/// Bits a character of the last twentieth, each judged after at least half a context; and seconds a step of training.
struct Trained {
  double bits, seconds;
};

Trained trained(const Text& text, Cut cut, const ClaimRun& run) {
  const auto size = static_cast<int64_t>(text.characters.size());
  const int64_t train = size * 95 / 100, batch_size = 16, steps = run.quick ? 5 : 500;
  ParameterSet parameters(run.seed);
  const LanguageModel model(parameters, text, cut);
  Random random(hash_combine(run.seed, 97));
  const auto start = std::chrono::steady_clock::now();
  train_small(parameters, steps * batch_size,
              [&](const std::vector<int64_t>& batch) {
                std::vector<int64_t> places;
                for (size_t i = 0; i < batch.size(); ++i)
                  places.push_back(static_cast<int64_t>(random.below(train - kContext - 1)));
                if (run.cancelled) run.check_cancelled();
                const at::Tensor texts = text.windows(places, kContext + 1);
                return at::cross_entropy_loss(model(texts.slice(1, 0, kContext)),
                                              texts.slice(1, 1).reshape({-1}));
              },
              {.epochs = 1, .batch = batch_size, .learning_rate = 2e-3, .seed = run.seed});
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const at::NoGradGuard no_gradients;
  constexpr int64_t kHalf = kContext / 2;
  double sum = 0;
  int64_t judged = 0;
  std::vector<int64_t> places;
  for (int64_t at = train; at + kContext + 1 < size; at += kHalf) {
    places.push_back(at);
    if (places.size() < 32) continue;
    const at::Tensor texts = text.windows(places, kContext + 1);
    const at::Tensor logits =
        model(texts.slice(1, 0, kContext)).view({-1, kContext, text.kinds}).slice(1, kHalf);
    const at::Tensor wanted = texts.slice(1, 1 + kHalf);
    sum += at::cross_entropy_loss(logits.reshape({-1, text.kinds}), wanted.reshape({-1}))
               .item<double>() *
           static_cast<double>(wanted.numel());
    judged += wanted.numel();
    places.clear();
  }
  return {sum / static_cast<double>(judged) / std::log(2.0),
          took.count() / static_cast<double>(steps)};
}

Figures run_claim_097(const ClaimRun& run) {
  const Text text = Text::read(run.data / kFile);
  const Trained plain = trained(text, Cut::none, run), fixed = trained(text, Cut::fixed, run),
                words = trained(text, Cut::words, run);
  Figures out;
  out.add("bits without segments", plain.bits);
  out.add("bits by fixed lengths", fixed.bits);
  out.add("bits by words", words.bits);
  out.add("fixed lengths less words", fixed.bits - words.bits);
  out.add("words less without", words.bits - plain.bits);
  out.add("speed-up by words", plain.seconds / words.seconds);
  return out;
}

}  // namespace

CENOTE_CLAIM(097_dynamic_segments) {
  return {
      .info = {.summary = "A language model that pools its characters by words predicts better "
                          "than one that pools by fixed lengths, and as well as one that does not "
                          "pool, in less time.",
               .source = "Nawrot, Chorowski, Lancucki, Ponti 2023, arXiv:2211.09761",
               .example = "cenote claim 97"},
      .setting =
          "A million characters of Shakespeare, 95 of 100 to train on; four causal blocks of width "
          "96, the two in the middle on one row a segment: of a word with the space after it, or "
          "of five characters. 500 steps of 16 texts of 128 characters. Bits a character of the "
          "rest, and time a step.",
      .departs = "four blocks and 500 steps instead of twelve and 200,000; no learned boundaries",
      .data = {kFile},
      .conditions = {{"fixed lengths less words", Bound::at_least, 0, 0},
                     {"words less without", Bound::at_most, 0.01, 0.01},
                     {"speed-up by words", Bound::at_least, 1.3, 1.3}},
      .seeds = 4,
      .quick_seeds = 0,
      .minutes = 6,
      .run = run_claim_097};
}

}  // namespace cenote
