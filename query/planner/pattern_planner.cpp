#include "query/planner/pattern_planner.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include "query/planner/exists_planner.h"

namespace annals::query {

namespace {

/// Filters of one clause that are placed each by itself. Beyond that they wait for all variables: a
/// plan must not grow deep because somebody wrote ten thousand conditions.
constexpr std::size_t kFiltersMax = 32;

}  // namespace

std::vector<PatternPlanner::Part> PatternPlanner::parts() const {
  // The part of each node, merged along hops. Patterns are small: quadratic is fine.
  std::map<SlotId, std::size_t> part_of;
  for (std::size_t i = 0; i < clause_.nodes.size(); ++i) part_of[clause_.nodes[i]] = i;
  for (const BoundHop& hop : clause_.hops) {
    const std::size_t from = part_of[hop.right];
    const std::size_t to = part_of[hop.left];
    for (auto& [node, part] : part_of) part = part == from ? to : part;
  }
  std::map<std::size_t, Part> found;
  for (const SlotId node : clause_.nodes) found[part_of[node]].nodes.push_back(node);
  for (const BoundHop& hop : clause_.hops) found[part_of[hop.left]].hops.push_back(&hop);
  std::vector<Part> all;
  all.reserve(found.size());
  for (auto& [number, part] : found) all.push_back(std::move(part));
  return all;
}

std::vector<SymbolId> PatternPlanner::scan_labels(SlotId node) const {
  const std::vector<SymbolId>* best = nullptr;
  for (const LabelCheck& check : clause_.labels) {
    if (check.slot != node || check.negated) continue;
    if (best == nullptr || costs_.nodes(check.labels) < costs_.nodes(*best)) best = &check.labels;
  }
  return best == nullptr ? std::vector<SymbolId>() : *best;
}

/// Where no relation can be scanned, a node without a label is looked for among those that the
/// relation of one of its hops joins: events are no members of anything, and there may be very
/// many.
std::vector<SymbolId> PatternPlanner::start_labels(SlotId node) const {
  std::vector<SymbolId> labels = scan_labels(node);
  if (!labels.empty() || !by_cost()) return labels;
  for (const BoundHop& hop : clause_.hops) {
    const bool is_one_relation = hop.relations.size() == 1 && hop.roles.empty() && !hop.length &&
                                 hop.direction != ast::HopDirection::kEither;
    if (!is_one_relation || (hop.left != node && hop.right != node)) continue;
    const Relation* const relation = context_.vocabulary.find_relation(hop.relations.front());
    if (relation == nullptr) continue;
    const bool is_source = (hop.direction == ast::HopDirection::kOut) == (hop.left == node);
    const SymbolId type = is_source ? relation->source_type : relation->target_type;
    if (type) return {type};
  }
  return labels;
}

void PatternPlanner::bind_hop(const BoundHop& hop) {
  bound_.insert(hop.fact);
  bound_.insert(hop.left);
  bound_.insert(hop.right);
  done_.insert(&hop);
}

bool PatternPlanner::must_differ(const BoundHop& hop, const BoundHop& other) {
  const auto names = [](const BoundHop& one, const BoundHop& two) {
    const auto& facts = one.differs_from;
    return std::find(facts.begin(), facts.end(), two.fact) != facts.end();
  };
  return names(hop, other) || names(other, hop);
}

bool PatternPlanner::meets_done(const BoundHop& hop) const {
  return std::any_of(done_.begin(), done_.end(),
                     [&hop](const BoundHop* other) { return must_differ(hop, *other); });
}

BoundHop PatternPlanner::placed(const BoundHop& hop) const {
  BoundHop step = hop;
  step.differs_from.clear();
  for (const BoundHop& other : clause_.hops) {
    if (done_.contains(&other) && must_differ(hop, other)) step.differs_from.push_back(other.fact);
  }
  return step;
}

plan::Box PatternPlanner::add_named(plan::Box current, const Part& part) {
  const auto add = [&](const NameCheck& check) {
    const bool here =
        std::find(part.nodes.begin(), part.nodes.end(), check.slot) != part.nodes.end();
    if (!here || is_bound(check.slot)) return;
    plan::Box scan = plan::leaf(plan::NodeByName{check.slot, check.name}, 1);
    current =
        current == nullptr ? std::move(scan) : plan::cross(std::move(current), std::move(scan));
    bound_.insert(check.slot);
    names_done_.insert(&check);
  };
  for (const NameCheck& check : clause_.names) add(check);
  if (!by_cost()) return current;
  for (const NameCheck& check : clause_.names_by_condition) add(check);
  return current;
}

double PatternPlanner::label_share(const BoundHop& hop, bool left) const {
  const std::vector<SymbolId> labels = scan_labels(left ? hop.left : hop.right);
  return labels.empty() ? 1 : costs_.label_share(hop, left, labels);
}

std::vector<PatternPlanner::Tour> PatternPlanner::starts(const Part& part) const {
  std::vector<Tour> scans;
  for (const BoundHop* hop : part.hops) {
    // A scan has no rows before it whose facts it could differ from.
    if (hop->length || !hop->roles.empty() || hop->left == hop->right) continue;
    if (meets_done(*hop)) continue;
    if (asks_each_row()) continue;
    const double facts = costs_.facts(*hop);
    const double rows = facts * label_share(*hop, true) * label_share(*hop, false);
    // Unless the relation's ends imply the labels, each node has to be looked at.
    const bool looks = !scan_labels(hop->left).empty() || !scan_labels(hop->right).empty();
    scans.push_back({SlotId(), hop, rows, looks ? 2 * facts : facts});
  }
  std::vector<Tour> all;
  for (const SlotId node : part.nodes) {
    std::vector<SymbolId> labels = scans.empty() ? start_labels(node) : scan_labels(node);
    const double rows = costs_.nodes(labels);
    all.push_back({node, nullptr, rows, rows, {}, std::move(labels)});
  }
  std::move(scans.begin(), scans.end(), std::back_inserter(all));
  return all;
}

PatternPlanner::Visit PatternPlanner::best_visit(const Part& part,
                                                 const std::set<const BoundHop*>& open,
                                                 const std::set<SlotId>& bound, double rows) const {
  Visit best;
  double best_cost = 0;
  for (const BoundHop* hop : part.hops) {
    if (!open.contains(hop)) continue;
    const bool left = bound.contains(hop->left);
    const bool right = bound.contains(hop->right);
    if (left && right) return {hop, true, true, rows * costs_.join_share(*hop)};
    if (!left && !right) continue;
    // What is read counts beside what goes on: a label may refuse most of it.
    const double read = rows * costs_.fan_out(*hop, left);
    const double behind = read * label_share(*hop, right);
    if (best.hop != nullptr && !(by_cost() && read + behind < best_cost)) continue;
    best = {hop, left, false, behind};
    best_cost = read + behind;
  }
  return best;
}

void PatternPlanner::complete(Tour& tour, const Part& part, double cost_max) const {
  std::set<SlotId> bound = bound_;
  std::set<const BoundHop*> open;
  for (const BoundHop* hop : part.hops) {
    if (hop != tour.hop) open.insert(hop);
  }
  if (tour.node) bound.insert(tour.node);
  if (tour.hop != nullptr) bound.insert({tour.hop->left, tour.hop->right});
  double rows = tour.rows;
  while (tour.cost <= cost_max) {
    const Visit next = best_visit(part, open, bound, rows);
    if (next.hop == nullptr) return;
    const double read = next.into ? 1 : costs_.fan_out(*next.hop, next.from_left);
    tour.cost += rows * (CostModel::kSeekRows + read);
    rows = next.rows;
    bound.insert({next.hop->left, next.hop->right});
    open.erase(next.hop);
    tour.visits.push_back(next);
  }
}

PatternPlanner::Tour PatternPlanner::best_tour(const Part& part) const {
  Tour best;
  best.cost = std::numeric_limits<double>::infinity();
  for (Tour& tour : starts(part)) {
    complete(tour, part, best.cost);
    if (tour.cost < best.cost) best = std::move(tour);
    if (!by_cost()) break;
  }
  return best;
}

plan::Box PatternPlanner::scan(const Tour& tour) {
  if (tour.hop != nullptr) {
    plan::Box facts = plan::leaf(plan::FactScan{placed(*tour.hop)}, tour.rows);
    bind_hop(*tour.hop);
    return facts;
  }
  bound_.insert(tour.node);
  return plan::leaf(plan::NodeScan{tour.node, tour.labels, clause_.scope}, tour.rows);
}

const NameCheck* PatternPlanner::name_of(SlotId node) const {
  const auto found = std::find_if(clause_.names.begin(), clause_.names.end(),
                                  [node](const NameCheck& check) { return check.slot == node; });
  return found == clause_.names.end() ? nullptr : &*found;
}

plan::Box PatternPlanner::check_hop(plan::Box current, const BoundHop& step, double rows) const {
  const double each = current->rows * CostModel::kSeekRows;
  for (const bool from_left : {true, false}) {
    const NameCheck* const name = name_of(from_left ? step.left : step.right);
    const bool can_join = by_cost() && !asks_each_row() && step.left != step.right;
    if (name == nullptr || !can_join) continue;
    const double found = costs_.fan_out(step, from_left);
    // A row of the table is written, and read again.
    if (CostModel::kSeekRows + 2 * found + current->rows >= each) continue;
    BoundHop hop = step;
    hop.differs_from.clear();
    plan::Box start = plan::leaf(plan::NodeByName{name->slot, name->name}, 1);
    plan::HashJoin join;
    join.nodes = {std::min(step.left, step.right), std::max(step.left, step.right)};
    join.differs_left = step.differs_from;
    if (!join.differs_left.empty()) join.differs_right = step.fact;
    plan::Box table = plan::over(std::move(start), plan::Expand{std::move(hop), from_left}, found);
    plan::Box joined = plan::over(std::move(current), std::move(join), rows);
    joined->inputs.push_back(std::move(table));
    return joined;
  }
  return plan::over(std::move(current), plan::ExpandInto{step}, rows);
}

plan::Box PatternPlanner::extend(plan::Box current, const Part& part) {
  current = add_named(std::move(current), part);
  const bool goes_on = std::any_of(part.nodes.begin(), part.nodes.end(),
                                   [this](SlotId node) { return is_bound(node); });
  Tour tour;
  if (goes_on) {
    tour.rows = current->rows;
    complete(tour, part, std::numeric_limits<double>::infinity());
  } else {
    tour = best_tour(part);
    plan::Box first = scan(tour);
    current =
        current == nullptr ? std::move(first) : plan::cross(std::move(current), std::move(first));
  }
  const double factor = tour.rows > 0 ? current->rows / tour.rows : 1;
  for (const Visit& visit : tour.visits) {
    const double rows = factor * visit.rows;
    const BoundHop step = placed(*visit.hop);
    if (visit.hop->length) {
      plan::ExpandPaths paths{step, visit.into || visit.from_left, visit.into};
      current = plan::over(std::move(current), std::move(paths), rows);
      bind_hop(*visit.hop);
      continue;
    }
    current = visit.into
                  ? check_hop(std::move(current), step, rows)
                  : plan::over(std::move(current), plan::Expand{step, visit.from_left}, rows);
    bind_hop(*visit.hop);
  }
  return current;
}

plan::Box PatternPlanner::add_checks(plan::Box current) {
  for (const NameCheck& check : clause_.names) {
    if (names_done_.contains(&check)) continue;
    current = plan::over(std::move(current), plan::NameFilter{check}, 1);
  }
  for (const LabelCheck& check : clause_.labels) {
    // What labels leave is counted where their nodes are first there.
    const double rows = current->rows;
    current = plan::over(std::move(current), plan::LabelFilter{check}, rows);
  }
  const auto share = [&current] { return current->rows * CostModel::kPredicateShare; };
  std::vector<plan::Filter> waiting;
  for (plan::Filter& filter : filters()) {
    if (filter.stays) {
      waiting.push_back(std::move(filter));
      continue;
    }
    const double rows = share();
    current = plan::over(std::move(current), std::move(filter), rows);
  }
  for (const BoundWhere& where : clause_.conditions) {
    const double rows = share();
    plan::Exists exists = plan_exists(where, *current, clause_.scope, context_);
    current = plan::over(std::move(current), std::move(exists), rows);
  }
  for (plan::Filter& filter : waiting) {
    const double rows = share();
    current = plan::over(std::move(current), std::move(filter), rows);
  }
  return current;
}

std::vector<plan::Filter> PatternPlanner::filters() const {
  // Predicates on the same variables stand together, those that need no read before those that do.
  std::map<std::tuple<std::vector<SlotId>, bool, bool>, std::size_t> groups;
  std::vector<plan::Filter> all;
  for (const bool reads : {false, true}) {
    for (const BoundExpression& predicate : clause_.predicates) {
      if (needs_reads(predicate, context_.query) != reads) continue;
      const bool stays = asks_whole_row(predicate, context_.query);
      std::size_t group = kFiltersMax - 1;
      if (all.size() < kFiltersMax) {
        const std::tuple key(variables_of(predicate, context_.query), reads, stays);
        const auto [known, is_new] = groups.try_emplace(key, all.size());
        if (is_new) all.emplace_back();
        group = known->second;
      }
      all[group].predicates.push_back(&predicate);
      all[group].stays = all[group].stays || stays;
    }
  }
  return all;
}

plan::Box PatternPlanner::plan(plan::Box current) {
  for (const NodeCast& cast : clause_.casts) {
    const double rows = current->rows;
    current = plan::over(std::move(current), plan::AsNode{cast}, rows);
  }
  if (current != nullptr) {
    for (const SlotId slot : plan::bound_slots(*current)) bound_.insert(slot);
  }
  plan::Present present;
  for (const SlotId node : clause_.nodes) {
    if (is_bound(node) && context_.query.slot(node).nullable) present.slots.push_back(node);
  }
  if (!present.slots.empty()) {
    const double rows = current->rows;
    current = plan::over(std::move(current), std::move(present), rows);
  }
  std::vector<Part> apart;
  for (Part& part : parts()) {
    const bool connected = std::any_of(part.nodes.begin(), part.nodes.end(),
                                       [this](SlotId node) { return is_bound(node); });
    if (connected) {
      current = extend(std::move(current), part);
    } else {
      apart.push_back(std::move(part));
    }
  }
  std::vector<plan::Box> plans;
  plans.reserve(apart.size());
  // A part whose facts must differ from those of another goes on from that one's rows.
  std::vector<const Part*> later;
  for (const Part& part : apart) {
    const bool meets = std::any_of(part.hops.begin(), part.hops.end(),
                                   [this](const BoundHop* hop) { return meets_done(*hop); });
    if (meets || (asks_each_row() && !part.hops.empty())) {
      later.push_back(&part);
    } else {
      plans.push_back(extend(nullptr, part));
    }
  }
  // The second input of a combination is held in memory: the small ones.
  std::stable_sort(plans.begin(), plans.end(),
                   [](const plan::Box& a, const plan::Box& b) { return a->rows > b->rows; });
  for (plan::Box& one : plans) {
    current = current == nullptr ? std::move(one) : plan::cross(std::move(current), std::move(one));
  }
  for (const Part* part : later) current = extend(std::move(current), *part);
  return add_checks(std::move(current));
}

}  // namespace annals::query
