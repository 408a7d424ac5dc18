#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "query/planner/exists_planner.h"
#include "query/planner/rules/rules.h"

namespace annals::query::rules {

namespace {

/// Adds the step that gives `slot`, if it is one of its own, after those that it needs itself, over
/// `box`.
void add_step_for(SlotId slot, const PlanContext& context, std::set<SlotId>& bound,
                  plan::Box& box) {
  if (bound.contains(slot)) return;
  const double rows = box->rows;
  if (const PropertyRead* read = context.query.read_of(slot)) {
    for_each_slot(read->object, [&](SlotId inner) { add_step_for(inner, context, bound, box); });
    box = plan::over(std::move(box), plan::Read{read}, rows);
    bound.insert(slot);
  } else if (const BoundPath* path = context.query.path_of(slot)) {
    box = plan::over(std::move(box), plan::BuildPath{path}, rows);
    bound.insert(slot);
  } else if (const BoundCount* count = context.query.count_of(slot)) {
    plan::Count step = plan_count(*count, *box, context);
    box = plan::over(std::move(box), std::move(step), rows);
    bound.insert(slot);
  }
}

/// The same of all that the expression reads.
void add_steps_for(const BoundExpression& expression, const PlanContext& context, plan::Box& box) {
  const std::vector<SlotId> slots = plan::bound_slots(*box);
  std::set<SlotId> bound(slots.begin(), slots.end());
  for_each_slot(expression, [&](SlotId slot) { add_step_for(slot, context, bound, box); });
}

}  // namespace

void place_reads(plan::Box& root, const PlanContext& context) {
  for (plan::Box& input : root->inputs) place_reads(input, context);
  if (root->inputs.empty()) return;
  if (const auto* const join = std::get_if<plan::HashJoin>(&root->step)) {
    for (const plan::JoinKey& key : join->keys) {
      add_steps_for(*key.left, context, root->inputs.front());
      add_steps_for(*key.right, context, root->inputs.back());
    }
    return;
  }
  // Other steps with two inputs read nothing by themselves.
  plan::Box& input = root->inputs.front();
  const std::vector<SlotId> slots = plan::bound_slots(*input);
  std::set<SlotId> bound(slots.begin(), slots.end());
  for (const SlotId slot : plan::read_slots(*root)) {
    add_step_for(slot, context, bound, input);
  }
}

}  // namespace annals::query::rules
