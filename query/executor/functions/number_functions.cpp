#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <string>
#include <string_view>
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
  const double scale = std::pow(10.0, static_cast<double>(places));
  const double scaled = value * scale;
  return Datum(std::isfinite(scaled) ? std::round(scaled) / scale : value);
}

std::string_view without_blanks(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  return text;
}

template <class Number>
bool parse_number(std::string_view text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end && !text.empty();
}

/// Null if the number does not fit.
Datum truncated(double value) {
  constexpr double too_large = 9223372036854775808.0;  // 2^63
  if (!(value > -too_large && value < too_large)) return Datum();
  return Datum(static_cast<std::int64_t>(value));
}

Datum to_integer(const Datum& datum) {
  if (const auto* flag = std::get_if<bool>(&datum.data)) return Datum(std::int64_t{*flag ? 1 : 0});
  if (datum.type() == DatumType::kInteger) return datum;
  if (const auto* real = std::get_if<double>(&datum.data)) return truncated(*real);
  const std::string_view text = without_blanks(std::get<std::string>(datum.data));
  std::int64_t whole = 0;
  if (parse_number(text, whole)) return Datum(whole);
  double real = 0;
  return parse_number(text, real) ? truncated(real) : Datum();
}

Datum to_float(const Datum& datum) {
  if (is_numeric(datum)) return Datum(as_float(datum));
  double real = 0;
  const bool is_number = parse_number(without_blanks(std::get<std::string>(datum.data)), real);
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
