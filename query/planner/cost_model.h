#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "query/planner/bound_query.h"
#include "schema/ids.h"
#include "schema/time/instant.h"
#include "schema/vocabulary.h"
#include "storage/graph_index/graph_snapshot.h"

namespace annals::query {

/// How a plan is made. kAsWritten visits patterns in the order of writing and leaves out all rules
/// that only make a plan faster: its rows are the same, which is what tests compare.
enum class Planning : std::uint8_t { kByCost, kAsWritten };

/// What the planner knows besides the query. Borrows all of it.
struct PlanContext {
  const BoundQuery& query;
  const Vocabulary& vocabulary;
  const storage::GraphSnapshot& snapshot;  ///< Only for what it counts without looking at facts.
  Planning planning = Planning::kByCost;
};

/// Estimates numbers of rows from the counts that the projection keeps: of nodes by label, of facts
/// by relation, and of those that hold at a date. Not thread-safe; borrows the context.
class CostModel {
 public:
  /// What positioning the index at a node costs, in rows read one after the other.
  static constexpr double kSeekRows = 8;
  /// The part of the rows that an unknown predicate lets through.
  static constexpr double kPredicateShare = 0.3;

  explicit CostModel(const PlanContext& context) : context_(context) {}

  /// Nodes with one of the labels; all nodes if there are none.
  double nodes(const std::vector<SymbolId>& labels) const;
  /// Facts that match the hop in its scope, whatever its ends: those of a date that is written in
  /// the query (or of the present) were counted; a date that comes with a parameter may be any.
  double facts(const BoundHop& hop) const;
  /// Facts that match the hop from one node at its left (or right) end; of a hop with a length the
  /// paths.
  double fan_out(const BoundHop& hop, bool from_left) const;
  /// The part of the pairs of nodes at the hop's ends that it joins.
  double join_share(const BoundHop& hop) const;
  /// The part of the nodes to which the hop leads at that end that have one of the labels.
  double label_share(const BoundHop& hop, bool left, const std::vector<SymbolId>& labels) const;

 private:
  std::optional<Micros> date_of(ScopeId scope) const;
  double facts_of(SymbolId relation, ScopeId scope) const;
  double paths(double facts, const PathLength& length) const;
  double nodes_that_fill(SymbolId role) const;
  double end_population(SymbolId relation, bool source) const;
  double role_population(SymbolId role, bool source) const;
  double population_of(const BoundHop& hop, bool source) const;

  const PlanContext& context_;
  mutable std::map<std::pair<SymbolId, Micros>, double> counted_;
};

}  // namespace annals::query
