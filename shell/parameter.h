#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "query/datum.h"
#include "schema/base/result.h"

namespace annals::shell {

/// `name=value` of --param. The name may have blanks within it; any other stands in backticks, a
/// backtick in it doubled. The value is null, true, false, a number, a list or a map if it is
/// written as in JSON, and a text otherwise; quotes ('...' or "...") force a text and are taken
/// off. InvalidArgument without a name, for one with control characters, for what is not UTF-8, for
/// an integer that does not fit 64 bits, and for a key that stands twice in a map; LimitExceeded
/// for lists nested deeper than limits::kNestingMax.
Result<std::pair<std::string, query::Datum>> parse_parameter(std::string_view text);

}  // namespace annals::shell
