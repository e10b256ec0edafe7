// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "base/check.h"
#include "encode/encode_helpers.h"
#include "support/paged_equal.h"

namespace cenote {
namespace {

TEST(EncodeBoolean, GoldenValues) {
  const ColumnData column = integers({1, 0, std::nullopt}, StorageType::boolean);
  const ColumnCodes codes = fitted("boolean", column)->encode(column);
  EXPECT_EQ(codes.width, 2);
  EXPECT_EQ(codes.fixed, (std::vector<float>{1, 0, -1, 0, 0, 1, 0, 1}));
}

TEST(EncodeBoolean, NumbersAreTrueUnlessZero) {
  const auto encoder = make_encoder("boolean");
  EXPECT_EQ(encoder->encode(reals({0.5, 0, std::nan("")})).fixed,
            (std::vector<float>{1, 0, -1, 0, 0, 1, 0, 1}));
}

TEST(EncodeBoolean, Errors) {
  const auto encoder = make_encoder("boolean");
  EXPECT_THROW(encoder->encode(texts({"true"})), Error);
  EXPECT_THROW(encoder->load(nlohmann::json::array()), Error);
  encoder->load(encoder->save());
}

}  // namespace
}  // namespace cenote
