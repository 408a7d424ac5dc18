#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "schema/ids.h"
#include "schema/time/date.h"

namespace annals::inline schema {

struct Value;
using ValueList = std::vector<Value>;

/// What an attribute or a property holds. Compares and copies; a list may nest to
/// limits::kNestingMax.
struct Value {
  using Data =
      std::variant<std::monostate, bool, std::int64_t, double, std::string, Date, ValueList>;
  Data data;

  Value() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a value is written where one is wanted
  Value(Data value) : data(std::move(value)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(data); }
  bool operator==(const Value&) const = default;
};

/// A property of a fact: "capacity" = "founder".
struct Property {
  SymbolId name;
  Value value;
  bool operator==(const Property&) const = default;
};

/// As it stands in the language: null, true, 42, 1.5, 'text' with quotes and backslashes doubled, a
/// date as its text in quotes, [a, b]. A float always shows a point or an exponent.
std::string format_value(const Value& value);

}  // namespace annals::inline schema
