#pragma once

#include "query/parser/grammar/core.h"

namespace annals::query::grammar {

using RegisterEntityRule = x3::rule<struct RegisterEntityId, ast::RegisterEntity>;
using RecordRule = x3::rule<struct RecordId, ast::Record>;
using AssertRule = x3::rule<struct AssertId, ast::Assert>;

inline constexpr RegisterEntityRule register_entity = "ENTITY";
inline constexpr RecordRule record = "RECORD";
inline constexpr AssertRule assert_fact = "ASSERT";
BOOST_SPIRIT_DECLARE(RegisterEntityRule, RecordRule, AssertRule)

}  // namespace annals::query::grammar
