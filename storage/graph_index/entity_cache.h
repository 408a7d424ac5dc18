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
  /// A name and the type that it was looked for in.
  template <class Text>
  struct Key {
    Text name;
    SymbolId type;
    std::size_t hash = 0;  ///< Of both: it finds the shard, and the place in it.
  };
  using KeyView = Key<std::string_view>;
  using OwnKey = Key<std::string>;
  struct KeyHash {
    using is_transparent = void;
    template <class Text>
    std::size_t operator()(const Key<Text>& key) const {
      return key.hash;
    }
  };
  struct SameKey {
    using is_transparent = void;
    template <class Text, class Other>
    bool operator()(const Key<Text>& a, const Key<Other>& b) const {
      return a.type == b.type && a.name == b.name;
    }
  };
  template <class Value>
  using ByName = boost::unordered_flat_map<OwnKey, Value, KeyHash, SameKey>;

  /// Readers rarely meet at one of several locks.
  struct Shard {
    mutable std::mutex mutex;
    boost::unordered_flat_map<std::uint64_t, std::shared_ptr<const Entity>> entities;
    ByName<Named> named;
    ByName<std::vector<NodeId>> several;
  };
  static constexpr std::size_t kShards = 16;

  static KeyView key_of(std::string_view name, SymbolId type) {
    return {name, type, std::hash<std::string_view>()(name) + type.raw};
  }

  std::array<Shard, kShards> shards_;
};

}  // namespace annals::storage
