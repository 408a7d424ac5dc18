#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "schema/base/result.h"
#include "schema/event.h"
#include "storage/graph_index/fact.h"
#include "storage/kv/key_value_store.h"

namespace annals::storage {

/// New entities, and names that entities get, gathered until their rows are made: a load may bring
/// millions of entities, and whoever gathers events should not wait for that. A value. Errors:
/// Corruption, IoError.
class EntityChanges {
 public:
  /// Entities of a commit, numbered from `first` on, behind those that were added before;
  /// `known_from` is the first event of the commit.
  void add(std::uint64_t first, Seq known_from, std::vector<NewEntity> added);
  /// Names that an entity gets with the event `known`. It was added here, or is in the store.
  Status add(const Naming& naming, Seq known, const KeyValueStore& store);

  /// About how much memory they take, with the rows that are to be made.
  std::size_t bytes() const;
  /// Puts their rows into `batch`.
  void write(WriteBatch& batch) const;

 private:
  struct OfCommit {
    std::uint64_t first;
    Seq known_from;
    std::vector<NewEntity> entities;
  };
  /// A name besides the first one.
  struct Name {
    NodeId entity;
    SymbolId type;
    std::string name;
  };

  Result<Entity*> named(NodeId id, const KeyValueStore& store);

  std::vector<OfCommit> new_;                 // by number
  std::size_t new_count_ = 0;                 // of all commits
  std::unordered_map<NodeId, Entity> named_;  // those that got names, as they are with these
  std::vector<Name> names_;
};

}  // namespace annals::storage
