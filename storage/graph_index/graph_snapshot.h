#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
#include "schema/event.h"
#include "schema/vocabulary.h"
#include "storage/event_log/event_log.h"
#include "storage/graph_index/alive_counts.h"
#include "storage/graph_index/event_list.h"
#include "storage/graph_index/event_state.h"
#include "storage/graph_index/existence.h"
#include "storage/graph_index/fact.h"
#include "storage/graph_index/graph_statistics.h"
#include "storage/graph_index/perspective.h"
#include "storage/graph_index/refolder.h"
#include "storage/graph_index/spell.h"
#include "storage/graph_index/spell_reader.h"
#include "storage/kv/key_value_store.h"

namespace annals::storage {

class EntityCache;

enum class Direction : std::uint8_t { kOut, kIn };

/// Which facts a scan wants. The window reaches the index as a bound.
struct FactScan {
  NodeId node;                            ///< Zero: of all nodes.
  Direction direction = Direction::kOut;  ///< kOut: `node` is the source; kIn: it is the target.
  SymbolId relation;                      ///< Zero: of all relations.
  NodeId neighbour;                       ///< Zero: with any other end.
  Window window;
};

/// Gives items in batches. Not shareable between threads; must not outlive its snapshot.
template <class Item>
class Cursor {
 public:
  virtual ~Cursor() = default;
  /// Replaces `batch` by up to `count_max` further items; an empty batch is the end. Corruption,
  /// IoError.
  virtual Status next(std::vector<Item>& batch, std::size_t count_max) = 0;
};

/// The graph, its names and its events at one sequence: what it shows never changes, whoever
/// writes meanwhile. Every member is const and may be called from many threads. Must not outlive
/// its database. Errors: NotFound where said, Corruption, IoError.
class GraphSnapshot final : public EventSource {
 public:
  /// `kv` and the rest are of one state of the store; `entities` may be shared with snapshots of
  /// others, as entity_cache.h says.
  GraphSnapshot(const KeyValueStore& store, const EventLog& log, const Refolder& refolder,
                std::shared_ptr<const KvSnapshot> kv, std::shared_ptr<const Vocabulary> vocabulary,
                std::shared_ptr<const GraphStatistics> statistics,
                std::shared_ptr<EntityCache> entities, Seq last_seq);
  GraphSnapshot(const GraphSnapshot&) = delete;
  GraphSnapshot& operator=(const GraphSnapshot&) = delete;

  /// The same state as it looks from `perspective`: facts, properties, nodes and events are then
  /// what they would be if nothing later had been recorded, or said. (Definitions and names are
  /// today's, statistics count everything.) Independent of this object. NotFound if `known_at` is
  /// past last_seq(). Facts known at an event cost what they cost now, and what was superseded
  /// since; facts said by a moment cost as Refolder says. With
  /// `every_version` facts() and properties() give all versions that were ever believed, in no
  /// particular order.
  Result<std::unique_ptr<GraphSnapshot>> seen_from(const Perspective& perspective) const;
  const Perspective& perspective() const { return perspective_; }

  /// What takes long, folding what had been said, stops when `stop` does, with Interrupted.
  /// Borrowed for as long as this lives; only before anyone else uses it.
  void stop_with(const StopFlag& stop) { stop_ = &stop; }
  Status check_stop() const;

  /// The last event recorded at or before `recorded`; zero if there is none.
  Result<Seq> last_seq_at(Micros recorded) const;

  /// How many blocks of the store the calling thread has looked up, in its cache or on disk: for
  /// the difference that a read makes.
  std::uint64_t blocks_read() const;

  /// The last event that this snapshot knows.
  Seq last_seq() const { return last_seq_; }
  const Vocabulary& vocabulary() const { return *vocabulary_; }
  std::shared_ptr<const Vocabulary> shared_vocabulary() const { return vocabulary_; }
  const GraphStatistics& statistics() const { return *statistics_; }

  // --- Facts ---

  /// The facts that may hold in the scan's window while their nodes exist. With a node: by
  /// relation, neighbour, begin as it was recorded, id, part. Without one: by the node of that side
  /// first. At a date costs what held about then, whatever the nodes' history; a longer window
  /// holds the facts of one node in it in memory, about 100 bytes each.
  std::unique_ptr<Cursor<Fact>> facts(const FactScan& scan) const;

  /// How many facts of the relation hold at each of `dates`, which ascend. Of the present, in a
  /// database in which entities neither begin nor end, costs a few rows for each date; else all
  /// facts of the relation.
  Result<std::vector<AliveCount>> count_facts(SymbolId relation,
                                              std::span<const Micros> dates) const;

