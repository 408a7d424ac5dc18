#pragma once

#include <string>

#include "query/commands/statement_context.h"
#include "query/parser/ast.h"
#include "storage/commit_builder.h"

namespace annals::query {

/// DEFINE ENTITY, RELATION and EVENT: look up the names, add the definition to the builder and say
/// what was done. Errors name the place of the name that is wrong. To define something again
/// exactly as it is defined changes nothing and says so.

Result<std::string> define_entity(const ast::DefineEntity& statement,
                                  const StatementContext& context, storage::CommitBuilder& builder);
Result<std::string> define_relation(const ast::DefineRelation& statement,
                                    const StatementContext& context,
                                    storage::CommitBuilder& builder);
Result<std::string> define_event(const ast::DefineEvent& statement, const StatementContext& context,
                                 storage::CommitBuilder& builder);

}  // namespace annals::query
