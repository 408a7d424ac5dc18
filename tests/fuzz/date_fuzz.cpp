#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "schema/base/contract.h"
#include "schema/base/limits.h"
#include "schema/time/date.h"

namespace {

using annals::Date;
using annals::Instant;
using annals::Result;

void check_error(const annals::Error& error, std::string_view text) {
  ANNALS_ASSERT(!error.message.empty());
  if (text.size() > annals::limits::kDateBytesMax) {
    ANNALS_ASSERT(error.code == annals::ErrorCode::kLimitExceeded);
    return;
  }
  ANNALS_ASSERT(!error.hint.empty());
  ANNALS_ASSERT(error.place.column >= 1 && error.place.column <= text.size() + 1);
}

/// What format_instant() writes is read back as the same instant.
void check_round_trip(Instant instant) {
  ANNALS_ASSERT(instant.earliest <= instant.latest);
  const Date date = annals::date_of(instant);
  if (date.text == "..") {
    ANNALS_ASSERT(instant.exact());
    return;
  }
  const Result<Date> again = annals::parse_date(date.text);
  ANNALS_ASSERT(again.has_value());
  ANNALS_ASSERT(again->begin == instant && again->end == instant);
}

}  // namespace

// The name is libFuzzer's.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // Extreme paddings ride along: a setting must not break what the text alone does not.
  annals::ApproximationPadding wild;
  wild.day_days = wild.year_years = wild.longer_percent = INT32_MAX;
  wild.month_months = INT32_MIN;
  const Result<Date> date = annals::parse_date(text);
  const Result<Date> wide = annals::parse_date(text, wild);
  if (!date) {
    check_error(date.error(), text);
    return 0;
  }
  ANNALS_ASSERT(date->text == text);
  ANNALS_ASSERT(date->is_interval || date->begin == date->end);
  ANNALS_ASSERT(date->begin.earliest <= date->end.earliest);
  ANNALS_ASSERT(date->begin.latest <= date->end.latest);
  check_round_trip(date->begin);
  check_round_trip(date->end);
  if (wide) {
    check_round_trip(wide->begin);
    check_round_trip(wide->end);
  }
  return 0;
}
