#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "query/planner/rules/rules.h"

namespace annals::query::rules {

namespace {

/// Adds the read that gives `slot`, after those that it needs itself, over `box`.
void add_read_of(SlotId slot, const BoundQuery& query, std::set<SlotId>& bound, plan::Box& box) {
  const PropertyRead* read = query.read_of(slot);
  if (read == nullptr || bound.contains(slot)) return;
  for_each_slot(read->object, [&](SlotId inner) { add_read_of(inner, query, bound, box); });
  const double rows = box->rows;
  box = plan::over(std::move(box), plan::Read{read}, rows);
  bound.insert(slot);
}

}  // namespace

void place_reads(plan::Box& root, const PlanContext& context) {
  for (plan::Box& input : root->inputs) place_reads(input, context);
  if (root->inputs.empty()) return;
  // A step with two inputs reads nothing by itself.
  plan::Box& input = root->inputs.front();
  const std::vector<SlotId> slots = plan::bound_slots(*input);
  std::set<SlotId> bound(slots.begin(), slots.end());
  for (const SlotId slot : plan::read_slots(*root)) {
    add_read_of(slot, context.query, bound, input);
  }
}

}  // namespace annals::query::rules
