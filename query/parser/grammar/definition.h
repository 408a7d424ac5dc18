#pragma once

#include "query/parser/grammar/core.h"

namespace annals::query::grammar {

using DefineEntityRule = x3::rule<struct DefineEntityId, ast::DefineEntity>;
using DefineRelationRule = x3::rule<struct DefineRelationId, ast::DefineRelation>;
using DefineEventRule = x3::rule<struct DefineEventId, ast::DefineEvent>;
using DefinePaddingRule = x3::rule<struct DefinePaddingId, ast::DefinePadding>;

/// What stands behind DEFINE.
inline constexpr DefineEntityRule define_entity = "ENTITY";
inline constexpr DefineRelationRule define_relation = "RELATION";
inline constexpr DefineEventRule define_event = "EVENT";
inline constexpr DefinePaddingRule define_padding = "PADDING";
BOOST_SPIRIT_DECLARE(DefineEntityRule, DefineRelationRule, DefineEventRule, DefinePaddingRule)

}  // namespace annals::query::grammar
