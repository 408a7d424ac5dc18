#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "schema/base/result.h"
#include "schema/ids.h"
#include "storage/graph_index/fact.h"
#include "storage/graph_index/spell.h"

namespace annals::storage {

template <class Item>
class Cursor;
class GraphSnapshot;

/// A time in which an entity exists.
struct Lifespan {
  Instant begin = Instant::exactly(kBeginningOfTime);
  Seq begun_by;                      ///< Zero: it always existed.
  Seq begin_event;                   ///< As of a Fact.
  std::vector<TimelineEffect> ends;  ///< In order; all but the last are doubtful.
  Seq known;                         ///< Since which event its begin is known to be so.
};

/// The times in which an entity exists, in order, from the effects that begin and end it, in any
/// order. None: nothing was said about it, and it always exists. The rules:
/// (1) What is said first counts: a further begin or end changes nothing. An end without a begin
///     ends what always was.
/// (2) Of a begin that is a plan, and another, it is not known which it is.
/// (3) An event that both ends and begins it lets it go on.
std::vector<Lifespan> existence_of(std::vector<TimelineEffect> effects);

/// When entities exist that were asked lately: each fact asks for both of its nodes, and reading
/// one takes RocksDB ten microseconds. Of one snapshot, which never changes. Holds kEntriesMax at
/// most, then begins anew. Thread-safe; what find() gave stays valid however long it is kept.
class ExistenceCache {
 public:
  /// About 10 MB, of lives with a begin.
  static constexpr std::size_t kEntriesMax = 65'536;

  using Lifespans = std::shared_ptr<const std::vector<Lifespan>>;

  /// Null if it is not known.
  Lifespans find(NodeId node) const;
  void add(NodeId node, Lifespans spans);

 private:
  mutable std::mutex mutex_;
  boost::unordered_flat_map<std::uint64_t, Lifespans> known_;
};

/// The parts of a fact in which one of its nodes exists, appended to `parts`: at most one for each
/// of `existence`, and the fact itself if that is empty. The rules:
/// (4) What may have begun while its node existed did so: the fact is recorded, and a vague date is
///     no reason to doubt it. What began before is seen from the node's begin on.
/// (5) An end of the node ends nothing that the same event begins or marks.
/// (6) A plan to end the node did not come true before a fact that surely begins later.
void clip(const Fact& fact, const std::vector<Lifespan>& existence, std::vector<Fact>& parts);
void clip(const PropertyFact& fact, const std::vector<Lifespan>& existence,
          std::vector<PropertyFact>& parts);

/// The facts of `facts` while both of their nodes exist, as `snapshot` knows it, as far as they may
/// hold in `window`. Must not outlive the snapshot.
std::unique_ptr<Cursor<Fact>> while_nodes_exist(std::unique_ptr<Cursor<Fact>> facts,
                                                const GraphSnapshot& snapshot, Window window);

}  // namespace annals::storage
