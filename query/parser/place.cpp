#include <algorithm>

#include "query/parser/grammar/lexical.h"
#include "query/parser/parser.h"

namespace annals::query {
namespace {

// A line is shown for a person to recognise; one that is longer than a screen is not. The caret
// must stay under its column, so that a long line can only lose its end.
constexpr std::size_t kLineShownMax = 240;
constexpr std::uint32_t kColumnShownMax = 200;

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::uint32_t count_code_points(std::string_view text) {
  return static_cast<std::uint32_t>(std::count_if(text.begin(), text.end(), starts_code_point));
}

std::string shown(std::string_view line) {
  bool cut = false;
  if (line.size() > kLineShownMax) {
    std::size_t length = 0;
    for (std::uint32_t points = 0; length < line.size(); ++length) {
      if (starts_code_point(line[length]) && ++points > kLineShownMax) break;
    }
    cut = length < line.size();
    line = line.substr(0, length);
  }
  std::string text(line);
  // A tab would move the caret away from its column, other control characters do worse.
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  if (cut) text += "…";
  return text;
}

}  // namespace

Place place_in(std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  const std::string_view before = text.substr(0, offset);
  const std::size_t newline = before.rfind('\n');
  const std::size_t line_begin = newline == std::string_view::npos ? 0 : newline + 1;
  std::string_view line = text.substr(line_begin, text.find('\n', offset) - line_begin);
  while (!line.empty() && line.back() == '\r') line.remove_suffix(1);

  Place place;
  place.line = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  place.column = count_code_points(before.substr(line_begin)) + 1;
  if (place.column <= kColumnShownMax) place.source_line = shown(line);
  return place;
}

}  // namespace annals::query
