#pragma once

#include <compare>
#include <cstdint>
#include <limits>

#include "schema/base/clock.h"

namespace annals::inline schema {

/// No lower bound: before every date. As an instant's earliest it means "any time before".
inline constexpr Micros kBeginningOfTime = std::numeric_limits<Micros>::min();
/// No upper bound: after every date. As an instant's latest it means "perhaps never".
inline constexpr Micros kEndOfTime = std::numeric_limits<Micros>::max();

inline constexpr Micros kMicrosPerSecond = 1'000'000;
inline constexpr Micros kMicrosPerDay = 86'400 * kMicrosPerSecond;

/// A point on the time line of which only bounds are known: it lies in [earliest, latest], both
/// ends included. Exact when they are equal. Invariant: earliest <= latest.
struct Instant {
  Micros earliest = 0;
  Micros latest = 0;

  static constexpr Instant exactly(Micros at) { return {at, at}; }
  /// The end of what has no end yet, and the instant of what never happens.
  static constexpr Instant never() { return {kEndOfTime, kEndOfTime}; }

  constexpr bool exact() const { return earliest == latest; }
  constexpr auto operator<=>(const Instant&) const = default;
};

/// How two uncertain things compare.
enum class Certainty : std::uint8_t { kImpossible, kPossible, kCertain };

/// Whether `a` lies strictly before `b`, both unknown within their bounds and independent.
constexpr Certainty before(Instant a, Instant b) {
  if (a.latest < b.earliest) return Certainty::kCertain;
  if (a.earliest < b.latest) return Certainty::kPossible;
  return Certainty::kImpossible;
}

/// `at` moved by `by`; the two infinities stay where they are and results saturate at them.
constexpr Micros shift(Micros at, Micros by) {
  if (at == kBeginningOfTime || at == kEndOfTime) return at;
  Micros moved = 0;
  if (__builtin_add_overflow(at, by, &moved)) return by > 0 ? kEndOfTime : kBeginningOfTime;
  return moved;
}

}  // namespace annals::inline schema
