// SPDX-License-Identifier: Apache-2.0
// Memory for tensors that is kept instead of given back: first touch of fresh pages costs ten times a reuse.
#pragma once

#include <cstdint>

namespace cenote {

/// What the allocator has done since it was installed.
struct AllocatorStatistics {
  int64_t requests = 0;    // in all
  int64_t misses = 0;      // of these, that the system had to serve
  int64_t bytes_held = 0;  // in use or kept
};

/// Makes torch take CPU memory from free lists by size class (four to a doubling), shared by all threads.
/// Blocks go back to their list and never to the system, so a training loop asks it for nothing once every
/// size has been seen, and resident memory stays flat. Calling it again does nothing.
/// REQUIRES   no tensor exists yet whose memory should be counted (older ones stay with their allocator).
/// Threads    safe; one short lock a request.
void install_caching_allocator();
AllocatorStatistics allocator_statistics();

}  // namespace cenote
