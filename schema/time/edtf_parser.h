#pragma once

#include <string_view>

#include "schema/time/date.h"

namespace annals::inline schema::edtf {

/// parse_date() without its limit and without the hints for dates written in other ways.
Result<Date> parse(std::string_view text, const ApproximationPadding& padding);

}  // namespace annals::inline schema::edtf
