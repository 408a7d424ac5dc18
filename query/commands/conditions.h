#pragma once

#include "query/commands/statement_context.h"
#include "query/parser/ast.h"
#include "schema/base/result.h"
#include "schema/vocabulary.h"

namespace annals::query {

/// Look up the roles of a BOUND or a CHECK of a DEFINE EVENT and add it to `kind`, whose roles are
/// complete. Texts that are compared with dates are read as such. Errors stand at what is wrong:
/// NotFound with the closest name; InvalidArgument for types that do not go together, and for what
/// the event alone cannot answer; LimitExceeded.

Status add_bound(const ast::BoundDefinition& definition, const Vocabulary& vocabulary,
                 const StatementContext& context, Kind& kind);
Status add_check(const ast::CheckDefinition& definition, const Vocabulary& vocabulary,
                 const StatementContext& context, Kind& kind);

}  // namespace annals::query
