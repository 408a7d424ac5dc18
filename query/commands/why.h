#pragma once

#include "query/commands/statement_context.h"
#include "query/parser/ast.h"
#include "schema/base/result.h"

namespace annals::query {

/// WHY (a)-[:R]->(b) with a scope: the events behind each fact that matches there, by the fact's
/// earliest begin; first the event that began it, then those that end it or perhaps do. A fact that
/// came with its own end (MARKS, ASSERT with TO) has one event, which begins it. Without any fact
/// a message says so. Takes the statement apart.
///
/// Rows: fact, valid, certainty (in the scope), role (begins, ends), and of the event seq, kind,
/// on, said, source, reason, id, status.
Status show_why(ast::Why& statement, const StatementContext& context);

/// WHY NOT (a)-[:R]->(b), at one instant or now: what keeps the relation from holding certainly
/// then. If it did hold before, the event that ended the last such spell; if it did later, the
/// event that began the next one; and the events on which it depends whether it held then. A
/// message says if there is none of them, or if it holds. Takes the statement apart.
///
/// Rows: answer ("ended before", "perhaps ended before", "perhaps begins later", "begins later"),
/// fact, valid, and of the event as above.
Status show_why_not(ast::Why& statement, const StatementContext& context);

}  // namespace annals::query
