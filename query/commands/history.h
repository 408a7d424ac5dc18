#pragma once

#include "query/commands/statement_context.h"
#include "query/parser/ast.h"
#include "schema/base/result.h"

namespace annals::query {

/// HISTORY OF (:Country 'Georgia'), whose path is this one node: the events in which a node takes
/// part, by earliest date and then sequence (those without a date first), each with what it says
/// and what it changed: the facts and properties of this node that it began, marked, set or ended.
/// A begin that changed nothing, because it held already, shows no effect. With KNOWN ALL also what
/// an event was once believed to change.
///
/// Rows: seq, on, kind, what, effect, status, source. Takes memory in proportion to the facts of
/// the node; LimitExceeded over limits::kStatementMemoryBytesMax.
Status show_history(const ast::HistoryOf& statement, const StatementContext& context);

}  // namespace annals::query
