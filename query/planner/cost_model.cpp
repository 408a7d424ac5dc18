#include "query/planner/cost_model.h"

#include <algorithm>
#include <map>

namespace annals::query {

namespace {

double count_of(const std::map<SymbolId, std::uint64_t>& counts, SymbolId symbol) {
  const auto found = counts.find(symbol);
  return found == counts.end() ? 0 : static_cast<double>(found->second);
}

}  // namespace

double CostModel::nodes(const std::vector<SymbolId>& labels) const {
  const auto& statistics = context_.statistics;
  if (labels.empty()) return static_cast<double>(statistics.entities() + statistics.events);
  double sum = 0;
  for (const SymbolId label : labels) {
    sum +=
        count_of(statistics.entities_by_type, label) + count_of(statistics.events_by_kind, label);
  }
  return sum;
}

double CostModel::nodes_that_fill(SymbolId role) const {
  // A `many` role is filled by a handful: a guess, since nobody counts them.
  constexpr double many = 4;
  double sum = 0;
  for (const auto& [name, kind] : context_.vocabulary.kinds()) {
    const auto index = kind.role_index(role);
    if (!index) continue;
    sum +=
        count_of(context_.statistics.events_by_kind, name) * (kind.roles[*index].many ? many : 1);
  }
  return sum;
}

double CostModel::facts(const BoundHop& hop) const {
  double sum = hop.any_relation() ? static_cast<double>(context_.statistics.facts) : 0;
  for (const SymbolId relation : hop.relations) {
    sum += count_of(context_.statistics.facts_by_relation, relation);
  }
  for (const SymbolId role : hop.roles) sum += nodes_that_fill(role);
  return hop.direction == ast::HopDirection::kEither ? 2 * sum : sum;
}

double CostModel::end_population(SymbolId relation, bool source) const {
  const Relation* definition = context_.vocabulary.find_relation(relation);
  if (definition == nullptr) return nodes({});
  const SymbolId type = source ? definition->source_type : definition->target_type;
  return type ? nodes({type}) : nodes({});
}

double CostModel::fan_out(const BoundHop& hop, bool from_left) const {
  const bool outward = (hop.direction == ast::HopDirection::kIn) != from_left;
  double population = 0;
  for (const SymbolId relation : hop.relations) {
    population = std::max(population, end_population(relation, outward));
  }
  for (const SymbolId role : hop.roles) {
    double events = 0;
    for (const auto& [name, kind] : context_.vocabulary.kinds()) {
      if (kind.role_index(role)) events += count_of(context_.statistics.events_by_kind, name);
    }
    population = std::max(population, outward ? events : nodes({}));
  }
  if (hop.any_relation()) population = nodes({});
  const double facts_each = facts(hop) / std::max(1.0, population);
  return hop.length ? paths(facts_each, *hop.length) : facts_each;
}

double CostModel::paths(double facts, const PathLength& length) const {
  // Beyond some hops a path comes back to where others were: a guess.
  constexpr std::size_t hops_max = 6;
  double sum = length.min == 0 ? 1 : 0;
  double level = 1;
  for (std::size_t hops = 1; hops <= std::min(length.max, std::max(length.min, hops_max)); ++hops) {
    level = std::min(level * facts, 1e12);
    if (hops >= length.min) sum += level;
  }
  return sum;
}

}  // namespace annals::query
