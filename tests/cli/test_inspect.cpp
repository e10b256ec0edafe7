// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "cli/cli.h"

namespace cenote {
namespace {

TEST(Inspect, IsAVerb) {
  ASSERT_TRUE(cli_registry().has("inspect"));
  EXPECT_FALSE(cli_registry().at("inspect").info.summary.empty());
}

}  // namespace
}  // namespace cenote
