#include "ingest/record_reader.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "schema/utf8.h"

namespace annals::ingest {

namespace {

// A line is shown for a person to recognise, with a caret under a column of it.
constexpr std::size_t kLineShownBytes = 240;

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::uint32_t saturated(std::uint64_t number) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min(number, kMax));
}

std::string shown(std::string_view line) {
  const bool cut = line.size() > kLineShownBytes;
  if (cut) {
    std::size_t length = kLineShownBytes;
    while (length > 0 && !starts_code_point(line[length])) --length;
    line = line.substr(0, length);
  }
  std::string text;
  // Bytes that are not UTF-8 would garble the message. Everything before them is what matters.
  const std::size_t valid = first_invalid_utf8(line);
  text = line.substr(0, valid);
  // Control characters would move the caret away from its column, or worse.
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  std::replace_if(text.begin(), text.end(), is_control, ' ');
  if (cut || valid != line.size()) text += "…";
  return text;
}

}  // namespace

Place place_in(const Record& record, const std::string& file, std::size_t offset) {
  const std::string_view raw = record.raw;
  offset = std::min(offset, raw.size());
  const std::string_view before = raw.substr(0, offset);
  const std::size_t line_break = before.rfind('\n');
  const std::size_t begin = line_break == std::string_view::npos ? 0 : line_break + 1;
  std::string_view line = raw.substr(begin, raw.find('\n', offset) - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);

  Place place;
  place.file = file;
  const auto breaks = std::count(before.begin(), before.end(), '\n');
  place.line = saturated(record.line + static_cast<std::uint64_t>(breaks));
  const std::string_view left = before.substr(begin);
  const auto points = std::count_if(left.begin(), left.end(), starts_code_point);
  place.column = saturated(static_cast<std::uint64_t>(points) + 1);
  if (left.size() <= kLineShownBytes) place.source_line = shown(line);
  return place;
}

Place place_of_field(const Record& record, const std::string& file, std::size_t column) {
  if (column >= record.offsets.size()) {
    Place place;
    place.file = file;
    place.line = saturated(record.line);
    return place;
  }
  return place_in(record, file, record.offsets[column]);
}

std::string column_label(const std::vector<std::string>& columns, std::size_t column) {
  if (column < columns.size() && !columns[column].empty()) {
    return fmt::format("'{}'", columns[column]);
  }
  return fmt::format("column {}", column + 1);
}

}  // namespace annals::ingest
