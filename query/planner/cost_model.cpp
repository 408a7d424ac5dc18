#include "query/planner/cost_model.h"

#include <algorithm>
#include <string>

#include "schema/time/date.h"

namespace annals::query {

namespace {

double count_of(const storage::GraphStatistics::Counts& counts, SymbolId symbol) {
  return static_cast<double>(storage::GraphStatistics::count(counts, symbol));
}

}  // namespace

double CostModel::nodes(const std::vector<SymbolId>& labels) const {
  const auto& statistics = context_.snapshot.statistics();
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
    sum += count_of(context_.snapshot.statistics().events_by_kind, name) *
           (kind.roles[*index].many ? many : 1);
  }
  return sum;
}

std::optional<Micros> CostModel::date_of(ScopeId scope) const {
  const BoundScope& bound = context_.query.scope(scope);
  if (bound.known_at || bound.said_by || context_.vocabulary.has_existence()) return {};
  switch (bound.valid) {
    // Whenever that is: what has not ended.
    case ValidTime::kNow: return kEndOfTime - 1;
    case ValidTime::kAt:
    case ValidTime::kThroughout: break;
    case ValidTime::kDuring:
    case ValidTime::kAllTime: return {};
  }
  const auto* const constant = std::get_if<BoundConstant>(&bound.at->node);
  const auto* const text =
      constant == nullptr ? nullptr : std::get_if<std::string>(&constant->value.data);
  if (text == nullptr) return {};
  const auto date = parse_date(*text, context_.vocabulary.padding().values);
  if (!date || date->begin.earliest == kBeginningOfTime) return {};
  return date->begin.earliest;
}

double CostModel::facts_of(SymbolId relation, ScopeId scope) const {
  const double all = count_of(context_.snapshot.statistics().facts_by_relation, relation);
  const std::optional<Micros> date = date_of(scope);
  if (!date || all == 0) return all;
  const auto [known, is_new] = counted_.try_emplace({relation, *date}, all);
  if (is_new) {
    const auto counts = context_.snapshot.count_facts(relation, {&*date, 1});
    // What cannot be read is told by whoever runs the plan.
    if (counts) known->second = static_cast<double>(counts->front().possible);
  }
  return known->second;
}

double CostModel::facts(const BoundHop& hop) const {
  double sum = hop.any_relation() ? static_cast<double>(context_.snapshot.statistics().facts) : 0;
  for (const SymbolId relation : hop.relations) {
    sum += facts_of(relation, hop.scope);
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

/// Of the events that have the role, or of the nodes that may fill it.
double CostModel::role_population(SymbolId role, bool source) const {
  double events = 0;
  double fillers = 0;
  for (const auto& [name, kind] : context_.vocabulary.kinds()) {
    const auto index = kind.role_index(role);
    if (!index) continue;
    events += count_of(context_.snapshot.statistics().events_by_kind, name);
    const SymbolId type = kind.roles[*index].node_type;
    const double some =
        type ? nodes({type}) : static_cast<double>(context_.snapshot.statistics().entities());
    fillers = std::max(fillers, some);
  }
  return source ? events : fillers;
}

/// Of the nodes that may stand at that end of the hop.
double CostModel::population_of(const BoundHop& hop, bool source) const {
  if (hop.any_relation()) return nodes({});
  double population = 0;
  for (const SymbolId relation : hop.relations) {
    population = std::max(population, end_population(relation, source));
  }
  for (const SymbolId role : hop.roles) {
    population = std::max(population, role_population(role, source));
  }
  return population;
}

double CostModel::fan_out(const BoundHop& hop, bool from_left) const {
  const bool outward = (hop.direction == ast::HopDirection::kIn) != from_left;
  const double facts_each = facts(hop) / std::max(1.0, population_of(hop, outward));
  return hop.length ? paths(facts_each, *hop.length) : facts_each;
}

double CostModel::paths(double facts, const PathLength& length) const {
  // Beyond some hops a path comes back to where others were: a guess. Products of as many of them
  // as a query may have must stay numbers.
  constexpr std::size_t hops_max = 6;
  constexpr double paths_max = 1e4;
  double sum = length.min == 0 ? 1 : 0;
  double level = 1;
  for (std::size_t hops = 1; hops <= std::min(length.max, std::max(length.min, hops_max)); ++hops) {
    level = std::min(level * facts, paths_max);
    if (hops >= length.min) sum += level;
  }
  return std::min(sum, paths_max);
}

double CostModel::join_share(const BoundHop& hop) const {
  const bool outward = hop.direction != ast::HopDirection::kIn;
  return std::min(1.0, fan_out(hop, true) / std::max(1.0, population_of(hop, !outward)));
}

double CostModel::label_share(const BoundHop& hop, bool left,
                              const std::vector<SymbolId>& labels) const {
  const bool source = (hop.direction == ast::HopDirection::kIn) != left;
  return std::min(1.0, nodes(labels) / std::max(1.0, population_of(hop, source)));
}

}  // namespace annals::query
