#pragma once

#include "query/executor/run_context.h"
#include "schema/base/result.h"

namespace annals::query {

/// Looks up the times and views of the scopes of a query, and the names of nodes, for one run: into
/// context.scopes, context.views and then context.names. Done before any row is read, so that an
/// unknown name is an error whatever the plan. Errors, with their place: NotFound (with similar
/// names), InvalidArgument, Corruption, IoError.
Status resolve_scopes(RunContext& context);
Status resolve_names(RunContext& context);

/// What KNOWN AT and SAID BY of a scope mean; the present without them. InvalidArgument, with its
/// place, for what is no such time, or is still to come.
Result<storage::Perspective> perspective_of(const BoundScope& bound, RunContext& context);

/// The instant that a scope asks about, as a value. InvalidArgument, at `range`, if it is none.
Result<Date> instant_of_scope(const Datum& value, ast::SourceRange range,
                              const RunContext& context);

}  // namespace annals::query
