#include <algorithm>
#include <set>
#include <vector>

#include "query/planner/exists_planner.h"
#include "query/planner/rules/rules.h"

namespace annals::query::rules {

namespace {

/// Whether the step handles rows of the result, of which it asks nothing.
bool is_of_result(const plan::Node& node) {
  return std::holds_alternative<plan::Sort>(node.step) ||
         std::holds_alternative<plan::TopK>(node.step) ||
         std::holds_alternative<plan::Skip>(node.step) ||
         std::holds_alternative<plan::Limit>(node.step) ||
         std::holds_alternative<plan::Distinct>(node.step) ||
         std::holds_alternative<plan::Union>(node.step);
}

/// `needed` go on from the node. Steps find the instants of rows by their scope, without saying so.
void prune(plan::Node& node, const std::set<SlotId>& needed, const std::set<SlotId>& instants,
           const PlanContext& context) {
  node.slots.clear();
  node.passed.clear();
  const std::vector<SlotId> added = plan::added_slots(node);
  for (const SlotId slot : plan::bound_slots(node)) {
    if (!needed.contains(slot)) continue;
    node.slots.push_back(slot);
    if (std::find(added.begin(), added.end(), slot) == added.end()) node.passed.push_back(slot);
  }
  std::set<SlotId> below(node.slots.begin(), node.slots.end());
  if (auto* optional = std::get_if<plan::OptionalMatch>(&node.step)) {
    std::set<SlotId> wanted;
    for (const SlotId slot : optional->adds) {
      if (below.contains(slot)) wanted.insert(slot);
    }
    prune_inner(optional->pattern, wanted, context);
  }
  for (const SlotId slot : plan::read_slots(node)) below.insert(slot);
  if (!is_of_result(node)) below.insert(instants.begin(), instants.end());
  for (plan::Box& input : node.inputs) prune(*input, below, instants, context);
}

}  // namespace

void prune_slots(plan::Box& root, const PlanContext& context) {
  std::set<SlotId> needed;
  for (const BoundColumn& column : context.query.columns) needed.insert(column.slot);
  prune_slots(root, context, needed);
}

void prune_slots(plan::Box& root, const PlanContext& context, const std::set<SlotId>& wanted) {
  std::set<SlotId> instants;
  for (const BoundScope& scope : context.query.scopes) {
    if (scope.row.date) instants.insert(scope.row.date);
    if (scope.row.date && scope.row.event) instants.insert(scope.row.event);
  }
  prune(*root, wanted, instants, context);
}

}  // namespace annals::query::rules
