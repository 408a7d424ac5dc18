#pragma once

#include "query/parser/grammar/core.h"

namespace annals::query::grammar {

using QueryRule = x3::rule<struct QueryId, ast::Query>;
/// `[scope] MATCH ... [WHERE ...] ... RETURN ...`
inline constexpr QueryRule query = "a query";
BOOST_SPIRIT_DECLARE(QueryRule)

}  // namespace annals::query::grammar
