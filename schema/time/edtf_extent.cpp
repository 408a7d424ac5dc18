#include "schema/time/edtf_extent.h"

#include <algorithm>

namespace annals::inline schema::edtf {
namespace {

// The days whose start fits into Micros without being one of the infinities. Division truncates
// towards zero, which is inwards on both sides.
constexpr std::int64_t kFirstDay = kBeginningOfTime / kMicrosPerDay;
constexpr std::int64_t kLastDay = kEndOfTime / kMicrosPerDay;

constexpr Micros earliest_on(std::int64_t day) {
  if (day < kFirstDay) return kBeginningOfTime;
  return std::min(day, kLastDay) * kMicrosPerDay;
}

constexpr Micros latest_on(std::int64_t day) {
  if (day > kLastDay) return kEndOfTime;
  return std::max(day, kFirstDay) * kMicrosPerDay;
}

/// Part of a year: months counted from the January of the year written, both included; 13 and 14
/// are January and February of the next year.
struct Grouping {
  unsigned first_month;
  unsigned last_month;
};

/// Codes 21 to 41 of ISO 8601-2, in order.
constexpr std::array<Grouping, 21> kGroupings = {{
    {3, 5},  {6, 8},   {9, 11}, {12, 14},  // 21: spring, summer, autumn, winter
    {3, 5},  {6, 8},   {9, 11}, {12, 14},  // 25: the same, northern hemisphere
    {9, 11}, {12, 14}, {3, 5},  {6, 8},    // 29: the same, southern hemisphere
    {1, 3},  {4, 6},   {7, 9},  {10, 12},  // 33: quarters
    {1, 4},  {5, 8},   {9, 12},            // 37: thirds (quadrimesters)
    {1, 6},  {7, 12},                      // 40: halves (semestrals)
}};

/// The first day of a month counted from the January of `year`.
std::int64_t start_of_month(std::int64_t year, std::int64_t month) {
  const std::int64_t zero_based = month - 1;
  const std::int64_t years = (zero_based >= 0 ? zero_based : zero_based - 11) / 12;
  return days_from_civil(year + years, static_cast<unsigned>(zero_based - years * 12) + 1, 1);
}

struct MonthDay {
  unsigned month;
  unsigned day;
};

/// The first (or last) day of one year that the sets of months and days allow.
std::optional<MonthDay> find_day(const DateParts& parts, std::int64_t year, bool from_the_end) {
  for (unsigned step = 1; step <= 12; ++step) {
    const unsigned month = from_the_end ? 13 - step : step;
    if ((parts.months >> month & 1U) == 0) continue;
    const unsigned length = days_in_month(year, month);
    for (unsigned i = 1; i <= length; ++i) {
      const unsigned day = from_the_end ? length + 1 - i : i;
      if ((parts.days >> day & 1U) != 0) return MonthDay{month, day};
    }
  }
  return std::nullopt;
}

/// The first (or last) matching day of all years that match.
std::optional<std::int64_t> find_bound(const DateParts& parts, bool from_the_end) {
  // Within a year only its being a leap year matters: look inside a year twice, not 10,000 times.
  const std::optional<MonthDay> common = find_day(parts, 2001, from_the_end);
  const std::optional<MonthDay> leap = find_day(parts, 2000, from_the_end);
  if (!common && !leap) return std::nullopt;
  const auto& [first, last, has_pattern, pattern] = parts.years;
  const std::int64_t step = from_the_end ? -1 : 1;
  const std::int64_t stop = (from_the_end ? first : last) + step;
  for (std::int64_t year = from_the_end ? last : first; year != stop; year += step) {
    const std::optional<MonthDay>& found = is_leap_year(year) ? leap : common;
    if (found && parts.years.matches(year)) return days_from_civil(year, found->month, found->day);
  }
  return std::nullopt;
}

std::int64_t shift_months(std::int64_t day, std::int64_t months) {
  const CivilDay from = civil_from_days(day);
  const std::int64_t start = start_of_month(from.year, from.month + months);
  const CivilDay there = civil_from_days(start);
  return start + std::min(from.day, days_in_month(there.year, there.month)) - 1;
}

DayRange pad_months(DayRange range, std::int64_t months) {
  // Of the two ways to move the last day, the one for ends of months (30 April and three months
  // is 31 July) and the plain one (30 January and three months is 30 April), the wider counts.
  const std::int64_t plain = shift_months(range.last, months);
  const std::int64_t by_end = shift_months(range.last + 1, months) - 1;
  return {shift_months(range.first, -months), std::max(plain, by_end)};
}

}  // namespace

bool YearSet::matches(std::int64_t year) const {
  if (year < first || year > last) return false;
  if (!has_pattern) return true;
  std::int64_t rest = year < 0 ? -year : year;
  for (std::size_t i = pattern.size(); i-- > 0; rest /= 10) {
    if (pattern[i] != 'X' && pattern[i] - '0' != rest % 10) return false;
  }
  return true;
}

std::optional<DayRange> extent_of(const DateParts& parts) {
  if (parts.grouping != 0) {
    const Grouping span = kGroupings.at(parts.grouping - 21);
    // The first and the last year of a set match by construction: X becomes 0 or 9.
    return DayRange{start_of_month(parts.years.first, span.first_month),
                    start_of_month(parts.years.last, span.last_month + 1) - 1};
  }
  const std::optional<std::int64_t> first = find_bound(parts, false);
  const std::optional<std::int64_t> last = find_bound(parts, true);
  if (!first || !last) return std::nullopt;
  return DayRange{*first, *last};
}

DayRange pad(DayRange range, Precision by, const ApproximationPadding& padding) {
  const auto amount = [](std::int32_t setting) { return std::int64_t{std::max(setting, 0)}; };
  switch (by) {
    case Precision::kMicrosecond:
    case Precision::kSecond:
    case Precision::kMinute:
    case Precision::kDay: {
      const std::int64_t days = amount(padding.day_days);
      return {range.first - days, range.last + days};
    }
    case Precision::kMonth: return pad_months(range, amount(padding.month_months));
    case Precision::kYear: return pad_months(range, amount(padding.year_years) * 12);
    case Precision::kLonger: break;
  }
  const std::int64_t days = (range.last - range.first + 1) * amount(padding.longer_percent) / 100;
  return {range.first - days, range.last + days};
}

Instant instant_on(DayRange range) { return {earliest_on(range.first), latest_on(range.last)}; }

Instant instant_at(std::int64_t day, std::int64_t second_of_day, std::int64_t micros) {
  constexpr std::int64_t seconds_a_day = 86'400;
  const std::int64_t seconds = day * seconds_a_day + second_of_day;
  const Instant too_early = {kBeginningOfTime, earliest_on(kFirstDay)};
  const Instant too_late = {latest_on(kLastDay), kEndOfTime};
  // One second of slack on each side; the additions below decide about those.
  if (seconds < kBeginningOfTime / kMicrosPerSecond - 1) return too_early;
  if (seconds > kEndOfTime / kMicrosPerSecond) return too_late;
  // Before 1970 count from the next second downwards, so that the product cannot pass the limit
  // that the sum still keeps.
  const bool down = seconds < 0;
  const Micros whole = (down ? seconds + 1 : seconds) * kMicrosPerSecond;
  Micros at = 0;
  if (__builtin_add_overflow(whole, down ? micros - kMicrosPerSecond : micros, &at))
    return down ? too_early : too_late;
  if (at == kBeginningOfTime) return too_early;
  return at == kEndOfTime ? too_late : Instant::exactly(at);
}

}  // namespace annals::inline schema::edtf
