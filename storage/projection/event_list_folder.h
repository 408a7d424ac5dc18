#pragma once

#include <cstddef>
#include <functional>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "schema/base/result.h"
#include "schema/ids.h"
#include "storage/graph_index/event_list.h"
#include "storage/kv/ingestion.h"
#include "storage/kv/key_value_store.h"
#include "storage/projection/block_sizes.h"
#include "storage/projection/event_list_changes.h"
#include "storage/projection/fold_looks.h"

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
  /// `stored`, and none behind it. `ahead`: so many lists behind one that is looked at are looked
  /// at with it.
  Status fold(const KeyValueStore& store, Seq stored, std::size_t ahead, WriteBatch& batch);

  /// What was gathered, to be put aside, of which nothing is kept.
  EventListChanges take() {
    tails_.clear();
    EventListChanges taken = std::exchange(changes_, {});
    changes_.reserve_like(taken);
    return taken;
  }
  /// Puts changes of events that are new, and change no older ones, aside as a run: as rows of
  /// lists. Thread-safe.
  static Status put_aside(EventListChanges&& changes, const BlockSizes& sizes, SortedRuns& runs);
  /// Puts what was put aside into `batch`, leaving no short rows, until that has about `bytes_max`.
  /// False: nothing is left. Reads the store, of which the rows are those of earlier events.
  Result<bool> fold_put_aside(const KeyValueStore& store, RunReader& rows, std::size_t bytes_max,
                              WriteBatch& batch) const;

 private:
  class ListWriter;

  /// The short rows at the end of a list.
  struct Tail {
    std::size_t rows = 0;
    Seq first;  ///< Of which the first stands under this, or behind it; if there are any.
  };

  using Tails = boost::unordered_flat_map<EventListId, Tail, std::hash<EventListId>>;

  Status fold_list(ListWriter& writer, EventListChanges::ByList& changes, Seq stored,
                   std::size_t ahead);
  Result<Tail*> tail_of(ListWriter& writer, EventListId list, std::size_t added, std::size_t ahead);

  EventListChanges changes_;
  BlockSizes sizes_;
  FoldLooks<EventListId> looks_;
  Tails tails_;  // of lists that were looked at
};

}  // namespace annals::storage
