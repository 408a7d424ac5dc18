#pragma once

#include <span>

#include "query/datum.h"
#include "query/executor/run_context.h"
#include "query/planner/functions.h"
#include "schema/base/result.h"

/// What the scalar functions compute. Arguments have the types that the table of functions says,
/// and are null only where it says so. Errors without a place: InvalidArgument, LimitExceeded,
/// Corruption, IoError.
namespace annals::query::functions {

using Arguments = std::span<const Datum* const>;

/// Any function but an aggregate, coalesce() and certainty(). `scope` is that of the first
/// argument.
Result<Datum> call(FunctionId id, Arguments arguments, ScopeId scope, RunContext& context);

/// What id() gives: different for all nodes, and for all facts of the graph.
std::int64_t number_of(NodeId node);
std::int64_t number_of(const storage::Fact& fact);

/// Of texts and lists.
Result<Datum> call_text(FunctionId id, Arguments arguments);
/// Of numbers.
Result<Datum> call_number(FunctionId id, Arguments arguments);
/// Of dates, periods and facts. Texts are read with that padding.
Result<Datum> call_period(FunctionId id, Arguments arguments, const ApproximationPadding& padding);
/// Of paths; times() and period() as the scope sees them.
Result<Datum> call_path(FunctionId id, const Path& path, ScopeId scope, const RunContext& context);
/// From one type to another.
Result<Datum> call_conversion(FunctionId id, Arguments arguments);

}  // namespace annals::query::functions
