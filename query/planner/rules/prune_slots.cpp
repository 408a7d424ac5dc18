#include <algorithm>
#include <set>
#include <vector>

#include "query/planner/rules/rules.h"

namespace annals::query::rules {

namespace {

/// `always` are needed wherever they are there.
void prune(plan::Node& node, const std::set<SlotId>& needed, const std::set<SlotId>& always) {
  for (const SlotId slot : plan::bound_slots(node)) {
    if (needed.contains(slot) || always.contains(slot)) node.slots.push_back(slot);
  }
  std::set<SlotId> below(node.slots.begin(), node.slots.end());
  for (const SlotId slot : plan::read_slots(node)) below.insert(slot);
  for (plan::Box& input : node.inputs) prune(*input, below, always);
}

}  // namespace

void prune_slots(plan::Box& root, const PlanContext& context) {
  std::set<SlotId> needed;
  for (const BoundColumn& column : context.query.returning.columns) needed.insert(column.slot);
  // Steps and expressions find the instants of rows by their scope.
  std::set<SlotId> instants;
  for (const BoundScope& scope : context.query.scopes) {
    if (scope.row.date) instants.insert(scope.row.date);
    if (scope.row.date && scope.row.event) instants.insert(scope.row.event);
  }
  prune(*root, needed, instants);
}

}  // namespace annals::query::rules
