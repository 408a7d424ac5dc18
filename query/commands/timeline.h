#pragma once

#include "query/commands/explain.h"
#include "query/commands/statement_context.h"
#include "query/executor/query_runner.h"
#include "query/parser/ast.h"
#include "schema/base/result.h"

namespace annals::query {

/// TIMELINE FROM d TO d BY DAY|MONTH|YEAR MATCH ...: the rows of the query at each start of a day,
/// month or year from the earliest that FROM may be to the latest that TO may be, both included;
/// each row as AT that instant gives it, behind a first column `at`. ORDER BY, SKIP, LIMIT and
/// DISTINCT work within each step. `plan` is that of its query, and not stale at `snapshot`.
/// Errors: those of check_timeline() and of the plan.
Status show_timeline(const ast::Timeline& statement, const PlannedQuery& plan,
                     const storage::GraphSnapshot& snapshot, const StatementContext& context);

/// What is wrong with a TIMELINE beside its query: InvalidArgument for sides that are no single
/// dates, for no step at all and for a statement that says itself when it asks; LimitExceeded over
/// limits::kTimelineStepsMax.
Status check_timeline(const ast::Timeline& statement, const StatementContext& context);

/// EXPLAIN and PROFILE of it: the plan of its query, with what all steps took together, below a
/// step that says at which instants it is asked.
Status explain_timeline(const ast::Timeline& statement, ExplainOptions options,
                        const StatementContext& context);

}  // namespace annals::query
