#include "schema/number.h"

#include <cmath>
#include <limits>
#include <optional>

namespace annals::inline schema {

namespace {

double as_float(Number number) {
  const auto* whole = std::get_if<std::int64_t>(&number);
  return whole != nullptr ? static_cast<double>(*whole) : std::get<double>(number);
}

std::partial_ordering flipped(std::partial_ordering order) {
  if (order == std::partial_ordering::less) return std::partial_ordering::greater;
  if (order == std::partial_ordering::greater) return std::partial_ordering::less;
  return order;
}

double compute_floats(Arithmetic op, double a, double b) {
  switch (op) {
    case Arithmetic::kAdd: return a + b;
    case Arithmetic::kSubtract: return a - b;
    case Arithmetic::kMultiply: return a * b;
    case Arithmetic::kDivide: return a / b;
    case Arithmetic::kModulo: break;
  }
  return std::fmod(a, b);
}

/// Nothing on overflow. Requires a divisor other than zero.
std::optional<std::int64_t> compute_integers(Arithmetic op, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  bool overflow = false;
  switch (op) {
    case Arithmetic::kAdd: overflow = __builtin_add_overflow(a, b, &result); break;
    case Arithmetic::kSubtract: overflow = __builtin_sub_overflow(a, b, &result); break;
    case Arithmetic::kMultiply: overflow = __builtin_mul_overflow(a, b, &result); break;
    case Arithmetic::kDivide:
      overflow = a == std::numeric_limits<std::int64_t>::min() && b == -1;
      if (!overflow) result = a / b;
      break;
    case Arithmetic::kModulo: result = b == -1 ? 0 : a % b;
  }
  return overflow ? std::nullopt : std::optional(result);
}

}  // namespace

std::partial_ordering compare_numbers(std::int64_t a, double b) {
  constexpr double too_large = 9223372036854775808.0;  // 2^63
  if (std::isnan(b)) return std::partial_ordering::unordered;
  if (b >= too_large) return std::partial_ordering::less;
  if (b < -too_large) return std::partial_ordering::greater;
  const double whole = std::floor(b);
  const auto floor = static_cast<std::int64_t>(whole);
  if (a != floor) return a <=> floor;
  return b > whole ? std::partial_ordering::less : std::partial_ordering::equivalent;
}

std::partial_ordering compare_numbers(Number a, Number b) {
  const auto* whole_a = std::get_if<std::int64_t>(&a);
  const auto* whole_b = std::get_if<std::int64_t>(&b);
  if (whole_a != nullptr && whole_b != nullptr) return *whole_a <=> *whole_b;
  if (whole_a != nullptr) return compare_numbers(*whole_a, std::get<double>(b));
  if (whole_b != nullptr) return flipped(compare_numbers(*whole_b, std::get<double>(a)));
  return std::get<double>(a) <=> std::get<double>(b);
}

Result<Number> compute(Arithmetic op, Number a, Number b) {
  const auto* whole_a = std::get_if<std::int64_t>(&a);
  const auto* whole_b = std::get_if<std::int64_t>(&b);
  if (whole_a == nullptr || whole_b == nullptr) {
    return Number(compute_floats(op, as_float(a), as_float(b)));
  }
  const bool divides = op == Arithmetic::kDivide || op == Arithmetic::kModulo;
  if (divides && *whole_b == 0) return Error(ErrorCode::kInvalidArgument, "division by zero");
  const std::optional<std::int64_t> result = compute_integers(op, *whole_a, *whole_b);
  if (!result) return Error(ErrorCode::kInvalidArgument, "integer overflow");
  return Number(*result);
}

}  // namespace annals::inline schema
