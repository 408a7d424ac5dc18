#pragma once

#include "query/commands/statement_context.h"
#include "query/parser/ast.h"
#include "schema/vocabulary.h"
#include "storage/commit_builder.h"

namespace annals::query {

/// Looks up the names of one effect of a kind (its roles, its relation or property) and adds it to
/// `kind`, whose roles are complete. Errors are placed at the name that is wrong.
Status add_effect(const ast::EffectDefinition& definition, const StatementContext& context,
                  storage::CommitBuilder& builder, Kind& kind);

}  // namespace annals::query
