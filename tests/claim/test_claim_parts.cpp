// SPDX-License-Identifier: Apache-2.0
// What claims are made of: networks, pictures and texts.
#include <ATen/Parallel.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>

#include "claims/detail/pictures.h"
#include "claims/detail/text_encoder.h"
#include "claims/detail/transformer.h"
#include "kernel/join_builders.h"

namespace cenote {
namespace {

class ClaimParts : public testing::Test {
 protected:
  void SetUp() override { at::set_num_threads(1); }
};

TEST_F(ClaimParts, ACausalTransformerSeesNothingLater) {
  ParameterSet parameters(1);
  const Transformer model(parameters, "t", {.width = 16, .heads = 4, .layers = 2, .causal = true});
  const at::Tensor x = at::randn({2, 6, 16});
  at::Tensor changed = x.clone();
  changed.slice(1, 4).copy_(at::randn({2, 2, 16}));
  const at::Tensor y = model(x), z = model(changed);
  EXPECT_TRUE(at::allclose(y.slice(1, 0, 4), z.slice(1, 0, 4)));
  EXPECT_FALSE(at::allclose(y.slice(1, 4), z.slice(1, 4)));
}

TEST_F(ClaimParts, PaddingChangesNoTextsWords) {
  ParameterSet parameters(1);
  const TextEncoder encoder(parameters, 10, 8, {.width = 16, .heads = 2, .layers = 2});
  const at::Tensor texts = at::tensor({3, 5, 6, 0, 0}, at::kLong).view({1, 5});
  const at::Tensor shorter = texts.slice(1, 0, 3);
  EXPECT_TRUE(at::allclose(encoder.last(texts).slice(1, 0, 3), encoder.last(shorter), 1e-4, 1e-5));
  EXPECT_THAT(words_of_texts(texts)->rows, testing::ElementsAre(0, 1, 2));
}

TEST_F(ClaimParts, AVocabularyKnowsWhatOccursOften) {
  const Vocabulary words({{"a", "b", "a"}, {"b", "a", "c"}}, 2);
  EXPECT_EQ(words.size(), 6);
  EXPECT_EQ(words.number("c"), Vocabulary::kUnknown);
  const at::Tensor numbers = words.numbers({{"b", "c"}, {"a", "a", "a", "a"}}, 4);
  EXPECT_TRUE(numbers.equal(at::tensor({3, 5, 1, 0, 3, 4, 4, 4}, at::kLong).view({2, 4})));
}

TEST_F(ClaimParts, PicturesComeBackFromTheirPixels) {
  const at::Tensor pictures = at::randn({2, 3, 4, 5});
  EXPECT_TRUE(pictures_of(pixels_of(pictures), 4, 5).equal(pictures));
}

TEST_F(ClaimParts, AMaximumOfWindowsIsTorchs) {
  ParameterSet none;
  const at::Tensor pictures = at::randn({2, 3, 9, 7});
  const WindowPool pool(none, "pool", "max", {}, 3, 3, 2);
  EXPECT_TRUE(pool(pictures).equal(at::max_pool2d(pictures, 3, 2)));
}

TEST_F(ClaimParts, ParametersAreCopiedByName) {
  ParameterSet from(1), to(2);
  const Mlp a(from, "shared", {2, 2}), b(to, "shared", {2, 2}), c(to, "own", {2, 2});
  const at::Tensor own = to.at("own.0.weight").clone();
  copy_parameters(from, to);
  EXPECT_TRUE(to.at("shared.0.weight").equal(from.at("shared.0.weight")));
  EXPECT_TRUE(to.at("own.0.weight").equal(own));
}

TEST_F(ClaimParts, TheOwnColumnCounts) {
  const at::Tensor right = at::tensor({9.0, 0.0, 0.0, 9.0}, at::kFloat).view({2, 2});
  EXPECT_LT(own_among_all(right).item<double>(), 0.001);
  EXPECT_NEAR(own_among_all(at::full({2, 2}, 0.0)).item<double>(), std::log(2.0), 1e-6);
}

}  // namespace
}  // namespace cenote
