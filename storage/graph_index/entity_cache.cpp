#include "storage/graph_index/entity_cache.h"

#include <utility>

namespace annals::storage {

std::shared_ptr<const Entity> EntityCache::find(NodeId id) const {
  const Shard& shard = shards_[id.raw % kShards];
  const std::lock_guard lock(shard.mutex);
  const auto known = shard.entities.find(id.raw);
  return known == shard.entities.end() ? nullptr : known->second;
}

void EntityCache::add(std::shared_ptr<const Entity> entity) {
  Shard& shard = shards_[entity->id.raw % kShards];
  const std::lock_guard lock(shard.mutex);
  if (shard.entities.size() >= kEntriesMax / kShards) shard.entities.clear();
  const std::uint64_t id = entity->id.raw;
  shard.entities.insert_or_assign(id, std::move(entity));
}

}  // namespace annals::storage
