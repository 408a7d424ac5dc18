#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/executor/node_cache.h"
#include "query/executor/row_certainty.h"
#include "query/planner/bound_query.h"
#include "query/result_sink.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
#include "storage/graph_index/graph_snapshot.h"

namespace annals::query {

/// Counts what one statement holds in memory against limits::kStatementMemoryBytesMax.
class MemoryBudget {
 public:
  /// LimitExceeded if the statement would hold more than it may.
  Status take(std::size_t bytes);
  void give_back(std::size_t bytes) { taken_ -= bytes; }

 private:
  std::size_t taken_ = 0;
};

/// The nodes that each name of the query means in this run; names[i] is name i + 1.
using NamedNodes = std::vector<std::vector<NodeId>>;

/// What everything within one run works with. Borrowed parts outlive it. Not thread-safe.
struct RunContext {
  const storage::GraphSnapshot& snapshot;
  const BoundQuery& query;
  std::string_view text;  ///< The statement, for places.
  const Parameters& parameters;
  Micros now;
  Micros asked_at;  ///< The instant of what has no valid time of its own: now, or given.
  const StopFlag& stop;
  NodeCache nodes;
  MemoryBudget memory;
  RunScopes scopes;
  NamedNodes names;

  RunContext(const storage::GraphSnapshot& at, const BoundQuery& bound, std::string_view statement,
             const Parameters& given, Micros present, const StopFlag& stop_flag)
      : snapshot(at),
        query(bound),
        text(statement),
        parameters(given),
        now(present),
        asked_at(present),
        stop(stop_flag),
        nodes(at) {}

  const ScopeTimes& scope(ScopeId id) const { return scopes[id.raw - 1]; }
  std::span<const SlotInfo> slots() const { return query.slots; }
  /// `error`, at that place of the statement unless it knows a place already.
  Error placed(Error error, ast::SourceRange range) const;
  Error invalid(std::string message, ast::SourceRange range, std::string hint = {}) const;
};

/// The bounds of a fact.
inline SpellBounds bounds_of(const storage::Fact& fact) {
  return {fact.begin, fact.end, fact.id.begun_by, fact.ended_by};
}
inline SpellBounds bounds_of(const storage::PropertyFact& fact) {
  return {fact.begin, fact.end, fact.id.begun_by, fact.ended_by};
}

}  // namespace annals::query
