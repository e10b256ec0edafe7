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

/// Words of a text one after the other, each between '<' and '>': "<one><two>".
struct Words {
  std::string bytes;  // UTF-8
  std::vector<uint32_t>
      characters;  // where each character begins in bytes, and where the last one ends
  std::vector<uint32_t> first{0};  // of each word its '<', counted in characters, and their number

  int64_t count() const { return static_cast<int64_t>(first.size()) - 1; }
  /// Characters [from, to) of all words.
  std::string_view slice(uint32_t from, uint32_t to) const {
    return std::string_view(bytes).substr(characters[from], characters[to] - characters[from]);
  }
  /// A word without its marks.
  std::string_view word(int64_t i) const {
    return slice(first[static_cast<size_t>(i)] + 1, first[static_cast<size_t>(i) + 1] - 1);
  }
};

/// Finds the first `most` words of a text: maximal runs of word characters, lower-cased. `words` is
/// overwritten; reusing it saves the memory.
void split_words(std::string_view text, int64_t most, Words& words);

}  // namespace cenote::encode_detail
