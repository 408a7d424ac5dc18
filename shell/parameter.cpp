#include "shell/parameter.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "schema/base/limits.h"
#include "schema/utf8.h"

namespace annals::shell {

namespace {

using query::Datum;
using query::DatumList;
using query::DatumMap;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether it may stand without backticks: a word, or some with blanks between them.
bool is_plain_name(std::string_view name) {
  if (name.empty() || is_digit(name.front())) return false;
  if (name.front() == ' ' || name.back() == ' ') return false;
  for (const char c : name) {
    const bool is_ascii_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool is_beyond_ascii = (static_cast<unsigned char>(c) & 0x80) != 0;
    if (!is_ascii_letter && !is_digit(c) && c != '_' && c != ' ' && !is_beyond_ascii) return false;
  }
  return true;
}

/// A character of ASCII or Latin-1 that controls a terminal. Requires UTF-8.
bool has_control_character(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && static_cast<unsigned char>(text[at + 1]) < 0xA0) return true;
  }
  return false;
}

/// The name in backticks that `text` begins with, which is taken off; nothing if it is never
/// closed.
std::optional<std::string> take_quoted_name(std::string_view& text) {
  std::string name;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '`') {
      const bool is_doubled = text.substr(at + 1).starts_with('`');
      if (!is_doubled) {
        text.remove_prefix(at + 1);
        return name;
      }
      ++at;
    }
    name += text[at];
  }
  return std::nullopt;
}

/// The name before the first '=' behind it; both are taken off. Nothing if there is none.
std::optional<std::string> take_name(std::string_view& text) {
  std::optional<std::string> name;
  if (text.starts_with('`')) {
    name = take_quoted_name(text);
    if (!name || name->empty() || !text.starts_with('=')) return std::nullopt;
    text.remove_prefix(1);
    return name;
  }
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  if (is_plain_name(text.substr(0, equals))) name = std::string(text.substr(0, equals));
  text.remove_prefix(equals + 1);
  return name;
}

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (at + count < text.size() && is_digit(text[at + count])) ++count;
  return count;
}

enum class NumberForm : std::uint8_t { kNone, kInteger, kFloat };

/// RFC 8259, section 6: no leading zeros (007 is a text), digits on both sides of the point.
NumberForm number_form(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = digits_at(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return NumberForm::kNone;
  at += whole;
  NumberForm form = NumberForm::kInteger;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = digits_at(text, at + 1);
    if (fraction == 0) return NumberForm::kNone;
    at += 1 + fraction;
    form = NumberForm::kFloat;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = digits_at(text, at);
    if (exponent == 0) return NumberForm::kNone;
    at += exponent;
    form = NumberForm::kFloat;
  }
  return at == text.size() ? form : NumberForm::kNone;
}

/// The text between quotes, if it stands between two of a kind; doubled ones within become one.
std::optional<std::string> unquoted(std::string_view text) {
  if (text.size() < 2 || (text.front() != '\'' && text.front() != '"')) return std::nullopt;
  const char quote = text.front();
  if (text.back() != quote) return std::nullopt;
  std::string inner;
  for (std::size_t at = 1; at + 1 < text.size(); ++at) {
    inner += text[at];
    const bool is_doubled = text[at] == quote && at + 2 < text.size() && text[at + 1] == quote;
    if (is_doubled) ++at;
  }
  return inner;
}

Error does_not_fit(std::string_view number) {
  return Error(ErrorCode::kInvalidArgument, fmt::format("{} does not fit a number", number),
               "quotes make it a text");
}

