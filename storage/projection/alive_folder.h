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

/// How facts change the counts of kByTime (alive_counts.h): at most twice as much memory as there
/// are days at which facts of a relation begin or end. A value.
class AliveChanges {
 public:
  /// The fact comes to be there, or (`removes`) no longer is.
  void add(SymbolId relation, const Spell& spell, bool removes);
  void add(const AliveChanges& others);

  /// About how much memory they take.
  std::size_t bytes() const { return count_ * sizeof(AliveChange); }

 private:
  friend class AliveFolder;
  /// The changes of a relation have grown from that number.
  void grown(SymbolId relation, std::vector<AliveChange>& changes, std::size_t from);

  std::map<SymbolId, std::vector<AliveChange>> changes_;
  std::unordered_map<SymbolId, std::size_t> add_up_at_;  // how many changes, by relation
  std::size_t count_ = 0;
};

/// Writes such changes. A commit costs a row for each of its relations; one in so many folds these
/// rows into the chunks that they touch. Not thread-safe: the writer owns it. Errors: Corruption,
/// IoError.
class AliveFolder {
 public:
  /// Puts what was gathered into `batch`, as that of commits up to `watermark`; `at_once`: leaves
  /// nothing in tail rows. Reads the store.
  Status fold(const KeyValueStore& store, AliveChanges&& gathered, Seq watermark, bool at_once,
              WriteBatch& batch);

 private:
  Result<std::size_t> count_tail_rows(const KeyValueStore& store, SymbolId relation) const;
  static Status fold_relation(const KeyValueStore& store, SymbolId relation,
                              std::vector<AliveChange> changes, WriteBatch& batch);

  std::unordered_map<SymbolId, std::size_t> tail_rows_;  // of relations that changed since a start
};

}  // namespace annals::storage
