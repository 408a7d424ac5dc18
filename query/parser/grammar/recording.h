#pragma once

#include "query/parser/grammar/core.h"

namespace annals::query::grammar {

using RegisterEntityRule = x3::rule<struct RegisterEntityId, ast::RegisterEntity>;
using RecordRule = x3::rule<struct RecordId, ast::Record>;
using AssertRule = x3::rule<struct AssertId, ast::Assert>;
using CorrectRule = x3::rule<struct CorrectId, ast::Correct>;
using RetractRule = x3::rule<struct RetractId, ast::Retract>;
using ReplayRule = x3::rule<struct ReplayId, ast::Replay>;

inline constexpr RegisterEntityRule register_entity = "ENTITY";
inline constexpr RecordRule record = "RECORD";
inline constexpr AssertRule assert_fact = "ASSERT";
inline constexpr CorrectRule correct = "CORRECT";
inline constexpr RetractRule retract = "RETRACT";
inline constexpr ReplayRule replay = "REPLAY";
BOOST_SPIRIT_DECLARE(RegisterEntityRule, RecordRule, AssertRule, CorrectRule, RetractRule,
                     ReplayRule)

}  // namespace annals::query::grammar
