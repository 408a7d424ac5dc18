#pragma once

#include "query/parser/grammar/core.h"

namespace annals::query::grammar {

using ScopeRule = x3::rule<struct ScopeId, ast::Scope>;
/// `AT '2008' CERTAINLY`: one part or several.
inline constexpr ScopeRule scope = "a scope";
BOOST_SPIRIT_DECLARE(ScopeRule)

using QueryRule = x3::rule<struct QueryId, ast::Query>;
/// `[scope] MATCH ... [WHERE ...] ... RETURN ...`
inline constexpr QueryRule query = "a query";
BOOST_SPIRIT_DECLARE(QueryRule)

}  // namespace annals::query::grammar
