#pragma once

#include <string>

#include "schema/vocabulary.h"

namespace annals::inline schema {

/// Conditions and bounds of a kind as they stand in its definition: reading them again gives the
/// same. Thread-safe.

/// `yes >= 0 AND yes <= total`
std::string format_condition(const Condition& condition, const Kind& kind,
                             const Vocabulary& vocabulary);
/// `CHECK yes >= 0 ELSE 'message'`
std::string format_check(const Check& check, const Kind& kind, const Vocabulary& vocabulary);
/// `END OF until`, `on`
std::string format_instant(const BoundInstant& instant, const Kind& kind,
                           const Vocabulary& vocabulary);
/// `BOUND until AFTER END OF on`
std::string format_bound(const Bound& bound, const Kind& kind, const Vocabulary& vocabulary);

}  // namespace annals::inline schema
