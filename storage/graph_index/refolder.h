#pragma once

#include <vector>

#include "schema/base/result.h"
#include "storage/graph_index/fact.h"

namespace annals::storage {

class GraphSnapshot;
struct FactScan;
struct TimelineEffect;

/// Folds events anew at the time of the question, for what no index holds: the graph from the
/// events that had been said by a moment. Costs the events in which the scan's node takes part, and
/// without a node all events. Const members are thread-safe. Errors: Corruption, IoError.
class Refolder {
 public:
  virtual ~Refolder() = default;
  /// The facts that may hold in the scan's window, of the events that `seen` shows, whether or not
  /// their nodes exist then.
  virtual Status facts(const GraphSnapshot& seen, const FactScan& scan,
                       std::vector<Fact>& facts) const = 0;
  /// The properties of `node`, of all names if `name` is zero.
  virtual Status properties(const GraphSnapshot& seen, NodeId node, SymbolId name, Window window,
                            std::vector<PropertyFact>& properties) const = 0;
  /// What begins and ends the existence of `node`.
  virtual Status existence(const GraphSnapshot& seen, NodeId node,
                           std::vector<TimelineEffect>& effects) const = 0;
};

}  // namespace annals::storage
