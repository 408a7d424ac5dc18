#include "schema/name_text.h"

#include <algorithm>
#include <array>

namespace annals::inline schema {

namespace {

bool is_plain_identifier(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  if (name.empty() || !is_letter(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

std::string quoted_name(std::string_view name) {
  if (is_plain_identifier(name)) return std::string(name);
  std::string text = "`";
  for (const char c : name) {
    text += c;
    if (c == '`') text += '`';
  }
  return text + '`';
}

bool is_reserved_word(std::string_view name) {
  constexpr std::array<std::string_view, 14> kReserved = {
      "AND", "CASE", "DISTINCT", "FALSE",  "IN",   "IS",    "MATCH",
      "NOT", "NULL", "OR",       "RETURN", "TRUE", "WHERE", "XOR"};
  const auto is_word = [name](std::string_view word) {
    return std::equal(name.begin(), name.end(), word.begin(), word.end(), [](char c, char upper) {
      return (c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c) == upper;
    });
  };
  return std::any_of(kReserved.begin(), kReserved.end(), is_word);
}

}  // namespace annals::inline schema
