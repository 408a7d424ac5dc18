#include "schema/time/date.h"

#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "schema/base/contract.h"
#include "schema/base/limits.h"
#include "schema/time/date_hint.h"
#include "schema/time/edtf_parser.h"

namespace annals::inline schema {
namespace {

bool is_infinite(Micros at) { return at == kBeginningOfTime || at == kEndOfTime; }

/// The day that `at` lies on, and the microseconds since its start.
std::pair<std::int64_t, Micros> split(Micros at) {
  std::int64_t days = at / kMicrosPerDay;
  Micros rest = at % kMicrosPerDay;
  if (rest < 0) {
    --days;
    rest += kMicrosPerDay;
  }
  return {days, rest};
}

std::string format_year(std::int64_t year) {
  const bool long_year = year > 9'999 || year < -9'999;
  const std::string_view sign = year < 0 ? "-" : "";
  return fmt::format("{}{}{:04}", long_year ? "Y" : "", sign, year < 0 ? -year : year);
}

/// The log's encoder asks for every date whether it is written so.
std::string format_day(const CivilDay& civil) {
  if (civil.year < 0 || civil.year > 9'999) {
    return fmt::format("{}-{:02}-{:02}", format_year(civil.year), civil.month, civil.day);
  }
  const auto digit = [](std::int64_t value) { return static_cast<char>('0' + value % 10); };
  const std::int64_t year = civil.year;
  return {digit(year / 1'000),
          digit(year / 100),
          digit(year / 10),
          digit(year),
          '-',
          digit(civil.month / 10),
          digit(civil.month % 10),
          '-',
          digit(civil.day / 10),
          digit(civil.day % 10)};
}

std::string format_time(Micros since_midnight) {
  const Micros seconds = since_midnight / kMicrosPerSecond;
  std::string text =
      fmt::format("T{:02}:{:02}:{:02}", seconds / 3'600, seconds / 60 % 60, seconds % 60);
  if (const Micros fraction = since_midnight % kMicrosPerSecond; fraction != 0) {
    text += fmt::format(".{:06}", fraction);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + "Z";
}

/// The name of the years from `first` to `last` if that is a year, a decade or a century.
std::optional<std::string> name_of_years(std::int64_t first, std::int64_t last) {
  if (first == last) return format_year(first);
  // Counted away from year 0, the digits of both signs run the same way.
  const bool negative = last < 0;
  const std::int64_t near = negative ? -last : first;
  const std::int64_t far = negative ? -first : last;
  if (near < 0 || far > 9'999) return std::nullopt;
  // -000X begins with -0001, for there is no year -0000.
  const std::int64_t whole = negative && near == 1 ? 0 : near;
  for (const auto& [unit, digits] : {std::pair{10, 1}, std::pair{100, 2}}) {
    if (whole % unit != 0 || far != whole + unit - 1) continue;
    std::string name = format_year(negative ? -far : far);
    name.replace(name.size() - static_cast<std::size_t>(digits), std::string::npos,
                 static_cast<std::size_t>(digits), 'X');
    return name;
  }
  return std::nullopt;
}

/// The name of an extent if it is a whole month, year, decade or century.
std::optional<std::string> name_of_extent(Instant instant) {
  if (is_infinite(instant.earliest) || is_infinite(instant.latest)) return std::nullopt;
  const auto [first_day, first_rest] = split(instant.earliest);
  const auto [last_day, last_rest] = split(instant.latest);
  if (first_rest != 0 || last_rest != 0) return std::nullopt;
  const CivilDay first = civil_from_days(first_day);
  const CivilDay last = civil_from_days(last_day);
  if (first.day != 1 || last.day != days_in_month(last.year, last.month)) return std::nullopt;
  if (first.year == last.year && first.month == last.month)
    return fmt::format("{}-{:02}", format_year(first.year), first.month);
  if (first.month != 1 || last.month != 12) return std::nullopt;
  return name_of_years(first.year, last.year);
}

/// A day as nearly all of a file's dates are written, YYYY-MM-DD. The grammar reads it too, and
/// says what is wrong with what is none, but took a tenth of the time of a load.
std::optional<Date> plain_day(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00";
  if (text.size() != kShape.size()) return std::nullopt;
  std::array<unsigned, kShape.size()> digits{};
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    digits[i] = static_cast<unsigned char>(text[i]) - static_cast<unsigned>('0');
    const bool fits = kShape[i] == '-' ? text[i] == '-' : digits[i] <= 9;
    if (!fits) return std::nullopt;
  }
  const std::int64_t year = digits[0] * 1'000 + digits[1] * 100 + digits[2] * 10 + digits[3];
  const unsigned month = digits[5] * 10 + digits[6];
  const unsigned day = digits[8] * 10 + digits[9];
  if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return std::nullopt;
  Date date;
  date.begin = date.end = Instant::exactly(days_from_civil(year, month, day) * kMicrosPerDay);
  date.text = text;
  return date;
}

}  // namespace

Result<Date> parse_date(std::string_view text, const ApproximationPadding& padding) {
  if (text.size() > limits::kDateBytesMax) {
    return Error(ErrorCode::kLimitExceeded,
                 fmt::format("a date of {} bytes is longer than DateBytesMax, which is {}",
                             text.size(), limits::kDateBytesMax));
  }
  if (std::optional<Date> day = plain_day(text)) return *std::move(day);
  Result<Date> date = edtf::parse(text, padding);
  if (!date && date.error().hint.empty()) date.error().hint = edtf::date_hint(text);
  return date;
}

std::string format_micros(Micros at) {
  if (is_infinite(at)) return "..";
  const auto [days, since_midnight] = split(at);
  const CivilDay civil = civil_from_days(days);
  std::string text = format_day(civil);
  if (since_midnight != 0) text += format_time(since_midnight);
  return text;
}

std::string format_instant(Instant instant) {
  ANNALS_ASSERT(instant.earliest <= instant.latest);
  if (instant.exact()) return format_micros(instant.earliest);
  if (std::optional<std::string> name = name_of_extent(instant)) return *std::move(name);
  const std::string from = is_infinite(instant.earliest) ? "" : format_micros(instant.earliest);
  const std::string to = is_infinite(instant.latest) ? "" : format_micros(instant.latest);
  return fmt::format("[{}..{}]", from, to);
}

Date date_of(Instant instant) {
  std::string text = format_instant(instant);
  if (instant.exact() && is_infinite(instant.earliest)) {
    Date date;
    date.begin = date.end = instant;
    date.text = std::move(text);
    return date;
  }
  if (std::optional<Date> day = plain_day(text)) return *std::move(day);
  Result<Date> date = edtf::parse(text, {});
  // format_instant() writes nothing else; the precision comes from its choice of words.
  ANNALS_ASSERT(date.has_value() && date->begin == instant);
  return *std::move(date);
}

}  // namespace annals::inline schema
