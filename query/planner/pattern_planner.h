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
/// (3) a part without either starts with one of all scans there are: of a label, of all nodes, of
///     all facts of one hop; that from which the whole part costs least by (4);
/// (4) a hop whose ends are both there is checked at once, row by row or by a join with what is
///     found from a named end; else the hop with the fewest rows per row is followed next.
/// Considered and left: enumerating all orders behind the start. A hop that leaves few rows is
/// rarely better followed late.
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

  /// A hop to follow, or to check between nodes that are both there.
  struct Visit {
    const BoundHop* hop = nullptr;
    bool from_left = true;
    bool into = false;
    double rows = 0;  ///< Behind it.
  };
  /// A way through a part: a scan, unless it begins at nodes that are there, and the hops in order.
  struct Tour {
    SlotId node;                    ///< Which nodes are scanned; or
    const BoundHop* hop = nullptr;  ///< whose facts.
    double rows = 0;                ///< Of the scan, or of what is there.
    double cost = 0;                ///< In rows that are read.
    std::vector<Visit> visits = {};
    std::vector<SymbolId> labels = {};  ///< Of the nodes that are scanned; none: all.
  };

  std::vector<Part> parts() const;
  plan::Box extend(plan::Box current, const Part& part);
  plan::Box add_named(plan::Box current, const Part& part);
  plan::Box scan(const Tour& tour);
  /// The facts of a hop between nodes that are both there, checked row by row; or, if one of them
  /// has a name and few facts, found from there once and joined with the rows.
  plan::Box check_hop(plan::Box current, const BoundHop& step, double rows) const;
  const NameCheck* name_of(SlotId node) const;
  /// The part of a hop's facts of which the node at that end has the labels that it must have.
  double label_share(const BoundHop& hop, bool left) const;
  std::vector<Tour> starts(const Part& part) const;
  Tour best_tour(const Part& part) const;
  Visit best_visit(const Part& part, const std::set<const BoundHop*>& open,
                   const std::set<SlotId>& bound, double rows) const;
  void complete(Tour& tour, const Part& part, double cost_max) const;
  plan::Box add_checks(plan::Box current);
  std::vector<plan::Filter> filters() const;
  std::vector<SymbolId> scan_labels(SlotId node) const;
  std::vector<SymbolId> start_labels(SlotId node) const;
  bool is_bound(SlotId slot) const { return bound_.contains(slot); }
  /// Whether each row asks about an instant of its own: then its facts are read row by row.
  bool asks_each_row() const { return bool(context_.query.scope(clause_.scope).row.date); }
  bool by_cost() const { return context_.planning == Planning::kByCost; }
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
