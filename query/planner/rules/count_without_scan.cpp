#include <algorithm>
#include <utility>
#include <vector>

#include "query/planner/rules/rules.h"

namespace annals::query::rules {

namespace {

/// Whether the index may know how many rows the scan gives: facts of relations, each once, at one
/// date for all rows.
bool is_counted(const BoundHop& hop, const BoundQuery& query) {
  if (!hop.roles.empty() || !hop.differs_from.empty()) return false;
  if (hop.direction == ast::HopDirection::kEither || hop.left == hop.right) return false;
  const BoundScope& scope = query.scope(hop.scope);
  const bool at_date = scope.valid == ValidTime::kNow || scope.valid == ValidTime::kAt;
  return at_date && !scope.row.date && !scope.known_at && !scope.said_by;
}

/// Whether the aggregate counts all rows: count(*), or count of something that each row has.
bool counts_all(const BoundAggregate& call, const BoundHop& hop) {
  if (call.function->id != FunctionId::kCount || call.distinct) return false;
  if (!call.argument) return true;
  const auto* const slot = std::get_if<BoundSlot>(&call.argument->node);
  return slot != nullptr &&
         (slot->slot == hop.fact || slot->slot == hop.left || slot->slot == hop.right);
}

/// Whether the value is type() of the hop's fact.
bool is_type(const BoundExpression& value, const BoundHop& hop) {
  const auto* const call = std::get_if<BoundCall>(&value.node);
  if (call == nullptr || call->function->id != FunctionId::kType) return false;
  const auto* const slot = std::get_if<BoundSlot>(&call->arguments.front().node);
  return slot != nullptr && slot->slot == hop.fact;
}

}  // namespace

void count_without_scan(plan::Box& root, const PlanContext& context) {
  for (plan::Box& input : root->inputs) count_without_scan(input, context);
  const auto* const aggregate = std::get_if<plan::Aggregate>(&root->step);
  if (aggregate == nullptr || aggregate->keys->size() > 1) return;
  const auto* const scan = std::get_if<plan::FactScan>(&root->inputs.front()->step);
  if (scan == nullptr || !is_counted(scan->hop, context.query)) return;
  const auto& calls = *aggregate->calls;
  if (!std::all_of(calls.begin(), calls.end(),
                   [&](const BoundAggregate& call) { return counts_all(call, scan->hop); })) {
    return;
  }
  const BoundItem* const key = aggregate->keys->empty() ? nullptr : &aggregate->keys->front();
  if (key != nullptr && !is_type(key->value, scan->hop)) return;
  plan::CountFacts step{scan->hop.relations, key, scan->hop.scope, aggregate->calls};
  const double rows = root->rows;
  root = plan::over(std::move(root), std::move(step), rows);
}

}  // namespace annals::query::rules
