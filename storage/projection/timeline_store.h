#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "schema/base/result.h"
#include "storage/graph_index/spell_row.h"
#include "storage/kv/key_value_store.h"
#include "storage/projection/alive_folder.h"
#include "storage/projection/known_timelines.h"
#include "storage/projection/relation_timeline.h"
#include "storage/projection/renewals.h"
#include "storage/projection/spell_folder.h"
#include "storage/projection/timeline.h"
#include "storage/projection/value_timeline.h"

namespace annals::storage {

/// Reads timelines from the index and writes back what changed in them. Asked for timelines in
/// ascending order it walks the index once, so that folding many of them costs a merge and not a
/// seek each. Not thread-safe; must not outlive its store.
///
/// A relation's timeline is read from the blocks of its source. If there are many, its target may
/// have few, and those tell the same.
class TimelineStore {
 public:
  /// What the index may hold of timelines. What it does not hold is not looked for.
  struct Stored {
    bool facts = false;
    bool unmatched = false;                 ///< Effects that changed nothing.
    const KnownTimelines* known = nullptr;  ///< Borrowed.
    /// How many sources behind one that is not known are read with it. Damage there is an error,
    /// too.
    std::size_t ahead = 0;
    /// Borrowed; without it all of a timeline is read.
    const Renewals* renewals = nullptr;
  };

  /// With `news`, which it borrows, it notes what the sources have that it reads.
  TimelineStore(const KeyValueStore& store, Stored stored, KnownTimelines::News* news = nullptr);

  /// What one timeline held before the fold; given back to write_difference().
  struct Before {
    using Rows = std::vector<std::pair<std::string, std::string>>;  ///< Key and value, by key.
    Rows rows;
    Rows unmatched;
    // Of a relation, the same:
    std::vector<Spell> spells;
    std::vector<TimelineEffect> unmatched_effects;

    bool is_empty() const { return rows.empty() && unmatched.empty(); }
    void clear();
    void leave_out_unmatched_before(Micros since);
    /// Requires that a relation was read.
    void restore(RelationTimeline& timeline) const;
  };

  /// What the timelines of one source are read for.
  struct Purpose {
    std::size_t siblings = 1;  ///< About how many of them are read one after the other.
    /// The first instant of what will be added to them, and to the one that is read, of new events
    /// alone; kBeginningOfTime if it may be anything else. Called if it matters.
    std::function<Micros()> since_of_source;
    std::function<Micros()> since;
  };
  /// The stored state of a relation's `key`, but for what was over before what will be added, and
  /// cannot matter to it: spells that surely ended, and unmatched effects that have their place
  /// before (Timeline, invariant 1). A fold of the rest and of what is added makes of these what a
  /// fold of everything makes.
  Status read(const TimelineKey& key, const Purpose& purpose, Before& before);
  /// Of a property's `key` what effects of those times can change, so that correcting one value
  /// does not cost the whole timeline.
  Status read(const TimelineKey& key, const Timeline::Extent& touched, ValueTimeline& timeline,
              Before& before);

  /// How many rows came and how many went.
  struct Difference {
    std::size_t spells_added = 0;
    std::size_t spells_removed = 0;
    std::size_t unmatched_added = 0;
    std::size_t unmatched_removed = 0;
  };

  /// Where changes go.
  struct Changes {
    WriteBatch& rows;  ///< Those of all families but kOut and kIn.
    WriteBatch& out;   ///< Those, as SpellFolder takes them.
    WriteBatch& in;
    AliveChanges& alive;
    NodeSpells* whole = nullptr;           ///< Takes what `out` would, if it is given.
    KnownTimelines::News* news = nullptr;  ///< Is told which timelines are written, if given.
  };

  /// Writes what differs from `before`, and what was superseded.
  static Difference write_difference(const TimelineKey& key, const Timeline::Folded& folded,
                                     const Before& before, const Changes& changes);

 private:
  Status read_facts(const TimelineKey& key, std::span<const SpellRow> rows, Before& before);
  Result<std::span<const SpellRow>> rows_of(const TimelineKey& key, const Purpose& purpose,
                                            Micros& since);
  Status note_timelines(NodeId source);
  Result<bool> note_group();
  bool pass_group(NodeId node);
  Status read_group_of(NodeId source, const Purpose& purpose);
  Status read_alone(const TimelineKey& key, Micros since);
  Status read_unmatched(const TimelineKey& key, Before& before);

  const KeyValueStore& store_;
  KvIterator& made(std::unique_ptr<KvIterator>& rows, Family family) const;

  const Stored stored_;
  KnownTimelines::News* const news_;
  // Made when they are needed:
  std::unique_ptr<KvIterator> out_;
  std::unique_ptr<KvIterator> in_;
  std::unique_ptr<KvIterator> property_;
  std::unique_ptr<KvIterator> unmatched_;
  NodeId unmatched_node_;  // within whose rows unmatched_ walks
  NodeId asked_node_;      // whether group_ shall hold its spells; and the node
  NodeId group_node_;      // whose spells it does hold, all of them that end at or after
  Micros group_since_ = kBeginningOfTime;
  std::vector<SpellRow> group_;
  std::vector<SpellRow> narrow_;
};

}  // namespace annals::storage
