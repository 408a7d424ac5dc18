#pragma once

#include <string>

#include "query/commands/statement_context.h"
#include "query/parser/ast.h"
#include "storage/commit_builder.h"

namespace annals::query {

/// CORRECT, RETRACT and REPLAY: new events that change what earlier ones do, and say so. Errors
/// name the place of the event, the part or the role that is wrong.

Result<std::string> correct_event(const ast::Correct& statement, const StatementContext& context,
                                  storage::CommitBuilder& builder);
Result<std::string> retract_event(const ast::Retract& statement, const StatementContext& context,
                                  storage::CommitBuilder& builder);
Result<std::string> replay_definitions(const ast::Replay& statement,
                                       const StatementContext& context,
                                       storage::CommitBuilder& builder);

}  // namespace annals::query
