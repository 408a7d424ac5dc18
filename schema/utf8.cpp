#include "schema/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace annals::inline schema {

namespace {

/// Bytes of the sequence that `text` begins with; zero if it is not a valid one. Source: table 3-7
/// of the Unicode standard, well-formed UTF-8 byte sequences.
std::size_t sequence_bytes(std::string_view text) {
  const auto at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t count) {
    if (text.size() <= count) return false;
    for (std::size_t i = 1; i <= count; ++i) {
      if ((at(i) & 0xC0) != 0x80) return false;
    }
    return true;
  };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (!continues(2)) return 0;
    const bool overlong = lead == 0xE0 && at(1) < 0xA0;
    const bool surrogate = lead == 0xED && at(1) > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (!continues(3)) return 0;
    const bool overlong = lead == 0xF0 && at(1) < 0x90;
    const bool too_large = lead == 0xF4 && at(1) > 0x8F;
    return overlong || too_large ? 0 : 4;
  }
  return 0;
}

}  // namespace

std::size_t first_invalid_utf8(std::string_view text) {
  std::size_t offset = 0;
  while (offset < text.size()) {
    // Eight ASCII bytes at a time: nearly all text is. The last ones with some of those before.
    std::uint64_t word = 0;
    if (text.size() >= sizeof(word)) {
      const std::size_t from = std::min(offset, text.size() - sizeof(word));
      std::memcpy(&word, text.data() + from, sizeof(word));
      if ((word & 0x8080808080808080ULL) == 0) {
        offset = from + sizeof(word);
        continue;
      }
    }
    const std::size_t bytes = sequence_bytes(text.substr(offset));
    if (bytes == 0) return offset;
    offset += bytes;
  }
  return text.size();
}

}  // namespace annals::inline schema
