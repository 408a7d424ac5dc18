#pragma once

#include "query/datum.h"
#include "query/executor/datum_comparison.h"
#include "query/executor/run_context.h"
#include "query/parser/ast.h"
#include "schema/base/result.h"

namespace annals::query {

/// What a condition of WHERE says when its value is `value`; nothing for null. `range` is where the
/// condition stands. InvalidArgument for a value that is neither true nor false.
Result<Truth> where_truth(const Datum& value, ast::SourceRange range, const RunContext& context);

}  // namespace annals::query
