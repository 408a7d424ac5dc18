#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "schema/time/date.h"

namespace annals::inline schema::edtf {

/// Days since 1970-01-01, both included. Far beyond what Micros can hold, if need be.
struct DayRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

/// The years that a year as written may mean: those of [first, last] whose digits match.
struct YearSet {
  std::int64_t first = 0;
  std::int64_t last = 0;
  bool has_pattern = false;
  std::array<char, 4> pattern{};  ///< Digits and X. Of the absolute value, which has four digits.

  bool matches(std::int64_t year) const;
};

/// The parts of a date as written, each as the set of what it may mean.
struct DateParts {
  static constexpr std::uint32_t kEveryMonth = 0x1FFE;
  static constexpr std::uint32_t kEveryDay = 0xFFFF'FFFE;

  YearSet years;
  std::uint32_t months = kEveryMonth;  ///< Bit m: month m.
  std::uint32_t days = kEveryDay;      ///< Bit d: day d.
  unsigned grouping = 0;               ///< 21 to 41: a season and so on instead of a month.
};

/// The days on which `parts` may lie: the first and the last that match; none if no day of the
/// calendar does. Takes at most 10,000 steps (the years of a pattern).
std::optional<DayRange> extent_of(const DateParts& parts);

/// `range` widened on both sides by what the padding says for a part of precision `by`.
DayRange pad(DayRange range, Precision by, const ApproximationPadding& padding);

/// The instant on one of these days (at its start), saturated as parse_date() documents.
Instant instant_on(DayRange range);

/// The instant `second_of_day` seconds (perhaps negative: zones) and a fraction after the start of
/// `day`; exact unless it is out of range.
Instant instant_at(std::int64_t day, std::int64_t second_of_day, std::int64_t micros);

}  // namespace annals::inline schema::edtf
