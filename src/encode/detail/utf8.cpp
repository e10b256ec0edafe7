// SPDX-License-Identifier: Apache-2.0
#include "encode/detail/utf8.h"

namespace cenote::encode_detail {

char32_t next_code_point(std::string_view text, size_t& position) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(position++);
  if (first < 0x80) return first;
  const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  if (first < 0xc2 || first > 0xf4 || text.size() - position < static_cast<size_t>(more))
    return kReplacement;
  char32_t c = first & (0x3f >> more);
  for (int i = 0; i < more; ++i) {
    const unsigned char next = byte(position + static_cast<size_t>(i));
    if ((next & 0xc0) != 0x80) return kReplacement;
    c = c << 6 | (next & 0x3f);
  }
  constexpr char32_t kSmallest[] = {0, 0x80, 0x800, 0x10000};
  if (c < kSmallest[more] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return kReplacement;
  position += static_cast<size_t>(more);
  return c;
}

void append_code_point(char32_t c, std::string& out) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xf0 | c >> 18);
    tail(12), tail(6), tail(0);
  }
}

bool is_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const size_t begin = i;
    // A replacement character that stands in the text itself takes three bytes.
    if (next_code_point(text, i) == kReplacement && i - begin == 1) return false;
  }
  return true;
}

char32_t lower_case(char32_t c) {
  const auto in = [c](char32_t from, char32_t to) { return c >= from && c <= to; };
  if (in('A', 'Z')) return c + 32;
  if (c < 0xc0) return c;
  if (in(0xc0, 0xde)) return c == 0xd7 ? c : c + 32;  // Latin-1
  if (c == 0x130) return 'i';                         // Turkish I with dot
  if (c == 0x178) return 0xff;
  if (in(0x139, 0x148) || in(0x179, 0x17e)) return c + (c & 1);  // pairs that begin odd
  if (in(0x100, 0x137) || in(0x14a, 0x177)) return c | 1;        // pairs that begin even
  if (in(0x391, 0x3a9) && c != 0x3a2) return c + 32;             // Greek
  if (c == 0x386) return 0x3ac;                                  // Greek with accent
  if (in(0x388, 0x38a)) return c + 37;
  if (c == 0x38c) return 0x3cc;
  if (c == 0x38e || c == 0x38f) return c + 63;
  if (in(0x410, 0x42f)) return c + 32;  // Cyrillic
  if (in(0x400, 0x40f)) return c + 80;
  if (in(0x460, 0x481) || in(0x48a, 0x4bf) || in(0x4d0, 0x52f)) return c | 1;
  if (in(0x1e00, 0x1e95) || in(0x1ea0, 0x1eff)) return c | 1;  // Latin with two marks
  return c;
}

bool is_word_character(char32_t c) {
  const auto in = [c](char32_t from, char32_t to) { return c >= from && c <= to; };
  if (c < 0x80) return in('a', 'z') || in('A', 'Z') || in('0', '9');
  if (c == 0xaa || c == 0xb5 || c == 0xba) return true;
  if (in(0x80, 0xbf) || c == 0xd7 || c == 0xf7) return false;
  return !(in(0x2000, 0x206f) || in(0x2190, 0x23ff) || in(0x3000, 0x3004) || in(0x3008, 0x3020) ||
           in(0xff01, 0xff0f) || in(0xff1a, 0xff20) || c == kReplacement || c == 0xfeff);
}

void split_words(std::string_view text, int64_t most, Words& words) {
  words.bytes.clear();
  words.characters.clear();
  words.first.assign(1, 0);
  const auto append = [&](char32_t c) {
    words.characters.push_back(static_cast<uint32_t>(words.bytes.size()));
    append_code_point(c, words.bytes);
  };
  bool inside = false;
  const auto end_word = [&] {
    append(U'>');
    words.first.push_back(static_cast<uint32_t>(words.characters.size()));
    inside = false;
  };
  for (size_t i = 0; i < text.size() && words.count() < most;) {
    const char32_t c = next_code_point(text, i);
    if (is_word_character(c)) {
      if (!inside) append(U'<');
      inside = true;
      append(lower_case(c));
    } else if (inside) {
      end_word();
    }
  }
  if (inside) end_word();
  words.characters.push_back(static_cast<uint32_t>(words.bytes.size()));
}

}  // namespace cenote::encode_detail
