#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_map>

#include "schema/base/result.h"
#include "schema/base/run_tasks.h"
#include "schema/ids.h"
#include "storage/graph_index/graph_statistics.h"
#include "storage/kv/key_value_store.h"
#include "storage/projection/alive_folder.h"
#include "storage/projection/timeline_folder.h"

namespace annals::storage {

/// What events change in facts and properties: as it was gathered, and then as it is folded. The
/// changes of different sources have nothing to do with each other. Not thread-safe.
struct FactChanges {
  TimelineFolder timelines;
  WriteBatch out;    ///< As SpellFolder takes them. What stands alone comes without a timeline.
  WriteBatch in;     ///< Likewise.
  NodeSpells whole;  ///< What fold_timelines() makes for `out`, for SpellFolder::fold_whole().
  WriteBatch rows;   ///< Those of all other families.
  AliveChanges alive;
  KnownTimelines::News news;  ///< That of fold_timelines_beside().

  /// By how much there are more.
  struct Counts {
    std::unordered_map<SymbolId, std::int64_t> facts;  ///< By relation.
    std::int64_t properties = 0;
    std::int64_t unmatched = 0;

    void add_to(GraphStatistics& statistics) const;
  };
  Counts counts;

  /// About how much memory they take, but for the counts.
  std::size_t bytes() const;

  /// Called after each timeline, when something may be taken out of `in`. Its error is the fold's.
  using AfterEach = std::function<Status()>;

  /// Folds the timelines, of which nothing is kept: what comes of it goes into the other members.
  /// Reads the store; `stored` is that of TimelineStore. Errors: Corruption, IoError.
  Status fold_timelines(const KeyValueStore& store, TimelineStore::Stored stored,
                        const AfterEach& after_each = {});
  /// The same as run_tasks() does it, with `beside` as another task.
  Status fold_timelines_beside(const Task& beside, WorkerThread* other, const KeyValueStore& store,
                               TimelineStore::Stored stored);

 private:
  Status fold_part(const TimelineFolder& folder, const TimelineFolder::Part& part,
                   const KeyValueStore& store, TimelineStore::Stored stored,
                   const AfterEach& after_each, NodeSpells* whole_nodes,
                   KnownTimelines::News* told);
  void append(FactChanges&& folded);
};

}  // namespace annals::storage
