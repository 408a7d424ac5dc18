#pragma once

#include <memory>
#include <unordered_map>

#include "schema/base/result.h"
#include "schema/event.h"
#include "schema/ids.h"
#include "storage/graph_index/graph_snapshot.h"

namespace annals::query {

/// Entities and events that one run has looked up lately: a query often asks the same node for its
/// label, its name and more. What it returns is valid until the next call. Not thread-safe; borrows
/// the snapshot. Errors: Corruption, IoError.
class NodeCache {
 public:
  explicit NodeCache(const storage::GraphSnapshot& snapshot) : snapshot_(snapshot) {}

  Result<const storage::Entity*> entity(NodeId id);
  Result<const RecordedEvent*> event(Seq seq);
  /// The entity's type, or the event's kind; zero for an event that is not of a kind.
  Result<SymbolId> label(NodeId id);

 private:
  const storage::GraphSnapshot& snapshot_;
  std::unordered_map<NodeId, storage::Entity> entities_;
  std::unordered_map<NodeId, RecordedEvent> events_;
};

}  // namespace annals::query
