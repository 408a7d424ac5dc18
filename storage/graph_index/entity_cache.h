#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include <boost/unordered/unordered_flat_map.hpp>

#include "storage/graph_index/fact.h"

namespace annals::storage {

/// Entities that were read lately: answers show the same names again and again, and reading one
/// takes RocksDB ten microseconds. For snapshots between which no known entity got another name.
/// Holds kEntriesMax at most; forgets many at a time. Thread-safe; what find() gave stays valid
/// however long it is kept.
class EntityCache {
 public:
  /// About 15 MB of short names.
  static constexpr std::size_t kEntriesMax = 65'536;

  /// The entity, or null.
  std::shared_ptr<const Entity> find(NodeId id) const;
  void add(std::shared_ptr<const Entity> entity);

 private:
  /// Readers rarely meet at one of several locks.
  struct Shard {
    mutable std::mutex mutex;
    boost::unordered_flat_map<std::uint64_t, std::shared_ptr<const Entity>> entities;
  };
  static constexpr std::size_t kShards = 16;

  std::array<Shard, kShards> shards_;
};

}  // namespace annals::storage
