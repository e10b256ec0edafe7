// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

namespace cenote {

size_t utf8_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const size_t length = first < 0x80                    ? 1
                        : first >= 0xc2 && first < 0xe0 ? 2
                        : first >= 0xe0 && first < 0xf0 ? 3
                        : first >= 0xf0 && first < 0xf5 ? 4
                                                        : 0;
  if (length == 0 || length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f) ||
      (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f))
    return 0;
  return length;
}

bool utf8_commands(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (first < 0x20) return first != '\n' && first != '\t';
  if (first == 0x7f) return true;
  // C1 control characters (U+0080 to U+009F) are two bytes, c2 80 to c2 9f.
  if (character.size() == 2)
    return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
  // U+202A-202E and U+2066-2069 turn the direction of the text around them.
  return character.size() == 3 &&
         ((character.starts_with("\xe2\x80") && character[2] >= '\xaa' && character[2] <= '\xae') ||
          (character.starts_with("\xe2\x81") && character[2] >= '\xa6' && character[2] <= '\xa9'));
}

}  // namespace cenote
