#pragma once

#include <vector>

#include "query/planner/bound_query.h"
#include "schema/vocabulary.h"
#include "storage/graph_index/graph_statistics.h"

namespace annals::query {

/// What the planner knows besides the query. Borrows all of it.
struct PlanContext {
  const BoundQuery& query;
  const Vocabulary& vocabulary;
  const storage::GraphStatistics& statistics;
};

/// Estimates numbers of rows from the counts that the projection keeps. Thread-safe; borrows the
/// context.
class CostModel {
 public:
  /// What positioning the index at a node costs, in rows read one after the other.
  static constexpr double kSeekRows = 8;
  /// The part of the rows that an unknown predicate lets through.
  static constexpr double kPredicateShare = 0.3;

  explicit CostModel(const PlanContext& context) : context_(context) {}

  /// Nodes with one of the labels; all nodes if there are none.
  double nodes(const std::vector<SymbolId>& labels) const;
  /// Facts that match the hop, whatever its ends.
  double facts(const BoundHop& hop) const;
  /// Facts that match the hop from one node at its left (or right) end; of a hop with a length the
  /// paths.
  double fan_out(const BoundHop& hop, bool from_left) const;

 private:
  double paths(double facts, const PathLength& length) const;
  double nodes_that_fill(SymbolId role) const;
  double end_population(SymbolId relation, bool source) const;

  const PlanContext& context_;
};

}  // namespace annals::query
