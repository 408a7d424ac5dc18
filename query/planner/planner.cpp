#include "query/planner/planner.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "query/planner/exists_planner.h"
#include "query/planner/pattern_planner.h"
#include "query/planner/rules/rules.h"

namespace annals::query {

namespace {

using Rule = void (*)(plan::Box&, const PlanContext&);

constexpr std::array<Rule, 6> kFasterRules = {rules::push_down_filters,   rules::join_by_hash,
                                              rules::skip_implied_labels, rules::count_without_scan,
                                              rules::use_top_k,           rules::delay_columns};

/// Elements of a list, as a guess.
constexpr double kListElements = 10;

/// The number that stands there, if it is no parameter.
std::optional<double> written_number(const BoundExpression& expression) {
  const auto* const constant = std::get_if<BoundConstant>(&expression.node);
  if (constant == nullptr) return {};
  const auto* const number = std::get_if<std::int64_t>(&constant->value.data);
  return number == nullptr ? std::optional<double>() : static_cast<double>(*number);
}

plan::Project project(const std::vector<BoundItem>& items) {
  plan::Project step;
  for (const BoundItem& item : items) step.items.push_back(&item);
  return step;
}

plan::Box add_projection(plan::Box current, const BoundProjection& projection) {
  double rows = current->rows;
  const auto add = [&](auto step) {
    current = plan::over(std::move(current), std::move(step), rows);
  };
  if (projection.aggregates) {
    rows = projection.group_keys.empty() ? 1 : rows / 2;
    add(plan::Aggregate{&projection.group_keys, &projection.calls});
  }
  if (!projection.items.empty()) add(project(projection.items));
  if (projection.distinct) {
    std::vector<SlotId> slots;
    for (const BoundColumn& column : projection.columns) slots.push_back(column.slot);
    add(plan::Distinct{std::move(slots), projection.certainly});
  }
  if (!projection.sort_items.empty()) add(project(projection.sort_items));
  if (!projection.sorts.empty()) add(plan::Sort{&projection.sorts});
  if (projection.skip) add(plan::Skip{&*projection.skip});
  if (projection.limit) {
    rows = std::min(rows, written_number(*projection.limit).value_or(rows));
    add(plan::Limit{&*projection.limit});
  }
  return current;
}

/// Adds the steps of one query after the other to a plan.
class SinglePlanner {
 public:
  explicit SinglePlanner(const PlanContext& context) : context_(context) {}

  plan::Box plan(const BoundSingle& single) {
    for (const BoundStep& step : single.steps) {
      std::visit([this](const auto& one) { add(one); }, step);
    }
    begin();
    return add_projection(std::move(root_), single.returning);
  }

 private:
  void begin() {
    if (root_ == nullptr) root_ = plan::leaf(plan::Unit(), 1);
  }

  void add(const BoundClause& clause) {
    const BoundScope& scope = context_.query.scope(clause.scope);
    if (scope.row.date && known_instants_.insert(clause.scope).second) {
      const double rows = root_->rows;
      root_ = plan::over(std::move(root_), plan::SetInstant{clause.scope, &scope}, rows);
    }
    root_ = PatternPlanner(context_, clause).plan(std::move(root_));
  }

  void add(const BoundOptional& optional) {
    begin();
    const ScopeId id = optional.pattern.clause->scope;
    const BoundScope& scope = context_.query.scope(id);
    if (scope.row.date && !known_instants_.contains(id)) {
      const double rows = root_->rows;
      root_ = plan::over(std::move(root_), plan::SetInstant{id, &scope, true}, rows);
    }
    plan::OptionalMatch step = plan_optional(optional, *root_, context_);
    const double rows = std::max(root_->rows, step.pattern.root->rows);
    root_ = plan::over(std::move(root_), std::move(step), rows);
  }

  void add(const BoundUnwind& unwind) {
    begin();
    const double rows = root_->rows * kListElements;
    root_ = plan::over(std::move(root_), plan::Unwind{&unwind.list, unwind.out}, rows);
  }

  void add(const BoundWith& with) {
    begin();
    root_ = add_projection(std::move(root_), with.projection);
    // Behind these no row has an instant of its own any more.
    if (with.projection.aggregates || with.projection.distinct) known_instants_.clear();
    if (with.where) root_ = PatternPlanner(context_, *with.where).plan(std::move(root_));
  }

  const PlanContext& context_;
  plan::Box root_;
  std::set<ScopeId> known_instants_;
};

plan::Box make_union(const PlanContext& context) {
  const BoundQuery& query = context.query;
  plan::Union step;
  for (const BoundColumn& column : query.columns) step.out.push_back(column.slot);
  std::vector<plan::Box> inputs;
  double rows = 0;
  for (const BoundSingle& single : query.singles) {
    std::vector<SlotId>& columns = step.columns.emplace_back();
    for (const BoundColumn& column : single.returning.columns) columns.push_back(column.slot);
    inputs.push_back(SinglePlanner(context).plan(single));
    rows += inputs.back()->rows;
  }
  std::vector<SlotId> all = step.out;
  plan::Box root = plan::leaf(std::move(step), rows);
  root->inputs = std::move(inputs);
  if (query.union_all) return root;
  return plan::over(std::move(root), plan::Distinct{std::move(all), false}, rows);
}

}  // namespace

plan::Box make_plan(const PlanContext& context) {
  const std::vector<BoundSingle>& singles = context.query.singles;
  plan::Box root =
      singles.size() == 1 ? SinglePlanner(context).plan(singles.front()) : make_union(context);
  const bool by_cost = context.planning == Planning::kByCost;
  for (const Rule rule : kFasterRules) {
    if (by_cost) rule(root, context);
  }
  rules::place_reads(root, context);
  rules::prune_slots(root, context);
  if (!by_cost) return root;
  rules::prune_paths(*root, false);
  rules::name_facts(*root, context);
  return root;
}

}  // namespace annals::query
