#pragma once

#include "query/parser/grammar/core.h"

namespace annals::query::grammar {

using DiffRule = x3::rule<struct DiffId, ast::Diff>;
using TimelineRule = x3::rule<struct TimelineId, ast::Timeline>;
using HistoryRule = x3::rule<struct HistoryId, ast::HistoryOf>;
using WhyRule = x3::rule<struct WhyId, ast::Why>;

/// The statements that ask how something changed: each from its first word on.
inline constexpr DiffRule diff = "DIFF";
inline constexpr TimelineRule timeline = "TIMELINE";
inline constexpr HistoryRule history_of = "HISTORY OF";
inline constexpr WhyRule why = "WHY";
BOOST_SPIRIT_DECLARE(DiffRule, TimelineRule, HistoryRule, WhyRule)

}  // namespace annals::query::grammar
