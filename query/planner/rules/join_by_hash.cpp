#include <algorithm>
#include <vector>

#include "query/planner/rules/rules.h"

namespace annals::query::rules {

namespace {

/// Whether it is a variable of the patterns: a path is put together above them.
bool is_variable(const BoundExpression& expression, const BoundQuery& query) {
  const auto* const slot = std::get_if<BoundSlot>(&expression.node);
  return slot != nullptr && query.path_of(slot->slot) == nullptr &&
         query.read_of(slot->slot) == nullptr && query.count_of(slot->slot) == nullptr;
}

/// Whether the expression tells something of one variable, and cannot fail: it is evaluated for
/// rows that find no partner, too. A property that events SET is read for each row once.
bool is_simple(const BoundExpression& expression, const BoundQuery& query) {
  if (!instants_of(expression, query).empty()) return false;
  if (const auto* const slot = std::get_if<BoundSlot>(&expression.node)) {
    if (const PropertyRead* const read = query.read_of(slot->slot)) {
      return is_variable(read->object, query);
    }
  }
  const auto* const property = std::get_if<BoundProperty>(&expression.node);
  return is_variable(property == nullptr ? expression : *property->object, query) &&
         (property == nullptr || !property->reads_index);
}

bool is_of(const BoundExpression& expression, const std::vector<SlotId>& bound,
           const BoundQuery& query) {
  const std::vector<SlotId> needed = variables_of(expression, query);
  return std::all_of(needed.begin(), needed.end(), [&bound](SlotId slot) {
    return std::binary_search(bound.begin(), bound.end(), slot);
  });
}

/// Adds the predicate to the keys if it says that something of one side equals something of the
/// other.
void add_key(const BoundExpression& predicate, const std::vector<SlotId>& left,
             const std::vector<SlotId>& right, const BoundQuery& query,
             std::vector<plan::JoinKey>& keys) {
  const auto* const chain = std::get_if<BoundChain>(&predicate.node);
  if (chain == nullptr || chain->operators.size() != 1 ||
      chain->operators.front() != ast::BinaryOperator::kEqual) {
    return;
  }
  const BoundExpression& a = chain->operands.front();
  const BoundExpression& b = chain->operands.back();
  if (!is_simple(a, query) || !is_simple(b, query)) return;
  if (is_of(a, left, query) && is_of(b, right, query)) {
    keys.push_back({&a, &b});
  } else if (is_of(b, left, query) && is_of(a, right, query)) {
    keys.push_back({&b, &a});
  }
}

}  // namespace

void join_by_hash(plan::Box& root, const PlanContext& context) {
  for (plan::Box& input : root->inputs) join_by_hash(input, context);
  if (!std::holds_alternative<plan::Filter>(root->step)) return;
  plan::Node* below = root.get();
  std::vector<const BoundExpression*> predicates;
  while (const auto* const filter = std::get_if<plan::Filter>(&below->step)) {
    predicates.insert(predicates.end(), filter->predicates.begin(), filter->predicates.end());
    below = below->inputs.front().get();
  }
  if (!std::holds_alternative<plan::Cross>(below->step)) return;
  // A row on either side is as good as a table of one.
  const double pairs = below->rows;
  const double most = std::max(below->inputs.front()->rows, below->inputs.back()->rows);
  if (pairs <= most) return;
  const std::vector<SlotId> left = plan::bound_slots(*below->inputs.front());
  const std::vector<SlotId> right = plan::bound_slots(*below->inputs.back());
  plan::HashJoin join;
  for (const BoundExpression* predicate : predicates) {
    add_key(*predicate, left, right, context.query, join.keys);
  }
  if (join.keys.empty()) return;
  below->step = std::move(join);
  below->rows = pairs / std::max(1.0, most);
  for (plan::Node* filter = root.get(); filter != below; filter = filter->inputs.front().get()) {
    filter->rows = std::min(filter->rows, below->rows);
  }
}

}  // namespace annals::query::rules
