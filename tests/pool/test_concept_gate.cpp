// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "pool/pool_helpers.h"

namespace cenote {
namespace {

/// Gates that are 1 whatever they see.
MadePool open_gates(const std::string& blocks) {
  MadePool made("concept_gate", 2, {{"blocks", blocks}, {"tau", "1e6"}});
  made.parameters.at("pool.out.weight").detach().zero_();
  made.parameters.at("pool.out.bias").detach().fill_(1);
  return made;
}
const at::Tensor kQuery = at::tensor({3., -4., 1., 1., 0., 1.}, at::kDouble).view({3, 2});
const PoolInput kInput{
    .rows = golden_rows(), .join = make_join({{0, 1, 2}, {}, {1}}), .query = kQuery};

TEST(PoolConceptGate, GoldenValues) {
  // Means (2.333333, 0.416667) and (2, 0.25): one block has their cosine with (3, -4) and (0, 1), two have signs.
  expect_values(open_gates("1")(kInput), {0.450024, 0, 0.124035}, 1e-5);
  expect_values(open_gates("2")(kInput), {0, 0, 1}, 1e-5);
}

TEST(PoolConceptGate, GatesWeighBlocks) {
  MadePool made = open_gates("2");
  made.parameters.at("pool.out.bias").detach().fill_(-2);
  expect_values(made(kInput), {0, 0, -2}, 1e-5);
}

TEST(PoolConceptGate, Errors) {
  EXPECT_THROW(MadePool("concept_gate", 2, {{"blocks", "3"}}), Error);
  EXPECT_THROW(MadePool("concept_gate", 8)(kInput), Error);
}

}  // namespace
}  // namespace cenote
