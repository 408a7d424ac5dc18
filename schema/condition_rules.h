#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "schema/condition.h"
#include "schema/vocabulary.h"

namespace annals::inline schema {

/// What a part of a condition gives.
struct ConditionType {
  enum Base : std::uint8_t { kNull, kBoolean, kNumber, kText, kDate, kNode };
  Base base = kNull;  ///< Of a list: of its elements. kNull fits everything.
  bool is_list = false;
  bool operator==(const ConditionType&) const = default;
};

/// What `part` gives if its operands give `operands`; nothing if it does not take them, or is none
/// that there is. Looks at the part itself, not into its operands. Thread-safe.
std::optional<ConditionType> type_of(const Condition& part, std::span<const ConditionType> operands,
                                     const std::vector<Role>& roles);

/// Whether the bound's instants are of that kind: roles of type DATE that take one date.
bool is_of_kind(const Bound& bound, const std::vector<Role>& roles);

}  // namespace annals::inline schema
