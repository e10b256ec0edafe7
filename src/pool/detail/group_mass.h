// SPDX-License-Identifier: Apache-2.0
// How much there is in each group, as a column.
#pragma once

#include <ATen/core/Tensor.h>

#include "kernel/segment.h"

namespace cenote {

/// Sum of the weights of each group (their number where weights is null), [G, 1], of the type of `like`.
at::Tensor group_mass(const Join& join, const double* weights, const at::Tensor& like);

/// ln of the mass; 0 for groups without any.
at::Tensor log_group_mass(const Join& join, const double* weights, const at::Tensor& like);

/// `value` [G, D] where the group has mass, else 0. Gradients of groups without mass are 0.
at::Tensor zero_if_empty(const at::Tensor& value, const at::Tensor& mass);

/// The rows of the links one by one: a join of the same groups over rows 0 ... E - 1.
JoinPtr join_of_links(const Join& join);

/// The number of its group by link.
RowsPtr groups_of_links(const Join& join);

}  // namespace cenote
