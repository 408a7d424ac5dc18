#pragma once

#include "query/commands/statement_context.h"
#include "query/parser/ast.h"
#include "schema/base/result.h"

namespace annals::query {

/// SHOW KINDS, RELATIONS, ENTITIES, UNMATCHED and STATS. LIKE compares without regard to case and
/// accents, whole names, with % for any text and _ for one character; entities also by alias; of
/// what is unmatched the kind, the relation or an end.
///
/// Rows: KINDS kind, events, definition; RELATIONS relation, from, to, facts; ENTITIES type, name,
/// aliases, identifiers, by type and then in the order in which they were recorded; UNMATCHED
/// seq, kind, on, effect, from, relation, to, by the ends; STATS what, value.
Status show(const ast::Show& statement, const StatementContext& context);

}  // namespace annals::query
