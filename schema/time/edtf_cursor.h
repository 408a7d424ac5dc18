#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "schema/base/result.h"

namespace annals::inline schema::edtf {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A position in the text of a date, and the errors that can be said about it. Borrows the text.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  std::size_t offset() const { return offset_; }
  bool at_end() const { return offset_ == text_.size(); }
  /// The character `ahead` places on; '\0' beyond the end.
  char peek(std::size_t ahead = 0) const {
    return ahead < text_.size() - offset_ ? text_[offset_ + ahead] : '\0';
  }
  /// How many of the characters ahead are digits or X.
  std::size_t digits_ahead() const;

  /// Moves on over `c`, or over `word`, if that comes next.
  bool take(char c);
  bool take(std::string_view word);
  /// Moves on over the next `count` characters. Requires that there are so many.
  std::string_view take(std::size_t count);

  /// An error at a byte offset (by default here); its column counts code points.
  Error error(std::string message) const { return error_at(offset_, std::move(message)); }
  Error error_at(std::size_t offset, std::string message) const;
  Error unsupported_at(std::size_t offset, std::string message, std::string hint) const;
  /// "expected WHAT, found 'x'" at the current place, `ahead` characters on.
  Error expected(std::string_view what, std::size_t ahead = 0) const;

 private:
  Place place_of(std::size_t offset) const;
  std::string found(std::size_t offset) const;

  std::string_view text_;
  std::size_t offset_ = 0;
};

}  // namespace annals::inline schema::edtf
