#pragma once

#include "query/parser/grammar/core.h"

namespace annals::query::grammar {

using StatementRule = x3::rule<struct StatementId, ast::Statement>;
/// One statement and nothing behind it.
inline constexpr StatementRule statement = "a statement";
BOOST_SPIRIT_DECLARE(StatementRule)

}  // namespace annals::query::grammar
