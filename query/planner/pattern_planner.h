#pragma once

#include <set>
#include <vector>

#include "query/planner/cost_model.h"
#include "query/planner/logical_plan.h"

namespace annals::query {

/// Decides in which order the nodes and hops of one MATCH are visited. Greedy:
/// (1) a part of the pattern that holds a node of an earlier clause goes on from there; any other
///     part is planned by itself, and their rows are combined;
/// (2) within a part, all named nodes come first: one row each;
/// (3) a part without either starts with the scan that costs least: of a label, of all nodes, or of
///     all facts of one hop;
/// (4) a hop whose ends are both there is checked at once; else the hop with the fewest facts per
///     node is followed next.
/// Considered and left for later: enumerating all orders; with exact counts the greedy order is
/// rarely wrong for patterns of a few hops.
class PatternPlanner {
 public:
  PatternPlanner(const PlanContext& context, const BoundClause& clause)
      : context_(context), costs_(context), clause_(clause) {}

  /// The plan of the clause over `current`, the plan of the clauses before it (null for none).
  /// Checks of labels, names and predicates that are not part of a scan stand on top.
  plan::Box plan(plan::Box current);

 private:
  struct Part {
    std::vector<SlotId> nodes;
    std::vector<const BoundHop*> hops;
  };

  std::vector<Part> parts() const;
  plan::Box extend(plan::Box current, const Part& part);
  plan::Box add_named(plan::Box current, const Part& part);
  plan::Box start(const Part& part);
  plan::Box add_checks(plan::Box current);
  std::vector<plan::Filter> filters() const;
  std::vector<SymbolId> scan_labels(SlotId node) const;
  bool is_bound(SlotId slot) const { return bound_.contains(slot); }
  /// Whether each row asks about an instant of its own: then its facts are read row by row.
  bool asks_each_row() const { return bool(context_.query.scope(clause_.scope).row.date); }
  void bind_hop(const BoundHop& hop);
  /// Whether the two may not be the same fact: both are of one MATCH and may meet.
  static bool must_differ(const BoundHop& hop, const BoundHop& other);
  bool meets_done(const BoundHop& hop) const;
  /// The hop as a step: it differs from those visited before, whatever the order of writing.
  BoundHop placed(const BoundHop& hop) const;

  const PlanContext& context_;
  CostModel costs_;
  const BoundClause& clause_;
  std::set<SlotId> bound_;
  std::set<const BoundHop*> done_;
  std::set<const NameCheck*> names_done_;
};

}  // namespace annals::query
