#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "query/executor/run_context.h"
#include "query/planner/bound_query.h"
#include "schema/base/result.h"
#include "storage/graph_index/graph_snapshot.h"

namespace annals::query {

/// Reads the facts that match a hop at one node, or everywhere: those of its relations from the
/// graph index, bounded by the window of its scope, and the roles that it names from the events,
/// each as a fact from the event to the node, for all time. Not thread-safe; borrows hop and
/// context. Errors: Corruption, IoError.
class HopReader {
 public:
  HopReader(const BoundHop& hop, const RunContext& context)
      : hop_(hop), view_(context.view(hop.scope)) {}

  /// Begins with the facts at `node`, the hop's left end (or right end); with `neighbour` at the
  /// other end unless that is zero. If `node` is zero: all facts; then the hop must have no roles.
  /// Those that cannot hold in `window` may be left out.
  void start(NodeId node, bool from_left, NodeId neighbour, const storage::Window& window);

  /// Replaces `facts` by up to `count_max` (not zero) further ones, all of one orientation; false
  /// if there are none left.
  Result<bool> next(std::vector<storage::Fact>& facts, std::size_t count_max);

  /// Whether the source of what next() gave last is at the hop's left end.
  bool left_is_source() const { return outward_ == from_left_; }

 private:
  /// The hop in one direction: its relations, then its roles.
  Status open_next();
  void open_relation(SymbolId relation);
  Status open_roles();
  Status add_fillings(Seq event, NodeId only);
  Status next_participations(std::size_t count_max);
  void drop_loops(std::vector<storage::Fact>& facts) const;
  bool wants_role(SymbolId role) const;

  const BoundHop& hop_;
  View view_;
  storage::Window window_;
  NodeId node_;
  NodeId neighbour_;
  bool from_left_ = true;
  bool outward_ = true;       // node_ is the source
  bool second_pass_ = false;  // of kEither: the other direction was read
  bool finished_ = true;
  std::size_t step_ = 0;  // relations, then the roles
  std::unique_ptr<storage::Cursor<storage::Fact>> facts_;
  std::unique_ptr<storage::Cursor<storage::Participation>> participations_;
  std::vector<storage::Participation> rows_;
  std::vector<storage::Fact> roles_;  // read and not yet given
  std::size_t roles_given_ = 0;
};

/// Whether both are the same fact, or say that the same node fills the same role.
bool is_same_fact(const storage::Fact& a, const storage::Fact& b);

/// Whether it says that a node fills a role.
bool is_role_fact(const storage::Fact& fact);

}  // namespace annals::query
