#pragma once

#include <cstddef>

#include "schema/time/date.h"
#include "schema/time/edtf_cursor.h"
#include "schema/time/edtf_extent.h"

namespace annals::inline schema::edtf {

/// One date or date-time: what stands alone, on a side of an interval, or in a set.
struct Point {
  std::size_t offset = 0;  ///< Where it begins in the text.
  Instant when;
  DayRange days;  ///< The padded extent; the day of a date-time, if its zone is UTC.
  Precision precision = Precision::kDay;
  bool has_time = false;
  bool uncertain = false;
  bool approximate = false;
};

/// Reads one date or date-time and leaves the cursor behind it.
Result<Point> parse_point(Cursor& cursor, const ApproximationPadding& padding);

}  // namespace annals::inline schema::edtf
