#include <algorithm>

#include "query/planner/rules/rules.h"

namespace annals::query::rules {

namespace {

/// Whether a row fewer below such a step, of those that are equal and hold no more surely than
/// another, is such a row fewer above it.
struct PassesOn {
  bool operator()(const plan::Filter& step) const { return !step.stays; }
  bool operator()(const plan::Project& step) const {
    return std::none_of(step.items.begin(), step.items.end(),
                        [](const BoundItem* item) { return asks_row_certainty(item->value); });
  }
  bool operator()(const plan::Expand&) const { return true; }
  bool operator()(const plan::ExpandInto&) const { return true; }
  bool operator()(const plan::ExpandPaths& step) const {
    return step.hop.search == ast::PathSearch::kAll;
  }
  bool operator()(const plan::BuildPath&) const { return true; }
  bool operator()(const plan::LabelFilter&) const { return true; }
  bool operator()(const plan::NameFilter&) const { return true; }
  bool operator()(const plan::Cross&) const { return true; }
  bool operator()(const plan::HashJoin&) const { return true; }
  bool operator()(const plan::Read&) const { return true; }
  template <class Other>
  bool operator()(const Other&) const {
    return false;
  }
};

/// Whether the shortest way to a node is a path of the hop: one that has to be longer may go round.
bool takes_shortest_ways(const BoundHop& hop) {
  return hop.search == ast::PathSearch::kAll && hop.length->min <= 1;
}

}  // namespace

void prune_paths(plan::Node& root, bool merges) {
  if (auto* paths = std::get_if<plan::ExpandPaths>(&root.step)) {
    const bool needs_facts =
        std::binary_search(root.slots.begin(), root.slots.end(), paths->hop.fact);
    paths->ends_only = merges && !needs_facts && takes_shortest_ways(paths->hop);
  }
  const bool below = std::holds_alternative<plan::Distinct>(root.step) ||
                     (merges && std::visit(PassesOn(), root.step));
  for (plan::Box& input : root.inputs) prune_paths(*input, below);
}

}  // namespace annals::query::rules
