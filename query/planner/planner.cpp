#include "query/planner/planner.h"

#include <array>
#include <set>
#include <utility>
#include <vector>

#include "query/planner/pattern_planner.h"
#include "query/planner/rules/rules.h"

namespace annals::query {

namespace {

using Rule = void (*)(plan::Box&, const PlanContext&);

constexpr std::array<Rule, 4> kRules = {rules::push_down_filters, rules::skip_implied_labels,
                                        rules::place_reads, rules::use_top_k};

plan::Box add_return(plan::Box current, const BoundReturn& returning) {
  double rows = current->rows;
  const auto add = [&](auto step) { current = plan::over(std::move(current), step, rows); };
  if (returning.aggregates) {
    rows = returning.group_keys.empty() ? 1 : rows / 2;
    add(plan::Aggregate{&returning.group_keys, &returning.calls});
  }
  if (!returning.items.empty()) add(plan::Project{&returning.items});
  if (returning.distinct) {
    std::vector<SlotId> slots;
    for (const BoundColumn& column : returning.columns) slots.push_back(column.slot);
    add(plan::Distinct{std::move(slots), returning.certainly});
  }
  if (!returning.sort_items.empty()) add(plan::Project{&returning.sort_items});
  if (!returning.sorts.empty()) add(plan::Sort{&returning.sorts});
  if (returning.skip) add(plan::Skip{&*returning.skip});
  if (returning.limit) add(plan::Limit{&*returning.limit});
  return current;
}

}  // namespace

plan::Box make_plan(const PlanContext& context) {
  plan::Box root;
  std::set<ScopeId> known_instants;
  for (const BoundClause& clause : context.query.clauses) {
    const BoundScope& scope = context.query.scope(clause.scope);
    if (scope.row.date && known_instants.insert(clause.scope).second) {
      const double rows = root->rows;
      root = plan::over(std::move(root), plan::SetInstant{clause.scope, &scope}, rows);
    }
    root = PatternPlanner(context, clause).plan(std::move(root));
  }
  if (root == nullptr) root = plan::leaf(plan::Unit(), 1);
  root = add_return(std::move(root), context.query.returning);
  for (const Rule rule : kRules) rule(root, context);
  rules::prune_slots(root, context);
  return root;
}

}  // namespace annals::query
