// SPDX-License-Identifier: Apache-2.0
// How much memory Cenote may use: one budget for the database engine, tables, joins and tensors of this process.
#pragma once

#include <cstdint>

namespace cenote {

/// Sets the budget. The database engine gets half of it. Tables, joins and codes lie in memory up to a quarter of it; what is
/// larger lies in unnamed files of the temporary folder (TMPDIR), mapped, and what was not used lately leaves
/// memory when the process nears the budget. No result depends on it.
/// Units     bytes; 0: three quarters of what this process may have (machine or control group), the default.
/// Errors    bad_input below 16 MiB.
/// Threads   safe; what is in memory already stays where it is.
void set_memory_budget(int64_t bytes);
int64_t memory_budget();

}  // namespace cenote
