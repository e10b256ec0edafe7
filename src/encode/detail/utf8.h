// SPDX-License-Identifier: Apache-2.0
// UTF-8 without a locale: what the text encoder needs of it, the same on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cenote::encode_detail {

/// What a byte that is no part of valid UTF-8 reads as.
inline constexpr char32_t kReplacement = 0xfffd;

/// The code point that begins at `position`, which moves behind it. A byte that begins none reads
/// as kReplacement and is passed alone. REQUIRES position < text.size().
char32_t next_code_point(std::string_view text, size_t& position);
void append_code_point(char32_t c, std::string& out);
bool is_utf8(std::string_view text);

/// Lower case of Latin, Greek and Cyrillic letters; other code points as they are.
char32_t lower_case(char32_t c);
/// Letters and digits of every script; not spaces, punctuation, symbols of ASCII and kReplacement.
bool is_word_character(char32_t c);

/// The lower-cased words of a text, maximal runs of word characters, each as its code points.
std::vector<std::u32string> split_words(std::string_view text, size_t most);

}  // namespace cenote::encode_detail
