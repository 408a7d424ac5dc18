#include "schema/time/edtf_point.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include <fmt/format.h>

namespace annals::inline schema::edtf {
namespace {

/// No year needs to be told apart from its neighbours up there, and ten times this still fits.
constexpr std::int64_t kYearCap = 100'000'000'000'000'000;

constexpr std::array<std::string_view, 13> kMonthNames = {
    "",     "January", "February",  "March",   "April",    "May",     "June",
    "July", "August",  "September", "October", "November", "December"};

/// The number that these digits say, but at most `cap` (at most kYearCap).
std::int64_t number_of(std::string_view digits, std::int64_t cap) {
  std::int64_t value = 0;
  for (const char c : digits) value = std::min(value * 10 + (c - '0'), cap);
  return value;
}

/// The numbers from 1 to `max` that match two characters, each a digit or X, as bits.
std::uint32_t matching_numbers(std::string_view pattern, unsigned max) {
  std::uint32_t bits = 0;
  for (unsigned number = 1; number <= max; ++number) {
    const bool tens = pattern[0] == 'X' || static_cast<unsigned>(pattern[0] - '0') == number / 10;
    const bool ones = pattern[1] == 'X' || static_cast<unsigned>(pattern[1] - '0') == number % 10;
    if (tens && ones) bits |= 1U << number;
  }
  return bits;
}

bool has_unspecified(std::string_view digits) { return digits.find('X') != std::string_view::npos; }

/// The recursive descent over one point; a member function for each part of the grammar.
class PointParser {
 public:
  PointParser(Cursor& cursor, const ApproximationPadding& padding)
      : cursor_(cursor), padding_(padding) {
    point_.offset = cursor.offset();
  }

  Result<Point> point();

 private:
  Status date();
  Status year();
  Status year_of_four_digits(bool negative);
  Status year_of_any_length();
  Status significant_digits(std::int64_t year, bool negative);
  Status month();
  Status day();
  Status time();
  Result<std::int64_t> zone();
  Result<std::string_view> two_digits(std::string_view name);
  Result<std::int64_t> two_digits_below(std::string_view name, std::int64_t limit);
  Result<std::int64_t> fraction();

  bool take_mark();
  void apply_mark(Precision part);
  Status refuse_other_calendars(std::string_view name, std::size_t digits) const;
  Error no_such_day(std::size_t offset) const;

