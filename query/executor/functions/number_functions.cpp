#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "query/executor/functions/functions.h"

namespace annals::query::functions {

namespace {

double as_float(const Datum& datum) {
  if (const auto* whole = std::get_if<std::int64_t>(&datum.data)) {
    return static_cast<double>(*whole);
  }
  return std::get<double>(datum.data);
}

Result<Datum> absolute(const Datum& datum) {
  const auto* whole = std::get_if<std::int64_t>(&datum.data);
  if (whole == nullptr) return Datum(std::abs(std::get<double>(datum.data)));
  if (*whole == std::numeric_limits<std::int64_t>::min()) {
    return Error(ErrorCode::kInvalidArgument, "integer overflow");
  }
  return Datum(*whole < 0 ? -*whole : *whole);
}

Datum sign(const Datum& datum) {
  const double value = as_float(datum);
  return Datum(std::int64_t{value > 0 ? 1 : value < 0 ? -1 : 0});
}

/// Rounds the number as it is written, by the shortest text that reads back the same: 1.005 lies a
/// little below that half, and nobody who writes it means so. Halves go away from zero.
double rounded_at(double value, std::size_t places) {
  constexpr std::size_t longest = 400;  // some 326 characters, without an exponent
  std::array<char, longest> buffer{};
  char* const begin = buffer.data();
  const auto written =
      std::to_chars(begin, begin + longest, std::abs(value), std::chars_format::fixed);
  std::string text(begin, written.ptr);
  const std::size_t point = text.find('.');
  // Infinity and NaN have no point either.
  if (point == std::string::npos || text.size() - point - 1 <= places) return value;
  const std::size_t end = point + 1 + places;
  bool carries = text[end] >= '5';
  text.resize(end);
  text.insert(text.begin(), '0');  // for the carry of 9.9
  for (auto digit = text.rbegin(); carries; ++digit) {
    if (*digit == '.') continue;
    carries = *digit == '9';
    *digit = carries ? '0' : static_cast<char>(*digit + 1);
  }
  double nearest = 0;
  std::from_chars(text.data(), text.data() + text.size(), nearest);
  return value < 0 && nearest > 0 ? -nearest : nearest;  // no -0.0, as without places
}

/// Halves go up, as in openCypher; with places after the point, halves go away from zero.
Result<Datum> rounded(Arguments arguments) {
  const double value = as_float(*arguments[0]);
  if (arguments.size() == 1) {
    const double floor = std::floor(value);
    return Datum(value - floor >= 0.5 ? floor + 1 : floor);
  }
  constexpr std::int64_t places_max = 15;
  const std::int64_t places = std::get<std::int64_t>(arguments[1]->data);
  if (places < 0 || places > places_max) {
    return Error(ErrorCode::kInvalidArgument, "round() takes 0 to 15 places after the point");
  }
  return Datum(rounded_at(value, static_cast<std::size_t>(places)));
}

std::string_view without_blanks(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  return text;
}

/// result_out_of_range if all of `text` is a number, which does not fit.
template <class Number>
std::errc parse_number(std::string_view text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  return parsed.ptr == end ? parsed.ec : std::errc::invalid_argument;
}

/// Of a float out of range, which is no zero: whether it lies too near to zero, not too far away.
bool is_tiny(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t letter = text.find_first_of("eE");
  const std::string_view digits = text.substr(0, letter);
  const auto first = static_cast<std::int64_t>(digits.find_first_not_of("0."));
  const auto point = static_cast<std::int64_t>(std::min(digits.find('.'), digits.size()));
  std::int32_t exponent = 0;
  if (letter != std::string_view::npos) {
    std::string_view power = text.substr(letter + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    if (parse_number(power, exponent) != std::errc()) return power.starts_with('-');
  }
  return (point > first ? point - 1 : point) - first + exponent < 0;
}

/// As in Java, and as arithmetic does: too near to zero is zero, too far away infinity.
bool parse_float(std::string_view text, double& real) {
  const std::errc error = parse_number(text, real);
  if (error != std::errc::result_out_of_range) return error == std::errc();
  real = is_tiny(text) ? 0 : std::numeric_limits<double>::infinity();
  if (text.starts_with('-')) real = -real;
  return true;
}

/// Null if the number does not fit.
Datum truncated(double value) {
  constexpr double too_large = 9223372036854775808.0;  // 2^63
  if (!(value >= -too_large && value < too_large)) return Datum();
  return Datum(static_cast<std::int64_t>(value));
}

Datum to_integer(const Datum& datum) {
  if (const auto* flag = std::get_if<bool>(&datum.data)) return Datum(std::int64_t{*flag ? 1 : 0});
  if (datum.type() == DatumType::kInteger) return datum;
  if (const auto* real = std::get_if<double>(&datum.data)) return truncated(*real);
  const std::string_view text = without_blanks(std::get<std::string>(datum.data));
  std::int64_t whole = 0;
  const std::errc error = parse_number(text, whole);
  if (error == std::errc()) return Datum(whole);
  // As a float -9223372036854775809 would be the integer next to it.
  if (error == std::errc::result_out_of_range) return Datum();
  double real = 0;
  return parse_float(text, real) ? truncated(real) : Datum();
}

Datum to_float(const Datum& datum) {
  if (is_numeric(datum)) return Datum(as_float(datum));
  double real = 0;
  const bool is_number = parse_float(without_blanks(std::get<std::string>(datum.data)), real);
  return is_number ? Datum(real) : Datum();
}

Datum to_boolean(const Datum& datum) {
  if (datum.type() == DatumType::kBoolean) return datum;
  if (const auto* whole = std::get_if<std::int64_t>(&datum.data)) return Datum(*whole != 0);
  std::string text(without_blanks(std::get<std::string>(datum.data)));
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (text == "true") return Datum(true);
  if (text == "false") return Datum(false);
  return Datum();
}

}  // namespace

namespace {

constexpr double kHalfTurn = 180;

double call_float(FunctionId id, double value) {
  using enum FunctionId;
  switch (id) {
    case kExp: return std::exp(value);
    case kLog: return std::log(value);
    case kLog10: return std::log10(value);
    case kSin: return std::sin(value);
    case kCos: return std::cos(value);
    case kTan: return std::tan(value);
    case kCot: return 1 / std::tan(value);
    case kAsin: return std::asin(value);
    case kAcos: return std::acos(value);
    case kAtan: return std::atan(value);
    case kDegrees: return value * (kHalfTurn / std::numbers::pi);
    case kRadians: return value * (std::numbers::pi / kHalfTurn);
    default: return std::sqrt(value);
  }
}

}  // namespace

Result<Datum> call_number(FunctionId id, Arguments arguments) {
  using enum FunctionId;
  if (id == kPi) return Datum(std::numbers::pi);
  if (id == kE) return Datum(std::numbers::e);
  const Datum& first = *arguments[0];
  switch (id) {
    case kAbs: return absolute(first);
    case kSign: return sign(first);
    case kRound: return rounded(arguments);
    case kFloor: return Datum(std::floor(as_float(first)));
    case kCeil: return Datum(std::ceil(as_float(first)));
    case kAtan2: return Datum(std::atan2(as_float(first), as_float(*arguments[1])));
    default: return Datum(call_float(id, as_float(first)));
  }
}

Result<Datum> call_conversion(FunctionId id, Arguments arguments) {
  using enum FunctionId;
  const Datum& first = *arguments[0];
  switch (id) {
    case kToString: return Datum(datum_text(first));
    case kToInteger: return to_integer(first);
    case kToFloat: return to_float(first);
    default: return to_boolean(first);
  }
}

}  // namespace annals::query::functions
