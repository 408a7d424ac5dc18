#pragma once

#include "query/planner/cost_model.h"
#include "query/planner/logical_plan.h"

namespace annals::query {

/// Makes the plan of a query, whose expressions it borrows. Deterministic; thread-safe.
plan::Box make_plan(const PlanContext& context);

}  // namespace annals::query
