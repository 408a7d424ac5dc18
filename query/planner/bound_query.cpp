#include "query/planner/bound_query.h"

#include <algorithm>

namespace annals::query {

namespace {

void add_variables(const BoundExpression& expression, const BoundQuery& query,
                   std::vector<SlotId>& variables) {
  for_each_slot(expression, [&](SlotId slot) {
    const PropertyRead* read = query.read_of(slot);
    if (read == nullptr) {
      variables.push_back(slot);
    } else {
      add_variables(read->object, query, variables);
    }
  });
}

}  // namespace

std::vector<SlotId> variables_of(const BoundExpression& expression, const BoundQuery& query) {
  std::vector<SlotId> variables;
  add_variables(expression, query, variables);
  std::sort(variables.begin(), variables.end());
  variables.erase(std::unique(variables.begin(), variables.end()), variables.end());
  return variables;
}

bool needs_reads(const BoundExpression& expression, const BoundQuery& query) {
  bool needs = false;
  for_each_slot(expression, [&](SlotId slot) { needs = needs || query.read_of(slot) != nullptr; });
  return needs;
}

bool asks_row_certainty(const BoundExpression& expression) {
  const auto* call = std::get_if<BoundCall>(&expression.node);
  if (call != nullptr && call->function->id == FunctionId::kCertainty && call->arguments.empty()) {
    return true;
  }
  const auto parts = parts_of(expression);
  return std::any_of(parts.begin(), parts.end(),
                     [](const BoundExpression* part) { return asks_row_certainty(*part); });
}

}  // namespace annals::query
