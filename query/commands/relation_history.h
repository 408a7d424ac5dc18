#pragma once

#include "query/commands/statement_context.h"
#include "query/parser/ast.h"
#include "schema/base/result.h"

namespace annals::query {

/// HISTORY OF (a)-[:R]->(b): the spells of all facts that match, whenever they held, by their
/// earliest begin. An end that came with the fact (MARKS, ASSERT with TO) has no event of its own.
/// Several events that end a spell, or perhaps do, are joined by "; ". Without any spell a message
/// says so. Takes the statement apart.
///
/// With KNOWN ALL every version of a spell that was ever believed, by when it came to be known,
/// with the sequences of the event that made it known and of the one that changed it: known_from
/// and known_until follow certainty.
///
/// Rows: fact, valid, certainty (possible: a plan or an uncertain date began it), begun_by ("#12
/// Join 1993-12-03"), source, reason, ended_by, end_source, end_reason.
Status show_relation_history(ast::HistoryOf& statement, const StatementContext& context);

}  // namespace annals::query
