#include "schema/time/edtf_cursor.h"

#include <algorithm>

#include <fmt/format.h>

namespace annals::inline schema::edtf {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20U || c == '\x7F'; }

/// Bytes of the UTF-8 sequence that `text` begins with; 0 if it is none. Coarse: it keeps broken
/// bytes out of messages, no more.
std::size_t sequence_bytes(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t bytes = lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : lead >= 0xC2U ? 2 : 0;
  if (bytes == 0 || lead > 0xF4U || text.size() < bytes) return 0;
  const std::string_view rest = text.substr(1, bytes - 1);
  return std::all_of(rest.begin(), rest.end(), is_continuation) ? bytes : 0;
}

}  // namespace

std::size_t Cursor::digits_ahead() const {
  std::size_t count = 0;
  while (is_digit(peek(count)) || peek(count) == 'X') ++count;
  return count;
}

bool Cursor::take(char c) {
  if (at_end() || peek() != c) return false;
  ++offset_;
  return true;
}

bool Cursor::take(std::string_view word) {
  if (!text_.substr(offset_).starts_with(word)) return false;
  offset_ += word.size();
  return true;
}

std::string_view Cursor::take(std::size_t count) {
  const std::string_view taken = text_.substr(offset_, count);
  offset_ += taken.size();
  return taken;
}

Place Cursor::place_of(std::size_t offset) const {
  Place place;
  const auto points =
      std::count_if(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(offset),
                    [](char c) { return !is_continuation(c); });
  place.column = static_cast<std::uint32_t>(points) + 1;
  // A caret under a text with tabs or line breaks points nowhere, and terminals obey escapes.
  if (std::none_of(text_.begin(), text_.end(), is_control)) place.source_line = text_;
  return place;
}

std::string Cursor::found(std::size_t offset) const {
  if (offset == text_.size()) return "but the text ends here";
  const char c = text_[offset];
  if (c == ' ') return "found a blank";
  if (c > ' ' && c < '\x7F') return fmt::format("found '{}'", c);
  if (const std::size_t bytes = sequence_bytes(text_.substr(offset)); bytes > 0)
    return fmt::format("found '{}'", text_.substr(offset, bytes));
  return fmt::format("found the byte 0x{:02X}", static_cast<unsigned char>(c));
}

Error Cursor::error_at(std::size_t offset, std::string message) const {
  return Error(ErrorCode::kInvalidArgument, std::move(message)).at(place_of(offset));
}

Error Cursor::unsupported_at(std::size_t offset, std::string message, std::string hint) const {
  return Error(ErrorCode::kUnsupported, std::move(message), std::move(hint)).at(place_of(offset));
}

Error Cursor::expected(std::string_view what, std::size_t ahead) const {
  const std::size_t offset = std::min(offset_ + ahead, text_.size());
  return error_at(offset, fmt::format("expected {}, {}", what, found(offset)));
}

}  // namespace annals::inline schema::edtf
