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

bool EntityCache::find_named(std::string_view name, SymbolId type, std::uint64_t entity_count,
                             std::vector<NodeId>& entities) const {
  const KeyView key = key_of(name, type);
  const Shard& shard = shards_[key.hash % kShards];
  const std::lock_guard lock(shard.mutex);
  const auto known = shard.named.find(key);
  if (known == shard.named.end() || known->second.entity_count != entity_count) return false;
  if (known->second.only) {
    entities.assign(1, known->second.only);
  } else {
    entities = shard.several.find(key)->second;
  }
  return true;
}

void EntityCache::add_named(std::string_view name, SymbolId type, std::uint64_t entity_count,
                            const std::vector<NodeId>& entities) {
  const KeyView view = key_of(name, type);
  OwnKey key{std::string(name), type, view.hash};
  Shard& shard = shards_[key.hash % kShards];
  const std::lock_guard lock(shard.mutex);
  if (shard.named.size() >= kEntriesMax / kShards) {
    shard.named.clear();
    shard.several.clear();
  }
  const NodeId only = entities.size() == 1 ? entities.front() : NodeId();
  if (!only) shard.several.insert_or_assign(key, entities);
  shard.named.insert_or_assign(std::move(key), Named{entity_count, only});
}

}  // namespace annals::storage
