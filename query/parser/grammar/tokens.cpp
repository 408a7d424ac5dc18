#include "query/parser/grammar/tokens.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "schema/base/ascii.h"

namespace annals::query::grammar {
namespace {

[[noreturn]] void refuse(Iterator at, std::string message, std::string hint = {}) {
  throw Refusal{ErrorCode::kInvalidArgument, at, std::move(message), std::move(hint)};
}

void append_utf8(std::string& text, char32_t point) {
  const auto put = [&text](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | point >> 6);
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3F));
    put(0x80 | (point >> 6 & 0x3F));
    put(0x80 | (point & 0x3F));
  }
}

/// The `digits` hexadecimal digits after `\u` or `\U`, which stands at `escape`.
char32_t read_hex(Iterator escape, Iterator& at, Iterator last, int digits) {
  std::uint32_t value = 0;
  const Iterator end = last - at < digits ? last : at + digits;
  const auto [stop, problem] = std::from_chars(at, end, value, 16);
  if (problem != std::errc{} || stop != at + digits) {
    refuse(escape, fmt::format("\\{} needs {} hexadecimal digits", escape[1], digits));
  }
  at = stop;
  return value;
}

bool is_high_surrogate(char32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low_surrogate(char32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

/// The code point of the `\u` or `\U` at `escape`; `at` is behind the letter. Two \u may be a pair
/// of surrogates, as in JSON.
char32_t read_code_point(Iterator escape, Iterator& at, Iterator last) {
  char32_t point = read_hex(escape, at, last, escape[1] == 'u' ? 4 : 8);
  if (is_high_surrogate(point) && last - at >= 2 && at[0] == '\\' && at[1] == 'u') {
    Iterator second = at + 2;
    const char32_t low = read_hex(at, second, last, 4);
    if (is_low_surrogate(low)) {
      at = second;
      return 0x10000 + ((point - 0xD800) << 10 | (low - 0xDC00));
    }
  }
  if (is_high_surrogate(point) || is_low_surrogate(point) || point > 0x10FFFF) {
    refuse(escape, "this escape is no character of Unicode");
  }
  return point;
}

/// Appends what the escape at `at` means and moves `at` behind it.
void read_escape(std::string& text, Iterator& at, Iterator last) {
  const Iterator escape = at;
  const char letter = at[1];
  at += 2;
  switch (letter) {
    case '\\':
    case '\'':
    case '"': text.push_back(letter); return;
    case 'n': text.push_back('\n'); return;
    case 't': text.push_back('\t'); return;
    case 'r': text.push_back('\r'); return;
    case 'b': text.push_back('\b'); return;
    case 'f': text.push_back('\f'); return;
    case 'u':
    case 'U': append_utf8(text, read_code_point(escape, at, last)); return;
    default: refuse(escape, "an unknown escape in a text", "a backslash itself is written \\\\");
  }
}

/// The name in backticks at `first`; nothing if it is never closed.
std::optional<ast::Identifier> scan_quoted_name(Iterator& first, Iterator last) {
  const Iterator end = lexical::quoted_end(first, last);
  if (end == nullptr) return std::nullopt;
  ast::Identifier identifier;
  for (Iterator at = first + 1; at != end - 1; ++at) {
    identifier.name.push_back(*at);
    if (*at == '`') ++at;  // doubled
  }
  if (identifier.name.empty()) refuse(first, "a name in backticks is empty");
  first = end;
  return identifier;
}

bool begins_number(Iterator at, Iterator last) {
  if (at != last && *at == '.') ++at;
  return at != last && lexical::is_digit(*at);
}

Iterator digits_end(Iterator at, Iterator last) {
  while (at != last && lexical::is_digit(*at)) ++at;
  return at;
}

struct NumberExtent {
  Iterator end;
  bool is_float;
};

NumberExtent number_extent(Iterator at, Iterator last) {
  NumberExtent extent{digits_end(at, last), false};
  // A point without a digit behind it is not part of the number.
  if (last - extent.end >= 2 && *extent.end == '.' && lexical::is_digit(extent.end[1])) {
    extent = {digits_end(extent.end + 1, last), true};
  }
  if (extent.end != last && (*extent.end == 'e' || *extent.end == 'E')) {
    Iterator exponent = extent.end + 1;
    if (exponent != last && (*exponent == '+' || *exponent == '-')) ++exponent;
    if (exponent != last && lexical::is_digit(*exponent)) {
      extent = {digits_end(exponent, last), true};
    }
  }
  return extent;
}

Value read_float(Iterator begin, Iterator end, bool negative) {
  double value = 0;
  const auto [stop, problem] = std::from_chars(begin, end, value);
  if (problem != std::errc{} || stop != end) {
    refuse(begin, "this number does not fit a 64-bit float");
  }
  return Value(negative ? -value : value);
}

Value read_integer(Iterator begin, Iterator end, bool negative) {
  std::uint64_t value = 0;
  const auto [stop, problem] = std::from_chars(begin, end, value);
  const std::uint64_t max =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) + (negative ? 1 : 0);
  if (problem != std::errc{} || stop != end || value > max) {
    refuse(begin, "this number does not fit a 64-bit integer",
           "with a point, as in 1.0, it is a float");
  }
  // Unsigned negation wraps as two's complement does, the smallest integer included.
  return Value(static_cast<std::int64_t>(negative ? std::uint64_t{0} - value : value));
}

}  // namespace