  Cursor& cursor_;
  const ApproximationPadding& padding_;
  Point point_;
  DateParts parts_;
  char mark_ = '\0';                         // The mark that take_mark() took.
  Precision padded_part_ = Precision::kDay;  // The coarsest part marked as approximate.
  bool year_stands_alone_ = false;           // It has an exponent or significant digits.
  bool unspecified_ = false;
};

Result<Point> PointParser::point() {
  ANNALS_CHECK_OK(date());
  const std::optional<DayRange> extent = extent_of(parts_);
  if (!extent) return no_such_day(point_.offset);
  point_.days = *extent;
  if (cursor_.take('T')) {
    ANNALS_CHECK_OK(time());
    return point_;
  }
  if (point_.approximate) point_.days = pad(point_.days, padded_part_, padding_);
  point_.when = instant_on(point_.days);
  return point_;
}

Status PointParser::date() {
  const bool marked = take_mark();
  ANNALS_CHECK_OK(year());
  if (marked) apply_mark(point_.precision);
  if (take_mark()) apply_mark(point_.precision);
  if (cursor_.peek() != '-') return {};
  if (year_stands_alone_)
    return cursor_.error("a year with an exponent or significant digits has no month");
  cursor_.take('-');
  ANNALS_CHECK_OK(month());
  if (cursor_.peek() != '-') return {};
  if (parts_.grouping != 0) return cursor_.error("a season, quarter, third or half has no day");
  cursor_.take('-');
  return day();
}

// --- Marks: ?, ~ and % ---------------------------------------------------------------------------

bool PointParser::take_mark() {
  mark_ = cursor_.peek();
  return cursor_.take('?') || cursor_.take('~') || cursor_.take('%');
}

void PointParser::apply_mark(Precision part) {
  if (mark_ != '~') point_.uncertain = true;
  if (mark_ == '?') return;
  // A mark in front of a part means that part, one behind it that part and all to its left: in
  // both cases the part next to it is the finest thing in doubt, and of several the coarsest
  // makes the widest bounds.
  padded_part_ = point_.approximate ? std::max(padded_part_, part) : part;
  point_.approximate = true;
}

// --- Years ---------------------------------------------------------------------------------------

Status PointParser::year() {
  point_.precision = Precision::kYear;
  if (cursor_.take('Y')) return year_of_any_length();
  if (cursor_.peek() == '+') return cursor_.error("a year has no plus sign");
  return year_of_four_digits(cursor_.take('-'));
}

Status PointParser::year_of_four_digits(bool negative) {
  const std::size_t count = cursor_.digits_ahead();
  if (count == 0) return cursor_.expected("a year of four digits");
  if (count < 4) return cursor_.expected("a year of four digits", count);
  if (count > 4) {
    return cursor_.error_at(cursor_.offset() + 4,
                            "a year of more than four digits begins with Y, as in Y12000");
  }
  const std::size_t offset = cursor_.offset();
  const std::string_view digits = cursor_.take(std::size_t{4});
  std::string low(digits);
  std::string high(digits);
  std::replace(low.begin(), low.end(), 'X', '0');
  std::replace(high.begin(), high.end(), 'X', '9');
  if (negative && low == "0000") {
    const std::size_t last_x = digits.rfind('X');
    if (last_x == std::string_view::npos)
      return cursor_.error_at(offset, "there is no year -0000; the year before 0001 is 0000");
    low[last_x] = '1';
  }
  const std::int64_t near = number_of(low, kYearCap);
  const std::int64_t far = number_of(high, kYearCap);
  parts_.years.first = negative ? -far : near;
  parts_.years.last = negative ? -near : far;
  if (!has_unspecified(digits)) return significant_digits(near, negative);
  parts_.years.has_pattern = true;
  std::copy(digits.begin(), digits.end(), parts_.years.pattern.begin());
  unspecified_ = true;
  point_.precision = Precision::kLonger;
  if (cursor_.peek() == 'S')
    return cursor_.error("a year has unspecified or significant digits, not both");
  return {};
}

Status PointParser::year_of_any_length() {
  const bool negative = cursor_.take('-');
  const std::size_t offset = cursor_.offset();
  std::size_t count = 0;
  while (is_digit(cursor_.peek(count))) ++count;
  if (count == 0) return cursor_.expected("the digits of a year");
  if (cursor_.peek() == '0') return cursor_.error("a year after Y does not begin with 0");
  std::int64_t value = number_of(cursor_.take(count), kYearCap);
  if (cursor_.take('E')) {
    year_stands_alone_ = true;
    count = 0;
    while (is_digit(cursor_.peek(count))) ++count;
    if (count == 0) return cursor_.expected("the digits of an exponent");
    const std::int64_t exponent = number_of(cursor_.take(count), 1'000);
    for (std::int64_t i = 0; i < exponent && value < kYearCap; ++i)
      value = std::min(value * 10, kYearCap);
  } else if (count <= 4) {
    return cursor_.error_at(offset, "a year of up to four digits is written without Y");
  }
  parts_.years.first = parts_.years.last = negative ? -value : value;
  return significant_digits(value, negative);
}

Status PointParser::significant_digits(std::int64_t year, bool negative) {
  if (!cursor_.take('S')) return {};
  year_stands_alone_ = true;
  std::size_t count = 0;
  while (is_digit(cursor_.peek(count))) ++count;
  if (count == 0) return cursor_.expected("the number of significant digits");
  const std::int64_t significant = number_of(cursor_.peek() == '0' ? "0" : cursor_.take(count), 99);
  if (significant == 0) return cursor_.error("the number of significant digits begins with 1 to 9");
  std::int64_t unit = 1;  // Of the last significant digit; 1 if all are.
  std::int64_t digits = 1;
  for (std::int64_t rest = year / 10; rest > 0; rest /= 10) ++digits;
  for (; digits > significant; --digits) unit *= 10;
  const std::int64_t near = year / unit * unit;
  const std::int64_t far = near + unit - 1;
  parts_.years.first = negative ? -far : near;
  parts_.years.last = negative ? -near : far;
  point_.precision = Precision::kLonger;
  return {};
}

// --- Months and days -----------------------------------------------------------------------------

/// Week dates and ordinal dates are ISO 8601, not EDTF; people who write them know what they want.
Status PointParser::refuse_other_calendars(std::string_view name, std::size_t digits) const {
  if (name != "month") return {};
  if (cursor_.peek() == 'W') {
    return cursor_.unsupported_at(cursor_.offset(), "week dates (2004-W23) are not supported",
                                  "write the days instead, as in 2004-05-31/2004-06-06");
  }
  if (digits == 3) {
    return cursor_.unsupported_at(cursor_.offset(), "ordinal dates (2004-123) are not supported",
                                  "write month and day with two digits each, as in 2004-05-02");
  }
  return {};
}

Result<std::string_view> PointParser::two_digits(std::string_view name) {
  const std::size_t count = cursor_.digits_ahead();
  ANNALS_CHECK_OK(refuse_other_calendars(name, count));
  if (count < 2) return cursor_.expected(fmt::format("a {} of two digits", name), count);
  if (count > 2) {
    return cursor_.error_at(cursor_.offset() + 2, fmt::format("a {} has two digits", name));
  }
  return cursor_.take(std::size_t{2});
}

Status PointParser::month() {
  const bool marked = take_mark();
  const std::size_t offset = cursor_.offset();
  ANNALS_TRY(const std::string_view digits, two_digits("month"));
  point_.precision = Precision::kMonth;
  unspecified_ = unspecified_ || has_unspecified(digits);
  const std::int64_t code = has_unspecified(digits) ? 0 : number_of(digits, 99);
  if (code >= 21 && code <= 41) {
    parts_.grouping = static_cast<unsigned>(code);
  } else {
    parts_.months = matching_numbers(digits, 12);
    if (parts_.months == 0) {
      return cursor_.error_at(offset,
                              fmt::format("there is no month {} (months are 01 to 12; 21 to "
                                          "41 are seasons, quarters, thirds and halves)",
                                          digits));
    }
  }
  if (marked) apply_mark(Precision::kMonth);
  if (take_mark()) apply_mark(Precision::kMonth);
  if (cursor_.peek() == '^') {
    return cursor_.unsupported_at(cursor_.offset(), "places after a season (^) are not supported",
                                  "write 25 to 28 for northern and 29 to 32 for southern seasons");
  }
  return {};
}

Status PointParser::day() {
  const bool marked = take_mark();
  const std::size_t offset = cursor_.offset();
  ANNALS_TRY(const std::string_view digits, two_digits("day"));
  point_.precision = Precision::kDay;
  unspecified_ = unspecified_ || has_unspecified(digits);
  parts_.days = matching_numbers(digits, 31);
  if (parts_.days == 0)
    return cursor_.error_at(offset, fmt::format("there is no day {} (days are 01 to 31)", digits));
  // Asked here, where the place is known, and answered again by extent_of() when all is read.
  if (!extent_of(parts_)) return no_such_day(offset);
  if (marked) apply_mark(Precision::kDay);
  if (take_mark()) apply_mark(Precision::kDay);
  return {};
}

Error PointParser::no_such_day(std::size_t offset) const {
  if (unspecified_) return cursor_.error_at(offset, "no day of the calendar matches this pattern");
  const std::int64_t year = parts_.years.first;
  unsigned month = 1;
  while (month < 12 && (parts_.months >> month & 1U) == 0) ++month;
  return cursor_.error_at(offset, fmt::format("{} {} has only {} days", kMonthNames.at(month), year,
                                              days_in_month(year, month)));
}

// --- Times of day --------------------------------------------------------------------------------

Result<std::int64_t> PointParser::two_digits_below(std::string_view name, std::int64_t limit) {
  std::size_t count = 0;
  while (count < 3 && is_digit(cursor_.peek(count))) ++count;
  if (count < 2) return cursor_.expected(fmt::format("{} of two digits", name), count);
  const std::size_t offset = cursor_.offset();
  const std::int64_t value = number_of(cursor_.take(std::size_t{2}), 99);
  if (value >= limit)
    return cursor_.error_at(offset, fmt::format("{} go up to {}", name, limit - 1));
  return value;
}

Status PointParser::time() {
  const std::size_t behind_t = cursor_.offset();
  if (point_.precision != Precision::kDay)
    return cursor_.error_at(behind_t - 1, "a time of day needs a whole date before it");
  if (unspecified_ || point_.uncertain || point_.approximate) {
    return cursor_.unsupported_at(behind_t - 1,
                                  "a time of day on a date with ?, ~, % or X is not supported",
                                  "leave the time away, or write the bounds as a set [a..b]");
  }
  ANNALS_TRY(const std::int64_t hours, two_digits_below("hours", 24));
  if (!cursor_.take(':')) return cursor_.expected("':' and minutes");
  ANNALS_TRY(const std::int64_t minutes, two_digits_below("minutes", 60));
  point_.precision = Precision::kMinute;
  std::int64_t seconds = 0;
  std::int64_t micros = 0;
  if (cursor_.take(':')) {
    ANNALS_TRY(seconds, two_digits_below("seconds", 60));
    point_.precision = Precision::kSecond;
    ANNALS_TRY(micros, fraction());
  }
  ANNALS_TRY(const std::int64_t offset_seconds, zone());
  point_.has_time = true;
  point_.when = instant_at(point_.days.first,
                           hours * 3'600 + minutes * 60 + seconds - offset_seconds, micros);
  return {};
}

Result<std::int64_t> PointParser::fraction() {
  // In a set two points may follow a time: [2024-01-05T10:00:00..]
  if (cursor_.peek() != '.' || cursor_.peek(1) == '.') return std::int64_t{0};
  cursor_.take('.');
  std::size_t count = 0;
  while (is_digit(cursor_.peek(count))) ++count;
  if (count == 0) return cursor_.expected("digits of a fraction of a second");
  if (count > 6) {
    return cursor_.unsupported_at(cursor_.offset() + 6,
                                  "times finer than a microsecond are not supported",
                                  "write at most six digits after the point");
  }
  std::int64_t micros = number_of(cursor_.take(count), 999'999);
  for (; count < 6; ++count) micros *= 10;
  point_.precision = Precision::kMicrosecond;
  return micros;
}

/// Seconds that the zone is ahead of UTC.
Result<std::int64_t> PointParser::zone() {
  if (cursor_.take('Z')) return std::int64_t{0};
  const bool behind = cursor_.peek() == '-';
  if (!behind && cursor_.peek() != '+') return std::int64_t{0};
  cursor_.take(std::size_t{1});
  ANNALS_TRY(const std::int64_t hours, two_digits_below("hours of a zone", 24));
  std::int64_t minutes = 0;
  if (cursor_.take(':')) {
    ANNALS_TRY(minutes, two_digits_below("minutes of a zone", 60));
  } else if (is_digit(cursor_.peek())) {
    return cursor_.expected("':' between hours and minutes of a zone");
  }
  const std::int64_t seconds = hours * 3'600 + minutes * 60;
  return behind ? -seconds : seconds;
}

}  // namespace

Result<Point> parse_point(Cursor& cursor, const ApproximationPadding& padding) {
  return PointParser(cursor, padding).point();
}

}  // namespace annals::inline schema::edtf
