#pragma once

#include "query/commands/statement_context.h"
#include "query/loader.h"
#include "query/parser/ast.h"
#include "schema/base/result.h"

namespace annals::query {

/// LOAD: has the file loaded and says what became of its rows, always with the sum: "read 90,730 =
/// recorded 90,730 + duplicate 0 + rejected 0". Says no times, so that the same file gives the same
/// lines; the loader knows them. Unsupported without a loader. Waits for the writer, so that the
/// session must have no open transaction.
Status load_file(const ast::Load& statement, Loader* loader, const StatementContext& context);

}  // namespace annals::query