Iterator match_words(Iterator first, Iterator last, std::string_view words, Expectation shown,
                     Diagnostics& diagnostics) {
  for (;;) {
    // Most attempts end at the first letter.
    if (first == last || to_upper(*first) != words.front()) break;
    const std::size_t length = std::min(words.find(' '), words.size());
    const Iterator end = lexical::name_end(first, last);
    const std::string_view found(first, static_cast<std::size_t>(end - first));
    if (!equals_ignoring_case(found, words.substr(0, length))) break;
    if (length == words.size()) return end;
    words.remove_prefix(length + 1);
    first = lexical::skip_blank(end, last);
  }
  diagnostics.expect(first, words, shown);
  return nullptr;
}

Iterator match_symbol(Iterator first, Iterator last, std::string_view symbol, Expectation shown,
                      Diagnostics& diagnostics) {
  if (std::string_view(first, static_cast<std::size_t>(last - first)).starts_with(symbol)) {
    return first + symbol.size();
  }
  diagnostics.expect(first, symbol, shown);
  return nullptr;
}

std::optional<ast::Identifier> ScanName::scan(Iterator& first, Iterator last) {
  if (first != last && *first == '`') return scan_quoted_name(first, last);
  const Iterator end = lexical::name_end(first, last);
  if (end == first) return std::nullopt;
  ast::Identifier identifier;
  identifier.name.assign(first, end);
  first = end;
  return identifier;
}

std::optional<ast::Identifier> ScanVariable::scan(Iterator& first, Iterator last) {
  const Iterator end = lexical::name_end(first, last);
  if (lexical::is_reserved({first, static_cast<std::size_t>(end - first)})) return std::nullopt;
  return ScanName::scan(first, last);
}

std::optional<ast::Identifier> ScanPathName::scan(Iterator& first, Iterator last) {
  Iterator at = first;
  std::optional<ast::Identifier> name = ScanVariable::scan(at, last);
  if (!name) return std::nullopt;
  at = lexical::skip_blank(at, last);
  if (at == last || *at != '=') return std::nullopt;
  first = at + 1;
  return name;
}

std::optional<Text> ScanText::scan(Iterator& first, Iterator last) {
  if (first == last || (*first != '\'' && *first != '"')) return std::nullopt;
  const Iterator end = lexical::quoted_end(first, last);
  if (end == nullptr) return std::nullopt;
  const char quote = *first;
  const Iterator close = end - 1;
  std::string text;
  for (Iterator at = first + 1; at != close;) {
    if (*at == '\\') {
      read_escape(text, at, close);
    } else {
      text.push_back(*at);
      at += *at == quote ? 2 : 1;  // A quote within the text is doubled.
    }
  }
  first = end;
  return Text{std::move(text), {}};
}

std::optional<ast::Literal> ScanNumber::scan(Iterator& first, Iterator last) {
  Iterator at = first;
  const bool negative = at != last && *at == '-';
  if (negative) at = lexical::skip_blank(at + 1, last);
  if (!begins_number(at, last)) return std::nullopt;
  const NumberExtent extent = number_extent(at, last);
  if (lexical::name_end(extent.end, last) != extent.end) {
    refuse(extent.end, "a number and a name run together");
  }
  auto value = extent.is_float ? read_float(at, extent.end, negative)
                               : read_integer(at, extent.end, negative);
  first = extent.end;
  return ast::Literal{std::move(value)};
}

std::optional<ast::UnaryOperator> ScanMinus::scan(Iterator& first, Iterator last) {
  if (first == last || *first != '-') return std::nullopt;
  if (begins_number(lexical::skip_blank(first + 1, last), last)) return std::nullopt;
  ++first;
  return ast::UnaryOperator::kNegate;
}

std::optional<ast::Parameter> ScanParameter::scan(Iterator& first, Iterator last) {
  if (first == last || *first != '$') return std::nullopt;
  Iterator at = first + 1;
  std::optional<ast::Identifier> name = ScanName::scan(at, last);
  if (!name) return std::nullopt;
  first = at;
  return ast::Parameter{std::move(name->name)};
}

std::optional<std::uint64_t> ScanCount::scan(Iterator& first, Iterator last) {
  const Iterator end = digits_end(first, last);
  if (end == first) return std::nullopt;
  std::uint64_t count = 0;
  if (std::from_chars(first, end, count).ec != std::errc{}) {
    refuse(first, "this number is too large to count with");
  }
  first = end;
  return count;
}

std::optional<Text> ScanEventNumber::scan(Iterator& first, Iterator last) {
  if (first == last || *first != '#') return std::nullopt;
  Iterator const end = std::find_if_not(first + 1, last, lexical::is_digit);
  if (end == first + 1) return std::nullopt;
  Text number{std::string(first, end), {}};
  first = end;
  return number;
}

}  // namespace annals::query::grammar
