#pragma once

#include <cstddef>

#include "schema/base/result.h"
#include "schema/ids.h"
#include "storage/graph_index/event_list.h"
#include "storage/kv/key_value_store.h"
#include "storage/projection/block_sizes.h"
#include "storage/projection/event_list_changes.h"
#include "storage/projection/folding.h"

namespace annals::storage {

/// Gathers what events change in event lists (event_list.h), and writes that.
///
/// What a change costs: a new event a row for each of its lists, or a share of one if a commit
/// brings several, and its share of the merging of short rows; a change of an older event reading
/// and writing one row. Not thread-safe: the writer owns it. Errors: Corruption, IoError.
class EventListFolder {
 public:
  explicit EventListFolder(const BlockSizes& sizes) : sizes_(sizes) {}

  /// The entry comes into the list, behind those of its event that are there. One with the role of
  /// another one of its event is not kept.
  void add(EventListId list, const Participation& entry);
  /// All entries of the event that were stored or added so far go.
  void clear(EventListId list, Seq event);

  /// About how much memory that takes which was gathered.
  std::size_t bytes() const { return changes_.bytes(); }

  /// Puts what was gathered into `batch`. Reads the store, which must have all of the events up to
  /// `stored`, and none behind it.
  Status fold(const KeyValueStore& store, Seq stored, Folding folding, WriteBatch& batch);

  /// Merges short rows of lists that were left for later, of which the store must have the rows,
  /// until `batch` has about `bytes_max`. False: there are no more.
  Result<bool> fold_touched(const KeyValueStore& store, std::size_t bytes_max, WriteBatch& batch);

 private:
  class ListWriter;

  Status fold_list(ListWriter& writer, EventListChanges::ByList& changes, Seq stored,
                   Folding folding);
  Result<bool> must_merge(ListWriter& writer, EventListId list, std::size_t added, Folding folding);

  EventListChanges changes_;
  BlockSizes sizes_;
  FoldLooks<EventListId> looks_;
  LeftForLater<EventListId> later_;
};

}  // namespace annals::storage
