#include "query/parser/token_text.h"

#include <fmt/format.h>

#include "query/parser/grammar/lexical.h"

namespace annals::query {

std::string in_backticks(std::string_view name) {
  std::string text = "`";
  for (const char c : name) text.append(c == '`' ? 2 : 1, c);
  return text + "`";
}

std::string name_text(std::string_view name) {
  const char* const end = name.data() + name.size();
  const bool plain = !name.empty() && lexical::name_end(name.data(), end) == end;
  return plain ? std::string(name) : in_backticks(name);
}

std::string variable_text(std::string_view name) {
  return lexical::is_reserved(name) ? in_backticks(name) : name_text(name);
}

std::string quoted_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    switch (c) {
      case '\'': out += "''"; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: out += c;
    }
  }
  return out + "'";
}

namespace {

std::string float_text(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}

struct LiteralText {
  std::string operator()(std::monostate) const { return "null"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return float_text(value); }
  std::string operator()(const std::string& value) const { return quoted_text(value); }
  // The grammar makes neither of these two.
  std::string operator()(const Date& value) const { return quoted_text(value.text); }
  std::string operator()(const ValueList&) const { return "[]"; }
};

}  // namespace

std::string literal_text(const Value& value) { return std::visit(LiteralText{}, value.data); }

}  // namespace annals::query
