#pragma once

#include "query/parser/grammar/core.h"

namespace annals::query::grammar {

using ExpressionRule = x3::rule<struct ExpressionId, ast::Expression>;
/// Any expression; shown as "an expression".
inline constexpr ExpressionRule expression = "an expression";
BOOST_SPIRIT_DECLARE(ExpressionRule)

using NameValueRule = x3::rule<struct NameValueId, ast::Expression>;
/// A text or a `$parameter`: what may name a node.
inline constexpr NameValueRule name_value = "a text or a $parameter";
BOOST_SPIRIT_DECLARE(NameValueRule)

}  // namespace annals::query::grammar
