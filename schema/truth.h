#pragma once

#include <optional>

namespace annals::inline schema {

/// True, false, or null: the three values of the language's logic.
using Truth = std::optional<bool>;

constexpr Truth truth_not(Truth a) { return a ? Truth(!*a) : a; }
constexpr Truth truth_and(Truth a, Truth b) {
  if ((a && !*a) || (b && !*b)) return false;
  return a && b ? Truth(true) : std::nullopt;
}
constexpr Truth truth_or(Truth a, Truth b) {
  return truth_not(truth_and(truth_not(a), truth_not(b)));
}

}  // namespace annals::inline schema
