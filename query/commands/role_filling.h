#pragma once

#include <vector>

#include "query/commands/created_names.h"
#include "query/commands/statement_context.h"
#include "query/parser/ast.h"
#include "storage/commit_builder.h"

namespace annals::query {

/// `{role: value, ...}` of RECORD and CORRECT.

/// InvalidArgument at the second of two entries with the same key.
Status check_keys_differ(const std::vector<ast::MapEntry>& entries,
                         const StatementContext& context);

/// Fills the role that `entry` names; null leaves it empty. Errors stand at the role or name that
/// is wrong; what is created is noted.
Status fill_role(const Kind& kind, const ast::MapEntry& entry, storage::MissingNames missing,
                 const StatementContext& context, storage::CommitBuilder& builder,
                 Occurrence& occurrence, CreatedNames& created);

}  // namespace annals::query
