#include "query/planner/exists_planner.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "query/planner/pattern_planner.h"
#include "query/planner/rules/rules.h"

namespace annals::query {

namespace {

/// What the pattern may use of the outer rows: their variables. Properties it reads by itself,
/// since where the outer plan reads them is decided later.
std::vector<SlotId> variables_in(const plan::Node& outer, const BoundQuery& query) {
  std::vector<SlotId> variables;
  for (const SlotId slot : plan::bound_slots(outer)) {
    if (query.read_of(slot) == nullptr) variables.push_back(slot);
  }
  return variables;
}

/// The columns that the leaf gives.
const std::vector<SlotId>& outer_slots(const plan::Node& node) {
  const plan::Node* at = &node;
  while (!std::holds_alternative<plan::OuterRows>(at->step)) at = at->inputs.front().get();
  return at->slots;
}

plan::InnerPlan plan_pattern(const BoundExists& pattern, std::vector<SlotId> variables, double rows,
                             bool is_optional, const PlanContext& context) {
  plan::InnerPlan inner;
  inner.origin = pattern.origin;
  inner.scope = pattern.clause->scope;
  inner.has_facts =
      std::any_of(pattern.clause->hops.begin(), pattern.clause->hops.end(),
                  [](const BoundHop& hop) { return hop.any_relation() || !hop.relations.empty(); });
  plan::Box root = plan::leaf(plan::OuterRows{std::move(variables), pattern.origin}, rows);
  const SlotId date = context.query.scope(inner.scope).row.date;
  if (is_optional && date) root = plan::over(std::move(root), plan::Present{{date}}, rows);
  inner.root = PatternPlanner(context, *pattern.clause).plan(std::move(root));
  // The variables of OPTIONAL MATCH are null together: it gives its paths itself.
  for (const SlotId path : pattern.clause->paths) {
    if (!is_optional) break;
    const double found = inner.root->rows;
    inner.root =
        plan::over(std::move(inner.root), plan::BuildPath{context.query.path_of(path)}, found);
  }
  if (context.planning == Planning::kByCost) {
    rules::push_down_filters(inner.root, context);
    rules::skip_implied_labels(inner.root, context);
  }
  rules::place_reads(inner.root, context);
  return inner;
}

}  // namespace

void prune_inner(plan::InnerPlan& inner, std::set<SlotId> wanted, const PlanContext& context) {
  wanted.insert(inner.origin);
  rules::prune_slots(inner.root, context, wanted);
  inner.reads.clear();
  for (const SlotId slot : outer_slots(*inner.root)) {
    if (slot != inner.origin) inner.reads.push_back(slot);
  }
}

plan::Exists plan_exists(const BoundWhere& where, const plan::Node& outer, ScopeId scope,
                         const PlanContext& context) {
  plan::Exists step;
  step.where = &where;
  step.scope = scope;
  const std::vector<SlotId> variables = variables_in(outer, context.query);
  for (const BoundExists& pattern : where.patterns) {
    step.patterns.push_back(plan_pattern(pattern, variables, outer.rows, false, context));
    prune_inner(step.patterns.back(), {}, context);
    if (context.planning == Planning::kByCost) {
      rules::prune_paths(*step.patterns.back().root, true);
    }
  }
  return step;
}

plan::Count plan_count(const BoundCount& count, const plan::Node& outer,
                       const PlanContext& context) {
  plan::Count step;
  step.out = count.out;
  step.pattern =
      plan_pattern(count.pattern, variables_in(outer, context.query), outer.rows, false, context);
  prune_inner(step.pattern, {}, context);
  return step;
}

plan::OptionalMatch plan_optional(const BoundOptional& optional, const plan::Node& outer,
                                  const PlanContext& context) {
  plan::OptionalMatch step;
  step.adds = optional.adds;
  step.certainly = optional.certainly;
  step.pattern =
      plan_pattern(optional.pattern, variables_in(outer, context.query), outer.rows, true, context);
  // Everything that it adds counts as wanted here; rules/prune_slots.h, which knows what the steps
  // behind read, prunes it once more.
  prune_inner(step.pattern, {step.adds.begin(), step.adds.end()}, context);
  return step;
}

}  // namespace annals::query
