#include <utility>

#include "query/planner/rules/rules.h"

namespace annals::query::rules {

void use_top_k(plan::Box& root, const PlanContext& context) {
  for (plan::Box& input : root->inputs) use_top_k(input, context);
  const auto* limit = std::get_if<plan::Limit>(&root->step);
  if (limit == nullptr) return;
  plan::Box* below = &root->inputs.front();
  const auto* skip = std::get_if<plan::Skip>(&(*below)->step);
  if (skip != nullptr) below = &(*below)->inputs.front();
  const auto* sort = std::get_if<plan::Sort>(&(*below)->step);
  if (sort == nullptr) return;
  (*below)->step = plan::TopK{sort->sorts, skip == nullptr ? nullptr : skip->count, limit->count};
  (*below)->rows = root->rows;
  plan::Box top = std::move(*below);
  root = std::move(top);
}

}  // namespace annals::query::rules
