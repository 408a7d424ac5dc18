#pragma once

#include <cstddef>
#include <map>
#include <unordered_map>
#include <vector>

#include "schema/base/result.h"
#include "schema/ids.h"
#include "storage/graph_index/alive_counts.h"
#include "storage/graph_index/spell.h"
#include "storage/kv/key_value_store.h"

namespace annals::storage {

/// How facts change the counts of kByTime (alive_counts.h). Takes memory for each instant at which
/// facts of a relation begin or end, however many do: twice what these take. A value.
class AliveChanges {
 public:
  /// The fact comes to be there, or (`removes`) no longer is.
  void add(SymbolId relation, const Spell& spell, bool removes);
  void add(const AliveChanges& others);

  /// About how much memory they take.
  std::size_t bytes() const { return 2 * changes_count_ * sizeof(AliveChange); }

 private:
  friend class AliveFolder;
  /// Those of one relation. What happens at the same time is added up each time that they have
  /// doubled: sorting them now and then takes less than looking for the instant of each.
  struct Changes {
    std::vector<AliveChange> all;
    std::size_t added_up = 0;  ///< So many were left when that was done last.
  };
  void add(Changes& changes, const AliveChange& change);

  std::map<SymbolId, Changes> changes_;
  std::size_t changes_count_ = 0;  // of all relations
};

/// Writes such changes. A commit costs a row for each of its relations; one in so many folds these
/// rows into the chunks that they touch. Not thread-safe: the writer owns it. Errors: Corruption,
/// IoError.
class AliveFolder {
 public:
  /// Puts what was gathered into `batch`, as that of commits up to `watermark`; `at_once`: leaves
  /// nothing in tail rows. Reads the store.
  Status fold(const KeyValueStore& store, const AliveChanges& gathered, Seq watermark, bool at_once,
              WriteBatch& batch);

 private:
  Result<std::size_t> count_tail_rows(const KeyValueStore& store, SymbolId relation) const;
  static Status fold_relation(const KeyValueStore& store, SymbolId relation,
                              std::vector<AliveChange> changes, Seq watermark, WriteBatch& batch);

  std::unordered_map<SymbolId, std::size_t> tail_rows_;  // of relations that changed since a start
};

}  // namespace annals::storage
