#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <utf8proc.h>

#include "query/executor/functions/functions.h"
#include "schema/base/limits.h"

namespace annals::query::functions {

namespace {

const std::string& text_of(const Datum& datum) { return std::get<std::string>(datum.data); }

const DatumList& list_of(const Datum& datum) { return *list_in(datum); }

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

/// Where character number `index` begins; the end of the text if there are fewer.
std::size_t offset_of(std::string_view text, std::size_t index) {
  std::size_t offset = 0;
  for (; offset < text.size(); ++offset) {
    if (continues_character(text[offset])) continue;
    if (index == 0) break;
    --index;
  }
  return offset;
}

/// Each character replaced by what `map` makes of it; bytes that are not UTF-8 stay.
template <class Map>
std::string map_characters(std::string_view text, const Map& map) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    utf8proc_int32_t character = 0;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                         static_cast<utf8proc_ssize_t>(text.size()), &character);
    if (length <= 0) {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    std::array<utf8proc_uint8_t, 4> bytes{};
    const auto written = utf8proc_encode_char(map(character), bytes.data());
    out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(written));
    text.remove_prefix(static_cast<std::size_t>(length));
  }
  return out;
}

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string trimmed(std::string_view text, bool left, bool right) {
  while (left && !text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (right && !text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

Datum reversed(const Datum& datum) {
  if (datum.type() == DatumType::kList) {
    return list_datum(DatumList(list_of(datum).rbegin(), list_of(datum).rend()));
  }
  std::string out;
  const std::string& text = text_of(datum);
  std::size_t end = text.size();
  for (std::size_t i = text.size(); i-- > 0;) {
    if (continues_character(text[i]) && i > 0) continue;
    out.append(text, i, end - i);
    end = i;
  }
  return Datum(std::move(out));
}

/// A number of characters; negative is an error.
Result<std::size_t> count_of(const Datum& datum, std::string_view what) {
  const std::int64_t count = std::get<std::int64_t>(datum.data);
  if (count >= 0) return static_cast<std::size_t>(count);
  return Error(ErrorCode::kInvalidArgument, fmt::format("{} cannot be negative", what));
}

Result<Datum> substring(Arguments arguments) {
  ANNALS_TRY(const std::size_t start, count_of(*arguments[1], "the start of a substring"));
  std::string_view text = text_of(*arguments[0]);
  text.remove_prefix(offset_of(text, start));
  if (arguments.size() > 2) {
    ANNALS_TRY(const std::size_t length, count_of(*arguments[2], "the length of a substring"));
    text = text.substr(0, offset_of(text, length));
  }
  return Datum(std::string(text));
}

Result<Datum> left(Arguments arguments) {
  ANNALS_TRY(const std::size_t length, count_of(*arguments[1], "a length"));
  const std::string& text = text_of(*arguments[0]);
  return Datum(text.substr(0, offset_of(text, length)));
}

Result<Datum> right(Arguments arguments) {
  ANNALS_TRY(const std::size_t length, count_of(*arguments[1], "a length"));
  const std::string& text = text_of(*arguments[0]);
  const std::size_t all = count_characters(text);
  return Datum(length >= all ? text : text.substr(offset_of(text, all - length)));
}

Result<Datum> replace(const std::string& text, const std::string& part, const std::string& by) {
  if (part.empty()) return Datum(text);
  std::string out;
  std::size_t from = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, from)) {
    out.append(text, from, at - from).append(by);
    from = at + part.size();
    if (out.size() > limits::kTextBytesMax) {
      return Error(
          ErrorCode::kLimitExceeded,
          fmt::format("replace() makes a text over TextBytesMax ({})", limits::kTextBytesMax));
    }
  }
  return Datum(out.append(text, from));
}

Datum split(const std::string& text, const std::string& separator) {
  DatumList parts;
  std::size_t from = 0;
  if (separator.empty()) {  // into characters
    while (from < text.size()) {
      const std::size_t length = offset_of(std::string_view(text).substr(from), 1);
      parts.emplace_back(text.substr(from, length));
      from += length;
    }
    return list_datum(std::move(parts));
  }
  for (std::size_t at = text.find(separator); at != std::string::npos;
       at = text.find(separator, from)) {
    parts.emplace_back(text.substr(from, at - from));
    from = at + separator.size();
  }
  parts.emplace_back(text.substr(from));
  return list_datum(std::move(parts));
}

Datum size(const Datum& datum) {
  const std::size_t count =
      datum.type() == DatumType::kList ? list_of(datum).size() : count_characters(text_of(datum));
  return Datum(static_cast<std::int64_t>(count));
}

Datum tail(const DatumList& list) {
  return list_datum(list.empty() ? DatumList() : DatumList(list.begin() + 1, list.end()));
}

/// From the first to the last, both included, as openCypher has it.
Result<Datum> range(Arguments arguments) {
  const std::int64_t first = std::get<std::int64_t>(arguments[0]->data);
  const std::int64_t last = std::get<std::int64_t>(arguments[1]->data);
  const std::int64_t step =
      arguments.size() > 2 ? std::get<std::int64_t>(arguments[2]->data) : std::int64_t{1};
  if (step == 0) return Error(ErrorCode::kInvalidArgument, "the step of range() cannot be 0");
  DatumList numbers;
  std::int64_t at = first;
  while (step > 0 ? at <= last : at >= last) {
    if (numbers.size() == limits::kListElementsMax) {
      return Error(
          ErrorCode::kLimitExceeded,
          fmt::format("range() makes a list over ListElementsMax ({})", limits::kListElementsMax));
    }
    numbers.emplace_back(at);
    if (__builtin_add_overflow(at, step, &at)) break;
  }
  return list_datum(std::move(numbers));
}

}  // namespace

Result<Datum> call_text(FunctionId id, Arguments arguments) {
  using enum FunctionId;
  const Datum& first = *arguments[0];
  switch (id) {
    case kSize: return size(first);
    case kReverse: return reversed(first);
    case kToLower: return Datum(map_characters(text_of(first), utf8proc_tolower));
    case kToUpper: return Datum(map_characters(text_of(first), utf8proc_toupper));
    case kTrim: return Datum(trimmed(text_of(first), true, true));
    case kLTrim: return Datum(trimmed(text_of(first), true, false));
    case kRTrim: return Datum(trimmed(text_of(first), false, true));
    case kSubstring: return substring(arguments);
    case kLeft: return left(arguments);
    case kRight: return right(arguments);
    case kReplace: return replace(text_of(first), text_of(*arguments[1]), text_of(*arguments[2]));
    case kSplit: return split(text_of(first), text_of(*arguments[1]));
    case kHead: return list_of(first).empty() ? Datum() : list_of(first).front();
    case kLast: return list_of(first).empty() ? Datum() : list_of(first).back();
    case kRange: return range(arguments);
    default: return tail(list_of(first));
  }
}

}  // namespace annals::query::functions
