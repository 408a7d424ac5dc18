#include "query/planner/bound_query.h"

#include <algorithm>

namespace annals::query {

namespace {

void add_instants(const BoundExpression& expression, const BoundQuery& query,
                  std::vector<RowInstant>& instants) {
  const auto add = [&](ScopeId scope) {
    if (scope && query.scope(scope).row.date) instants.push_back(query.scope(scope).row);
  };
  if (const auto* property = std::get_if<BoundProperty>(&expression.node)) {
    if (property->name == "certainty") add(property->scope);
  } else if (const auto* call = std::get_if<BoundCall>(&expression.node)) {
    if (call->function->id == FunctionId::kCertainty) add(call->scope);
  } else if (const auto* slot = std::get_if<BoundSlot>(&expression.node)) {
    const PropertyRead* read = query.read_of(slot->slot);
    if (read != nullptr) {
      add(read->scope);
      add_instants(read->object, query, instants);
    }
  }
  for (const BoundExpression* part : parts_of(expression)) add_instants(*part, query, instants);
}

void add_variables(const BoundExpression& expression, const BoundQuery& query,
                   std::vector<SlotId>& variables) {
  for_each_slot(expression, [&](SlotId slot) {
    if (const PropertyRead* read = query.read_of(slot)) {
      add_variables(read->object, query, variables);
    } else if (const BoundPath* path = query.path_of(slot)) {
      variables.push_back(path->first);
      variables.insert(variables.end(), path->facts.begin(), path->facts.end());
    } else {
      variables.push_back(slot);
    }
  });
}

}  // namespace

std::vector<SlotId> variables_of(const BoundExpression& expression, const BoundQuery& query) {
  std::vector<SlotId> variables;
  add_variables(expression, query, variables);
  for (const RowInstant& row : instants_of(expression, query)) {
    variables.push_back(row.date);
    if (row.event) variables.push_back(row.event);
  }
  std::sort(variables.begin(), variables.end());
  variables.erase(std::unique(variables.begin(), variables.end()), variables.end());
  return variables;
}

bool needs_reads(const BoundExpression& expression, const BoundQuery& query) {
  bool needs = false;
  for_each_slot(expression, [&](SlotId slot) {
    needs = needs || query.read_of(slot) != nullptr || query.count_of(slot) != nullptr;
  });
  return needs;
}

std::vector<RowInstant> instants_of(const BoundExpression& expression, const BoundQuery& query) {
  std::vector<RowInstant> instants;
  add_instants(expression, query, instants);
  return instants;
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

bool asks_whole_row(const BoundExpression& expression, const BoundQuery& query) {
  bool asks = asks_row_certainty(expression);
  for_each_slot(expression, [&](SlotId slot) { asks = asks || query.count_of(slot) != nullptr; });
  return asks;
}

}  // namespace annals::query
