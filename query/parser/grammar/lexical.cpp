#include "query/parser/grammar/lexical.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "schema/name_text.h"

namespace annals::query::lexical {
namespace {

struct Interval {
  char32_t first;
  char32_t last;
};

// Blanks that people paste without seeing them: no-break spaces, typographic spaces, byte order
// marks, line and paragraph separators.
constexpr std::array<Interval, 8> kBlanks = {{{0x00A0, 0x00A0},
                                              {0x1680, 0x1680},
                                              {0x180E, 0x180E},
                                              {0x2000, 0x200A},
                                              {0x2028, 0x2029},
                                              {0x202F, 0x202F},
                                              {0x205F, 0x205F},
                                              {0x3000, 0x3000}}};
constexpr char32_t kByteOrderMark = 0xFEFF;

// What is not part of a name beyond ASCII: Latin-1 signs, general punctuation (typographic quotes,
// dashes, invisible marks; the joiners 200C and 200D belong to words), arrows, mathematical and
// other symbols, CJK punctuation, full-width signs, the replacement character.
constexpr std::array<Interval, 15> kNoLetters = {{{0x0080, 0x00A9},
                                                  {0x00AB, 0x00B4},
                                                  {0x00B6, 0x00B9},
                                                  {0x00BB, 0x00BF},
                                                  {0x00D7, 0x00D7},
                                                  {0x00F7, 0x00F7},
                                                  {0x1680, 0x1680},
                                                  {0x180E, 0x180E},
                                                  {0x2000, 0x200B},
                                                  {0x200E, 0x206F},
                                                  {0x2190, 0x2BFF},
                                                  {0x3000, 0x3004},
                                                  {0x3008, 0x3020},
                                                  {0xFEFF, 0xFF0F},
                                                  {0xFFF0, 0xFFFF}}};

template <std::size_t N>
bool is_in(const std::array<Interval, N>& set, char32_t value) {
  return std::any_of(set.begin(), set.end(), [value](const Interval& interval) {
    return interval.first <= value && value <= interval.last;
  });
}

bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

/// The length of the letter (or `_`, or beyond the first place a digit) at `at`, or zero.
std::size_t letter_length(const char* at, const char* end, bool first) {
  if (at == end) return 0;
  if (is_ascii(*at)) {
    return is_ascii_letter(*at) || *at == '_' || (!first && is_digit(*at)) ? 1 : 0;
  }
  const CodePoint point = decode(at, end);
  return is_in(kNoLetters, point.value) ? 0 : point.length;
}

std::size_t blank_length(const char* at, const char* end) {
  if (*at == ' ' || (*at >= '\t' && *at <= '\r') || (*at >= '\x1C' && *at <= '\x1F')) return 1;
  if (is_ascii(*at)) return 0;
  const CodePoint point = decode(at, end);
  return is_in(kBlanks, point.value) || point.value == kByteOrderMark ? point.length : 0;
}

bool opens_line_comment(const char* at, const char* end) {
  if (end - at < 2) return false;
  if (at[0] == '/' && at[1] == '/') return true;
  if (at[0] != '-' || at[1] != '-') return false;
  return end - at == 2 || (at[2] != '(' && at[2] != '>');
}

const char* line_end(const char* at, const char* end) {
  const void* found = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
  return found == nullptr ? end : static_cast<const char*>(found);
}

/// One past the `*/` of the comment that opens at `at`, or null.
const char* block_comment_end(const char* at, const char* end) {
  const std::string_view rest(at + 2, static_cast<std::size_t>(end - at - 2));
  const std::size_t close = rest.find("*/");
  return close == std::string_view::npos ? nullptr : rest.data() + close + 2;
}

const char* number_end(const char* at, const char* end) {
  while (at != end && (is_digit(*at) || *at == '.')) ++at;
  return at;
}

}  // namespace

bool is_reserved(std::string_view word) { return is_reserved_word(word); }

CodePoint decode(const char* at, const char* end) {
  if (at == end) return {};
  const auto byte = [at](std::ptrdiff_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(at[i]));
  };
  const char32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::ptrdiff_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length == 0 || lead > 0xF4 || end - at < length) return {};
  char32_t value = lead & (0x7Fu >> length);
  for (std::ptrdiff_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3F);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return {};
  return {value, static_cast<std::size_t>(length)};
}

bool is_comment_open(const char* at, const char* end) {
  return end - at >= 2 && at[0] == '/' && at[1] == '*';
}

const char* skip_blank(const char* at, const char* end) {
  while (at != end) {
    if (const std::size_t length = blank_length(at, end); length > 0) {
      at += length;
    } else if (opens_line_comment(at, end)) {
      at = line_end(at, end);
    } else if (is_comment_open(at, end)) {
      const char* const close = block_comment_end(at, end);
      if (close == nullptr) return at;
      at = close;
    } else {
      return at;
    }
  }
  return at;
}

const char* next_mark(const char* at, const char* end) {
  while (at != end) {
    switch (*at) {
      case '(':
      case ')':
      case '[':
      case ']':
      case '{':
      case '}':
      case ';': return at;
      case '\'':
      case '"':
      case '`':
        at = quoted_end(at, end);
        if (at == nullptr) return nullptr;
        break;
      case '/':
      case '-':
        if (opens_line_comment(at, end)) {
          at = line_end(at, end);
        } else if (is_comment_open(at, end)) {
          at = block_comment_end(at, end);
          if (at == nullptr) return nullptr;
        } else {
          ++at;
        }
        break;
      default: ++at;
    }
  }
  return end;
}

const char* name_end(const char* at, const char* end) {
  std::size_t length = letter_length(at, end, true);
  while (length > 0) {
    at += length;
    length = letter_length(at, end, false);
  }
  return at;
}

bool is_word(std::string_view token) {
  return name_end(token.data(), token.data() + token.size()) != token.data();
}

bool is_quote(char c) { return c == '\'' || c == '"' || c == '`'; }

const char* quoted_end(const char* at, const char* end) {
  const char quote = *at++;
  while (at != end) {
    if (*at == quote) {
      ++at;
      if (at == end || *at != quote) return at;
    } else if (*at == '\\' && quote != '`') {
      if (++at == end) return nullptr;
    }
    ++at;
  }
  return nullptr;
}

const char* token_end(const char* at, const char* end) {
  if (is_quote(*at)) {
    const char* const close = quoted_end(at, end);
    return close == nullptr ? end : close;
  }
  if (is_digit(*at)) return number_end(at, end);
  if (const char* const word = name_end(at, end); word != at) return word;
  return at + std::max<std::size_t>(decode(at, end).length, 1);
}

}  // namespace annals::query::lexical
