#pragma once

#include <cstdint>

namespace annals::inline schema {

/// Microseconds since 1970-01-01T00:00:00Z in the proleptic Gregorian calendar, without leap
/// seconds (POSIX time).
using Micros = std::int64_t;

/// Where "now" comes from. Passed in, so that tests decide what time it is.
class Clock {
 public:
  virtual ~Clock() = default;
  /// The present. May stall or jump backwards; whoever needs order makes it. Thread-safe.
  virtual Micros now() const = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
 public:
  Micros now() const override;
};

}  // namespace annals::inline schema
