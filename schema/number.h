#pragma once

#include <compare>
#include <cstdint>
#include <variant>

#include "schema/base/result.h"

namespace annals::inline schema {

/// How the language compares numbers and computes with them. All thread-safe.

/// An integer or a float.
using Number = std::variant<std::int64_t, double>;

/// Exact: no integer is rounded to compare it.
std::partial_ordering compare_numbers(std::int64_t a, double b);
std::partial_ordering compare_numbers(Number a, Number b);

enum class Arithmetic : std::uint8_t { kAdd, kSubtract, kMultiply, kDivide, kModulo };

/// Of integers an integer, dividing drops the rest; if one is a float, a float. InvalidArgument:
/// an integer does not fit, or is divided by zero.
Result<Number> compute(Arithmetic op, Number a, Number b);

}  // namespace annals::inline schema
