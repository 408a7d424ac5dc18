#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "storage/graph_index/fact.h"

namespace annals::storage {

/// Entities that were read lately, and which of them a name means: questions and answers name the
/// same ones again and again, and reading one takes RocksDB ten microseconds. For snapshots between
/// which no known entity got another name. Holds kEntriesMax at most of either; forgets many at a
/// time. Thread-safe; what find() gave stays valid however long it is kept.
class EntityCache {
 public:
  /// About 15 MB of short names.
  static constexpr std::size_t kEntriesMax = 65'536;

  /// The entity, or null.
  std::shared_ptr<const Entity> find(NodeId id) const;
  void add(std::shared_ptr<const Entity> entity);

  /// Replaces `entities` by those of a type (zero: of any) that bear a name, in a state that knows
  /// `entity_count` entities: only a new one changes which they are. False if nobody has looked
  /// them up.
  bool find_named(std::string_view name, SymbolId type, std::uint64_t entity_count,
                  std::vector<NodeId>& entities) const;
  void add_named(std::string_view name, SymbolId type, std::uint64_t entity_count,
                 const std::vector<NodeId>& entities);

 private:
  /// Nearly all names mean one entity, which then stands here: whoever asks for one name after the
  /// other waits for memory at each step from pointer to pointer.
  struct Named {
    std::uint64_t entity_count = 0;
    NodeId only;  ///< Zero: none or several, which stand in Shard::several.
  };
  /// Readers rarely meet at one of several locks.
  struct Shard {
    mutable std::mutex mutex;
    boost::unordered_flat_map<std::uint64_t, std::shared_ptr<const Entity>> entities;
    boost::unordered_flat_map<std::string, Named> named;  // by cache_key(), as the next one
    boost::unordered_flat_map<std::string, std::vector<NodeId>> several;
  };
  static constexpr std::size_t kShards = 16;

  static std::size_t shard_of(const std::string& key) {
    return std::hash<std::string>()(key) % kShards;
  }

  std::array<Shard, kShards> shards_;
};

}  // namespace annals::storage
