#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "schema/base/result.h"
#include "schema/value.h"

namespace annals::shell {

/// `name=value` of --param. The value is null, true, false or a number if it is written as in JSON,
/// and a text otherwise; quotes ('...' or "...") force a text and are taken off. InvalidArgument
/// without a name, and for an integer that does not fit 64 bits.
Result<std::pair<std::string, Value>> parse_parameter(std::string_view text);

}  // namespace annals::shell
