#include <algorithm>
#include <utility>
#include <vector>

#include "query/planner/rules/rules.h"

namespace annals::query::rules {

namespace {

bool is_filter(const plan::Node& node) {
  return std::holds_alternative<plan::Filter>(node.step) ||
         std::holds_alternative<plan::LabelFilter>(node.step) ||
         std::holds_alternative<plan::NameFilter>(node.step);
}

/// Whether a filter may move below such a step: steps that only add rows and columns.
bool may_pass(const plan::Node& node) {
  return std::holds_alternative<plan::Expand>(node.step) ||
         std::holds_alternative<plan::ExpandInto>(node.step) ||
         std::holds_alternative<plan::ExpandPaths>(node.step) ||
         std::holds_alternative<plan::BuildPath>(node.step) ||
         std::holds_alternative<plan::Cross>(node.step) ||
         std::holds_alternative<plan::HashJoin>(node.step) || is_filter(node);
}

/// The variables that the filter needs, ascending.
std::vector<SlotId> needed_by(const plan::Node& filter, const BoundQuery& query) {
  const auto* predicates = std::get_if<plan::Filter>(&filter.step);
  if (predicates == nullptr) return plan::read_slots(filter);
  std::vector<SlotId> needed;
  for (const BoundExpression* predicate : predicates->predicates) {
    const std::vector<SlotId> variables = variables_of(*predicate, query);
    needed.insert(needed.end(), variables.begin(), variables.end());
  }
  std::sort(needed.begin(), needed.end());
  needed.erase(std::unique(needed.begin(), needed.end()), needed.end());
  return needed;
}

bool has_all(const plan::Node& node, const std::vector<SlotId>& needed) {
  const std::vector<SlotId> bound = plan::bound_slots(node);
  return std::all_of(needed.begin(), needed.end(), [&bound](SlotId slot) {
    return std::binary_search(bound.begin(), bound.end(), slot);
  });
}

/// Whether a filter over `node` can go further down than the filters that stand there already.
bool can_sink(const plan::Node& node, const std::vector<SlotId>& needed) {
  if (is_filter(node)) return can_sink(*node.inputs.front(), needed);
  return may_pass(node) &&
         std::any_of(node.inputs.begin(), node.inputs.end(),
                     [&](const plan::Box& input) { return has_all(*input, needed); });
}

/// Puts `filter`, which has no input, as low below `box` as it can go.
void sink(plan::Box& box, plan::Box filter, const std::vector<SlotId>& needed) {
  if (can_sink(*box, needed)) {
    for (plan::Box& input : box->inputs) {
      if (!has_all(*input, needed)) continue;
      sink(input, std::move(filter), needed);
      return;
    }
  }
  filter->rows = std::min(filter->rows, box->rows);
  filter->inputs.push_back(std::move(box));
  box = std::move(filter);
}

}  // namespace

void push_down_filters(plan::Box& root, const PlanContext& context) {
  for (plan::Box& input : root->inputs) push_down_filters(input, context);
  if (!is_filter(*root) || root->inputs.empty()) return;
  const auto* predicates = std::get_if<plan::Filter>(&root->step);
  if (predicates != nullptr && predicates->stays) return;
  const std::vector<SlotId> needed = needed_by(*root, context.query);
  plan::Box filter = std::move(root);
  root = std::move(filter->inputs.front());
  filter->inputs.clear();
  sink(root, std::move(filter), needed);
}

}  // namespace annals::query::rules