/// Of a list or a map, or of what stands within.
Result<Datum> datum_of(const nlohmann::json& json, std::uint32_t depth) {
  if (depth > limits::kNestingMax) {
    return Error(ErrorCode::kLimitExceeded, "a parameter nests deeper than NestingMax",
                 fmt::format("at most {} lists and maps within each other", limits::kNestingMax));
  }
  switch (json.type()) {
    case nlohmann::json::value_t::boolean: return Datum(json.get<bool>());
    case nlohmann::json::value_t::number_integer: return Datum(json.get<std::int64_t>());
    case nlohmann::json::value_t::number_float: return Datum(json.get<double>());
    case nlohmann::json::value_t::string: return Datum(json.get<std::string>());
    case nlohmann::json::value_t::number_unsigned:
      if (json.get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max()) {
        return Datum(json.get<std::int64_t>());
      }
      return does_not_fit(json.dump());
    case nlohmann::json::value_t::array: {
      DatumList items;
      for (const nlohmann::json& item : json) {
        ANNALS_TRY(Datum one, datum_of(item, depth + 1));
        items.push_back(std::move(one));
      }
      return query::list_datum(std::move(items));
    }
    case nlohmann::json::value_t::object: {
      DatumMap entries;
      for (const auto& [key, item] : json.items()) {
        ANNALS_TRY(Datum one, datum_of(item, depth + 1));
        entries.emplace(key, std::move(one));
      }
      return query::map_datum(std::move(entries));
    }
    default: return Datum();
  }
}

/// A list or a map of JSON; what is none is a text: some dates begin so, [2024-10-16..].
Result<Datum> parse_json(std::string_view text) {
  using Event = nlohmann::json::parse_event_t;
  // Of equal keys the library would keep the last one; the language refuses them.
  std::vector<std::set<std::string>> open_maps;
  std::optional<std::string> twice;
  const auto watch = [&](int, Event event, const nlohmann::json& parsed) {
    if (event == Event::object_start) open_maps.emplace_back();
    if (event == Event::object_end) open_maps.pop_back();
    if (event == Event::key && !open_maps.back().insert(parsed.get<std::string>()).second) {
      twice = parsed.get<std::string>();
    }
    return true;
  };
  const auto json = nlohmann::json::parse(text, watch, false);
  if (json.is_discarded()) return Datum(std::string(text));
  if (twice) {
    return Error(ErrorCode::kInvalidArgument, fmt::format("{} is given twice", *twice),
                 "a key stands once in a map");
  }
  return datum_of(json, 1);
}

Result<Datum> parse_value(std::string_view text) {
  if (text == "null") return Datum();
  if (text == "true") return Datum(true);
  if (text == "false") return Datum(false);
  if (const auto inner = unquoted(text)) return Datum(*inner);
  if (text.starts_with('[') || text.starts_with('{')) return parse_json(text);
  const char* const end = text.data() + text.size();
  switch (number_form(text)) {
    case NumberForm::kNone: return Datum(std::string(text));
    case NumberForm::kInteger: {
      std::int64_t number = 0;
      if (std::from_chars(text.data(), end, number).ec == std::errc()) return Datum(number);
      break;
    }
    case NumberForm::kFloat: {
      double number = 0;
      if (std::from_chars(text.data(), end, number).ec == std::errc()) return Datum(number);
      break;
    }
  }
  return does_not_fit(text);
}

}  // namespace

Result<std::pair<std::string, query::Datum>> parse_parameter(std::string_view text) {
  if (const std::size_t invalid = first_invalid_utf8(text); invalid != text.size()) {
    return Error(ErrorCode::kInvalidArgument,
                 fmt::format("byte 0x{:02X} of a parameter is not UTF-8",
                             static_cast<unsigned char>(text[invalid])),
                 "its name and its value must be encoded in UTF-8");
  }
  std::string_view rest = text;
  std::optional<std::string> name = take_name(rest);
  if (!name) {
    return Error(ErrorCode::kInvalidArgument, fmt::format("'{}' is not name=value", text),
                 "for example --param country=Georgia, used as $country; names other than words "
                 "stand in backticks");
  }
  if (has_control_character(*name)) {
    return Error(ErrorCode::kInvalidArgument,
                 "the name of a parameter cannot hold control characters");
  }
  ANNALS_TRY(Datum value, parse_value(rest));
  return std::pair(std::move(*name), std::move(value));
}

}  // namespace annals::shell
