// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "schema/schema.h"

namespace cenote {

/// Tables as boxes, the entity table's at the left, others by how many links lie between; links as arrows from the
/// referring table to the one referred to. Tables that no link leads to stand last; of more than 40 those nearest to the
/// entity table are drawn.
std::string draw_schema(const Schema& schema, const std::string& entity_table);

}  // namespace cenote
