#include <algorithm>
#include <set>
#include <vector>

#include "query/planner/rules/rules.h"

namespace annals::query::rules {

namespace {

void prune(plan::Node& node, const std::set<SlotId>& needed) {
  for (const SlotId slot : plan::bound_slots(node)) {
    if (needed.contains(slot)) node.slots.push_back(slot);
  }
  std::set<SlotId> below(node.slots.begin(), node.slots.end());
  for (const SlotId slot : plan::read_slots(node)) below.insert(slot);
  for (plan::Box& input : node.inputs) prune(*input, below);
}

}  // namespace

void prune_slots(plan::Box& root, const PlanContext& context) {
  std::set<SlotId> needed;
  for (const BoundColumn& column : context.query.returning.columns) needed.insert(column.slot);
  prune(*root, needed);
}

}  // namespace annals::query::rules
