#pragma once

#include <string>

#include "query/commands/statement_context.h"
#include "query/parser/ast.h"
#include "storage/commit_builder.h"

namespace annals::query {

/// DEFINE ENTITY, RELATION, EVENT and PADDING: look up the names, add the definition to the builder
/// and say what was done. Errors name the place of what is wrong. To define something again exactly
/// as it is defined changes nothing and says so.

Result<std::string> define_entity(const ast::DefineEntity& statement,
                                  const StatementContext& context, storage::CommitBuilder& builder);
Result<std::string> define_relation(const ast::DefineRelation& statement,
                                    const StatementContext& context,
                                    storage::CommitBuilder& builder);
Result<std::string> define_event(const ast::DefineEvent& statement, const StatementContext& context,
                                 storage::CommitBuilder& builder);
/// What is not named stays as it is.
Result<std::string> define_padding(const ast::DefinePadding& statement,
                                   const StatementContext& context,
                                   storage::CommitBuilder& builder);

}  // namespace annals::query
