#pragma once

#include <span>

#include "query/executor/run_context.h"
#include "query/planner/logical_plan.h"
#include "query/result_sink.h"
#include "schema/base/result.h"

namespace annals::query {

/// Runs a plan and gives its rows to `sink`, with what is needed to show nodes and facts. Errors:
/// those of build_operators(), of the operators, of what is shown, and of the sink; some rows may
/// have been given then.
Status give_rows(const plan::Node& root, RunContext& context, std::span<const ResultColumn> columns,
                 RowTags tags, ResultSink& sink);

}  // namespace annals::query
