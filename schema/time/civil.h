#pragma once

#include <algorithm>
#include <cstdint>

namespace annals::inline schema {

/// The arithmetic of the proleptic Gregorian calendar, with astronomical years (year 0 is 1 BCE).
/// Everything here is defined for every argument, pure, and usable in constant expressions.

struct CivilDay {
  std::int64_t year = 1970;
  unsigned month = 1;  ///< 1 to 12.
  unsigned day = 1;    ///< 1 to 31.

  bool operator==(const CivilDay&) const = default;
};

/// Years beyond this, either way, count as this. Micros reach to about ±292,000, so whoever turns
/// a day into Micros has saturated long before.
inline constexpr std::int64_t kCivilYearMax = 1'000'000;

constexpr bool is_leap_year(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/// 28 to 31. `month` is 1 to 12; another value counts as a month of 31 days.
constexpr unsigned days_in_month(std::int64_t year, unsigned month) {
  if (month == 2) return is_leap_year(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/// Days since 1970-01-01. `day` may lie outside of its month and then counts on from its first.
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
constexpr std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) {
  // A computational year begins in March, so that the leap day is its last day.
  const std::int64_t y = std::clamp(year, -kCivilYearMax, kCivilYearMax) - (month <= 2 ? 1 : 0);
  const std::int64_t m = std::int64_t{month} + (month <= 2 ? 9 : -3);
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * m + 2) / 5 + std::int64_t{day} - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

/// The inverse of days_from_civil.
constexpr CivilDay civil_from_days(std::int64_t days) {
  constexpr std::int64_t days_max = kCivilYearMax * 366;
  const std::int64_t z = std::clamp(days, -days_max, days_max) + 719'468;
  const std::int64_t era = (z >= 0 ? z : z - 146'096) / 146'097;
  const std::int64_t day_of_era = z - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t m = (5 * day_of_year + 2) / 153;
  const auto day = static_cast<unsigned>(day_of_year - (153 * m + 2) / 5 + 1);
  const auto month = static_cast<unsigned>(m < 10 ? m + 3 : m - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

}  // namespace annals::inline schema
