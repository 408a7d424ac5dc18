#pragma once

#include "query/commands/explain.h"
#include "query/commands/statement_context.h"
#include "query/parser/ast.h"
#include "schema/base/result.h"

namespace annals::query {

/// DIFF c AND d MATCH ... RETURN change, ...: what became of the rows of a query from the
/// coordinates c to the coordinates d. Rows are the same if their values are; several that are the
/// same count as often as they are there. `change` (any place among the columns) says `added`,
/// `removed` or, of a row that is there at both and as surely at one only, `changed`; a last
/// column `certainty` says `certain`, `possible` or, of what changed, both: `certain -> possible`.
/// It is left out if RETURN names such a column, whose value then belongs to the row.
///
/// Rows come as the query gives them at c, behind them those added, unless ORDER BY says
/// otherwise. ORDER BY takes columns; it, SKIP and LIMIT work on the difference. Holds what is
/// different in memory, and one copy of what is not: LimitExceeded over
/// limits::kStatementMemoryBytesMax. InvalidArgument, with its place, if the sides do not say the
/// same kinds of time. Takes the statement apart.
Status show_diff(ast::Diff& statement, const StatementContext& context);

/// EXPLAIN and PROFILE of it: the plans of both sides below a step that compares their rows.
Status explain_diff(ast::Diff& statement, ExplainOptions options, const StatementContext& context);

}  // namespace annals::query
