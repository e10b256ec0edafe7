// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace cenote {

/// The length in bytes of the character that begins a text; 0 if what stands there is no UTF-8: overlong forms,
/// surrogates, code points beyond the last, bytes cut off. REQUIRES a text that is not empty.
size_t utf8_length(std::string_view text);

/// Whether the character (of that length) commands a reader instead of being read: a control character but line feed
/// and tab, or one that turns the direction of the text around it.
bool utf8_commands(std::string_view character);

}  // namespace cenote
