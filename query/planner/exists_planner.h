#pragma once

#include <set>

#include "query/planner/cost_model.h"
#include "query/planner/logical_plan.h"

namespace annals::query {

/// The step that keeps the rows of `outer` for which a condition with EXISTS holds. `scope` is that
/// of the clause whose WHERE it is. Each pattern has a plan of its own, finished by the rules.
plan::Exists plan_exists(const BoundWhere& where, const plan::Node& outer, ScopeId scope,
                         const PlanContext& context);

/// The step that goes on from the rows of `outer` with those of the clause, where there are any.
/// Rows that have no instant for its scope have no match. What of the pattern is wanted shows at
/// last: rules::prune_slots() finishes it by prune_inner().
plan::OptionalMatch plan_optional(const BoundOptional& optional, const plan::Node& outer,
                                  const PlanContext& context);

/// The step that adds to the rows of `outer` what COUNT {…} counts for each.
plan::Count plan_count(const BoundCount& count, const plan::Node& outer,
                       const PlanContext& context);

/// Keeps of the pattern's columns those `wanted`, and of the outer rows what these need.
void prune_inner(plan::InnerPlan& inner, std::set<SlotId> wanted, const PlanContext& context);

}  // namespace annals::query
