#pragma once

#include "query/executor/run_context.h"
#include "schema/base/result.h"

namespace annals::query {

/// Looks up the names of nodes and the times of the scopes of a query for one run, into
/// context.names and context.scopes. Done before any row is read, so that an unknown name is an
/// error whatever the plan. Errors, with their place: NotFound (with similar names),
/// InvalidArgument, Corruption, IoError.
Status resolve_names(RunContext& context);
Status resolve_scopes(RunContext& context);

}  // namespace annals::query
