#pragma once

#include "query/planner/cost_model.h"
#include "query/planner/logical_plan.h"

namespace annals::query {

/// The step that keeps the rows of `outer` for which a condition with EXISTS holds. `scope` is that
/// of the clause whose WHERE it is. Each pattern has a plan of its own, finished by the rules.
plan::Exists plan_exists(const BoundWhere& where, const plan::Node& outer, ScopeId scope,
                         const PlanContext& context);

}  // namespace annals::query
