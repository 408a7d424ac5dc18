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

using InnerMatchRule = x3::rule<struct InnerMatchId, ast::MatchClause>;
/// `[MATCH] pattern, ... [scope] [WHERE ...]`, as it stands in `EXISTS {...}` and `COUNT {...}`.
inline constexpr InnerMatchRule inner_match = "a pattern";
BOOST_SPIRIT_DECLARE(InnerMatchRule)

}  // namespace annals::query::grammar
