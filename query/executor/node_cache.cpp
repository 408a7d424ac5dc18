#include "query/executor/node_cache.h"

#include <utility>

namespace annals::query {

namespace {

/// Enough for the nodes of a few batches; an entry takes some hundred bytes.
constexpr std::size_t kEntriesMax = 8'192;

}  // namespace

Result<const storage::Entity*> NodeCache::entity(NodeId id) {
  const auto known = entities_.find(id);
  if (known != entities_.end()) return &known->second;
  ANNALS_TRY(storage::Entity found, snapshot_.entity(id));
  if (entities_.size() >= kEntriesMax) entities_.clear();
  return &entities_.emplace(id, std::move(found)).first->second;
}

Result<const RecordedEvent*> NodeCache::event(Seq seq) {
  const NodeId id = NodeId::event(seq);
  const auto known = events_.find(id);
  if (known != events_.end()) return &known->second;
  ANNALS_TRY(RecordedEvent found, snapshot_.event(seq));
  if (events_.size() >= kEntriesMax) events_.clear();
  return &events_.emplace(id, std::move(found)).first->second;
}

Result<SymbolId> NodeCache::label(NodeId id) {
  if (!id.is_event()) {
    ANNALS_TRY(const storage::Entity* found, entity(id));
    return found->type;
  }
  ANNALS_TRY(const RecordedEvent* found, event(id.event_seq()));
  const auto* occurrence = std::get_if<Occurrence>(&found->event.body);
  return occurrence == nullptr ? SymbolId() : occurrence->kind;
}

}  // namespace annals::query
