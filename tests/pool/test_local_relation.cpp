// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

const at::Tensor kOffsets = at::tensor({-1., 0., 0., 0., 1., 0.}, at::kDouble).view({3, 2});
const at::Tensor kCentre = at::tensor({2., 0.25}, at::kDouble).view({1, 2});
const PoolInput kWindow{.rows = golden_rows(),
                        .join = make_join({{0, 1, 2}}),
                        .query = kCentre,
                        .coordinates = kOffsets};

/// One head; key and query are the first column, places do not matter.
MadePool plain(const char* phi) {
  MadePool made("local_relation", 2, {{"group", "2"}, {"phi", phi}});
  for (const auto& parameter : made.parameters.tensors()) parameter.detach().zero_();
  for (const char* name : {"pool.query", "pool.key"})
    made.parameters.at(name).detach()[0][0].fill_(1);
  return made;
}

TEST(PoolLocalRelation, GoldenValues) {
  // dot: softmax(2, 4, 8) = 0.002428, 0.017943, 0.979629; abs: softmax(-1, 0, -2); square: softmax(-1, 0, -4).
  expect_values(plain("dot")(kWindow), {3.956830, 1.472715}, 1e-5);
  expect_values(plain("abs")(kWindow), {1.935333, 0.178992}, 1e-5);
  expect_values(plain("square")(kWindow), {1.761038, 0.067475}, 1e-5);
}

TEST(PoolLocalRelation, WithoutBothItIsTheMean) {
  MadePool made = plain("dot");
  made.parameters.at("pool.query").detach().zero_();
  expect_values(made(kWindow), {2.333333, 0.416667});
}

TEST(PoolLocalRelation, PlacesAloneAreAFilter) {
  MadePool made = plain("dot");
  made.parameters.at("pool.query").detach().zero_();
  // G = 5 relu(offset): nearly all of the weight lies on the row below.
  made.parameters.at("pool.hidden.weight").detach()[0][0].fill_(1);
  made.parameters.at("pool.offset.weight").detach().fill_(50);
  expect_values(made(kWindow), {4, 1.5});
}

TEST(PoolLocalRelation, Errors) {
  EXPECT_THROW(MadePool("local_relation", 2, {{"group", "8"}}), Error);
  const MadePool made("local_relation", 8);
  EXPECT_THROW(made(kWindow), Error);
  PoolInput blind = kWindow;
  blind.coordinates = at::Tensor();
  EXPECT_THROW(plain("dot")(blind), Error);
}

}  // namespace
}  // namespace cenote
