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

/// Gathers how facts change the counts of kByTime (alive_counts.h), and writes that. A commit costs
/// a row for each of its relations; one in so many folds these rows into the chunks that they
/// touch. Not thread-safe: the writer owns it. Errors: Corruption, IoError.
class AliveFolder {
 public:
  /// The fact comes to be there, or (`removes`) no longer is.
  void add(SymbolId relation, const Spell& spell, bool removes);

  /// About how much memory that takes which was gathered.
  std::size_t bytes() const { return gathered_ * sizeof(AliveChange); }

  /// Puts what was gathered into `batch`, as that of commits up to `watermark`; `at_once`: leaves
  /// nothing in tail rows. Reads the store.
  Status flush(const KeyValueStore& store, Seq watermark, bool at_once, WriteBatch& batch);

 private:
  Result<std::size_t> count_tail_rows(const KeyValueStore& store, SymbolId relation) const;
  static Status fold(const KeyValueStore& store, SymbolId relation,
                     std::vector<AliveChange> changes, WriteBatch& batch);

  std::map<SymbolId, std::vector<AliveChange>> changes_;
  std::size_t gathered_ = 0;
  std::unordered_map<SymbolId, std::size_t> tail_rows_;  // of relations that changed since a start
};

}  // namespace annals::storage