  /// When the entity exists, in order; empty if nothing was said about it, and of events: always.
  /// Never null.
  Result<std::shared_ptr<const std::vector<Lifespan>>> existence(NodeId node) const;
  /// What begins and ends its existence, in no particular order; with `every_version` all that was
  /// ever believed to.
  Result<std::vector<TimelineEffect>> existence_effects(NodeId node) const;

  /// The properties of `node` that may hold in `window` while it exists; of all names if `name` is
  /// zero. By name, begin as it was recorded, id, part. Of one name, and of the present, costs what
  /// holds in the window.
  Result<std::vector<PropertyFact>> properties(NodeId node, SymbolId name, Window window) const;

  /// The effects on relations that changed nothing, by source, relation, target, event.
  std::unique_ptr<Cursor<UnmatchedEffect>> unmatched() const;

  // --- Nodes ---

  /// NotFound if there is no such entity.
  Result<Entity> entity(NodeId id) const;

  /// The entity's type, or the event's kind; zero for an event that is not of a kind. Cheaper than
  /// entity() and event().
  Result<SymbolId> label(NodeId id) const;

  /// The entities of which `name` is the canonical name, an alias or an identifier, compared after
  /// Unicode normalisation (NFC) and otherwise exactly; of one type unless `type` is zero. In order
  /// of their numbers.
  Result<std::vector<NodeId>> find_entities(std::string_view name, SymbolId type = {}) const;

  /// Up to `count_max` canonical names like `name` (other case, other marks, a few letters off, or
  /// beginning with it), best first: for "did you mean".
  Result<std::vector<std::string>> similar_names(std::string_view name, SymbolId type,
                                                 std::size_t count_max) const;

  /// All entities of a type (zero: of all types), by number.
  std::unique_ptr<Cursor<NodeId>> entities(SymbolId type) const;

  // --- Events ---

  /// The event with what was corrected in it, also if it was retracted. NotFound if `seq` is past
  /// last_seq().
  Result<RecordedEvent> event(Seq seq) const;
  /// The event as it was recorded. NotFound likewise.
  Result<RecordedEvent> recorded_event(Seq seq) const override;
  /// The event, and what was done to it since. NotFound likewise.
  Result<EventState> event_state(Seq seq) const;
  /// The corrections and retractions that name `target`, ascending.
  Result<std::vector<Seq>> changes_of(Seq target) const override;
  /// Whether an event in that state is there at all: said by then, and not retracted.
  bool counts(const EventState& state) const;

  /// The event with the user's ID, or nothing.
  Result<std::optional<Seq>> find_event(std::string_view id) const;

  /// The events of a kind, by sequence.
  std::unique_ptr<Cursor<Seq>> events_of(SymbolId kind) const;

  /// The roles that `node` fills, by sequence of the event. In the present view also the
  /// corrections and retractions of the node's events, without a kind.
  std::unique_ptr<Cursor<Participation>> participations(NodeId node) const;

  /// The events in which `node` took part as they were recorded, or corrected at any time,
  /// ascending; up to last_seq(), whether they count in this view or not. Costs a step for each.
  Result<std::vector<Seq>> events_about(NodeId node) const;

  /// Events in which `node` took part as they were recorded or corrected once, and later perhaps no
  /// longer, by sequence.
  std::unique_ptr<Cursor<Seq>> former_events(NodeId node) const;

 private:
  GraphSnapshot(const GraphSnapshot& same, const Perspective& perspective);

  Result<std::shared_ptr<const Entity>> known_entity(NodeId id) const;
  Result<bool> has_name(NodeId id, std::string_view name) const;
  SpellReader rows_of(Family family, std::string prefix) const;
  std::unique_ptr<Cursor<Fact>> recorded_facts(const FactScan& scan) const;
  Result<std::vector<PropertyFact>> recorded_properties(NodeId node, SymbolId name,
                                                        Window window) const;
  Result<std::vector<PropertyFact>> present_values(NodeId node, SymbolId name, Window window) const;
  bool everything_always_exists() const;
  Result<std::vector<Seq>> past_candidates(EventListId list) const;
  Status add_participations(NodeId node, Seq event, std::vector<Participation>& found) const;

  const KeyValueStore& store_;
  const EventLog& log_;
  const Refolder& refolder_;
  std::shared_ptr<const KvSnapshot> kv_;
  Perspective perspective_;
  std::shared_ptr<const Vocabulary> vocabulary_;
  std::shared_ptr<const GraphStatistics> statistics_;
  std::shared_ptr<EntityCache> entities_;
  mutable ExistenceCache existence_;
  Seq last_seq_;
  const StopFlag* stop_ = nullptr;
};

}  // namespace annals::storage
