#include "schema/value.h"

#include <cmath>

#include <fmt/format.h>

namespace annals::inline schema {

namespace {

std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    result += c;
    if (c == '\'' || c == '\\') result += c;
  }
  return result + '\'';
}

std::string format_float(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  std::string text = fmt::format("{}", value);  // the shortest text that reads back the same
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

struct Formatter {
  std::string operator()(std::monostate) const { return "null"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return format_float(value); }
  std::string operator()(const std::string& value) const { return quoted(value); }
  std::string operator()(const Date& value) const { return quoted(value.text); }
  std::string operator()(const ValueList& values) const {
    std::string text;
    for (const Value& value : values) {
      text += (text.empty() ? "[" : ", ") + format_value(value);
    }
    return text.empty() ? "[]" : text + ']';
  }
};

}  // namespace

std::string format_value(const Value& value) { return std::visit(Formatter(), value.data); }

}  // namespace annals::inline schema
