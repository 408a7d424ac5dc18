#pragma once

#include "query/parser/grammar/core.h"

namespace annals::query::grammar {

using LoadRule = x3::rule<struct LoadId, LoadRequest>;
/// `LOAD EVENTS ...` and `LOAD FACTS ...`
inline constexpr LoadRule load = "LOAD";
BOOST_SPIRIT_DECLARE(LoadRule)

}  // namespace annals::query::grammar
