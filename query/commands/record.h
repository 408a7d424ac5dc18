#pragma once

#include <string>

#include "query/commands/statement_context.h"
#include "query/parser/ast.h"
#include "storage/commit_builder.h"

namespace annals::query {

/// ENTITY, RECORD and ASSERT: look up the names, add the event to the builder and say what was
/// done. Errors name the place of the role, name or date that is wrong. To record again what is
/// recorded with the same ID and content changes nothing and says so.

Result<std::string> register_entity(const ast::RegisterEntity& statement,
                                    const StatementContext& context,
                                    storage::CommitBuilder& builder);
Result<std::string> record_event(const ast::Record& statement, const StatementContext& context,
                                 storage::CommitBuilder& builder);
Result<std::string> assert_fact(const ast::Assert& statement, const StatementContext& context,
                                storage::CommitBuilder& builder);

}  // namespace annals::query
