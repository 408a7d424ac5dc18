#include "shell/text_width.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>
#include <utf8proc.h>

namespace annals::shell {

namespace {

struct Character {
  utf8proc_int32_t code = -1;  ///< Negative: not UTF-8.
  std::size_t bytes = 1;
};

/// The first character of a text that is not empty.
Character first_character(std::string_view text) {
  Character character;
  const auto* const bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const utf8proc_ssize_t taken = utf8proc_iterate(
      bytes, static_cast<utf8proc_ssize_t>(std::min<std::size_t>(text.size(), 4)), &character.code);
  character.bytes = taken > 0 ? static_cast<std::size_t>(taken) : 1;
  return character;
}

std::size_t columns_of(utf8proc_int32_t code) {
  if (code < 0) return 1;
  return static_cast<std::size_t>(std::max(utf8proc_charwidth(code), 0));
}

/// Embeddings, overrides and isolates (UAX #9): they could make a text look like another.
bool turns_direction(utf8proc_int32_t code) {
  return code == 0x200E || code == 0x200F || code == 0x061C || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

bool is_control(utf8proc_int32_t code) {
  const bool is_separator = code == 0x2028 || code == 0x2029;
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || is_separator;
}

/// The longest beginning of `line` that fits, at a blank if there is one; and at least one
/// character, so that whoever cuts gets on.
std::size_t cut_point(std::string_view line, std::size_t width) {
  std::size_t used = 0;
  std::size_t after_blank = 0;
  for (std::size_t at = 0; at < line.size();) {
    const Character character = first_character(line.substr(at));
    used += columns_of(character.code);
    if (used > width && character.code != ' ') {
      if (after_blank > 0) return after_blank;
      return at > 0 ? at : character.bytes;
    }
    at += character.bytes;
    if (character.code == ' ') after_blank = at;
  }
  return line.size();
}

void append_wrapped(std::string_view line, std::size_t width, std::vector<std::string>& lines) {
  do {
    const std::size_t cut = cut_point(line, width);
    std::string_view part = line.substr(0, cut);
    if (cut < line.size()) {
      while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    }
    lines.emplace_back(part);
    line.remove_prefix(cut);
  } while (!line.empty());
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    columns += columns_of(character.code);
    text.remove_prefix(character.bytes);
  }
  return columns;
}

std::string printable(std::string_view text, bool keep_newlines) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const Character character = first_character(text);
    const utf8proc_int32_t code = character.code;
    if (code == '\n' && keep_newlines) {
      shown += '\n';
    } else if (code == '\n') {
      shown += "\\n";
    } else if (code == '\t') {
      shown += "\\t";
    } else if (code < 0) {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    } else if (is_control(code) || turns_direction(code)) {
      shown += code < 0x80 ? fmt::format("\\x{:02x}", code) : fmt::format("\\u{:04x}", code);
    } else {
      shown += text.substr(0, character.bytes);
    }
    text.remove_prefix(character.bytes);
  }
  return shown;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  for (;;) {
    const std::size_t newline = text.find('\n');
    append_wrapped(text.substr(0, newline), width, lines);
    if (newline == std::string_view::npos) return lines;
    text.remove_prefix(newline + 1);
  }
}

}  // namespace annals::shell
