#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
#include "schema/base/worker_thread.h"
#include "schema/event.h"
#include "schema/vocabulary.h"
#include "storage/event_log/event_log.h"
#include "storage/graph_index/event_state.h"
#include "storage/graph_index/fact.h"
#include "storage/graph_index/graph_statistics.h"
#include "storage/kv/key_value_store.h"
#include "storage/projection/alive_folder.h"
#include "storage/projection/effects.h"
#include "storage/projection/entity_changes.h"
#include "storage/projection/event_list_folder.h"
#include "storage/projection/fact_changes.h"
#include "storage/projection/load_parts.h"
#include "storage/projection/spell_folder.h"

namespace annals::storage {

/// The deterministic fold of events into the graph index: takes commits in order, gathers what they
/// touch, and writes the rows that differ.
///
/// Invariants:
/// (1) The rows depend only on the log up to the watermark, not on how its commits were grouped
///     into flushes: incremental, bulk-built and replayed indexes are the same byte for byte. Of
///     kOut, kIn, kByTime and kParticipation this holds for what they tell; how it lies in rows is
///     left to SpellFolder, AliveFolder and EventListFolder.
/// (2) The watermark goes down in the same batch as the rows.
///
/// Not thread-safe: the writer owns it. Borrows the store and the log (which may be that of another
/// store: its events up to the last one added are read), which must outlive it. After an error, or
/// after a batch that could not be written, it must be thrown away and loaded again. Errors:
/// Corruption, IoError.
class Projector final : public EventSource {
 public:
  /// Continues where `store` says that the projection is. Unsupported for a newer index format, and
  /// for an older one, which is to be cleared and projected anew: is_outdated() tells.
  static Result<std::unique_ptr<Projector>> load(const KeyValueStore& store, const EventLog& log,
                                                 const BlockSizes& sizes);
  /// Whether `store` holds rows of an older format.
  static Result<bool> is_outdated(const KeyValueStore& store);

  /// Takes the commit that follows the last one taken, and that the log shows.
  Status add(const CommitInfo& info, CommitContent content);

  /// About how much memory the gathered rows and effects take.
  std::size_t pending_bytes() const;

  /// For commits, and loads of few events: folds what was gathered and puts all rows that differ
  /// into `batch`, together with the watermark and the statistics. Reads the store.
  Status flush(WriteBatch& batch);

  /// Instead: what was gathered, to be put aside. Of it and of what was taken before nothing may be
  /// changed or renamed until all parts are folded. Requires that commits since the last flush()
  /// added events only.
  LoadParts::Part take_part();
  /// Folds all parts, with everything that was taken, in several threads. All rows that differ, the
  /// watermark and the statistics are added to parts.rows(), which is still to be finished.
  Status fold_parts(LoadParts& parts);

  /// While it lives fold_parts() stops when `stop` does, with Interrupted.
  class Stopping {
   public:
    Stopping(Projector& projector, const StopFlag& stop) : projector_(projector) {
      projector.stop_ = &stop;
    }
    ~Stopping() { projector_.stop_ = nullptr; }
    Stopping(const Stopping&) = delete;
    Stopping& operator=(const Stopping&) = delete;

   private:
    Projector& projector_;
  };

  /// For the fold itself.
  Result<RecordedEvent> recorded_event(Seq seq) const override { return log_.read(seq); }
  Result<std::vector<Seq>> changes_of(Seq target) const override;

  /// With everything taken so far, flushed or not.
  const Vocabulary& vocabulary() const { return vocabulary_; }
  const GraphStatistics& statistics() const { return now_.statistics; }
  const BlockSizes& block_sizes() const { return sizes_; }
  /// The last event taken.
  Seq watermark() const { return now_.watermark; }
  std::uint64_t commits() const { return now_.commits; }
  /// How often an entity that may have been read before got another name, since load().
  std::uint64_t renamings() const { return renamings_; }

 private:
  Projector(const KeyValueStore& store, const EventLog& log, const BlockSizes& sizes)
      : store_(store), log_(log), sizes_(sizes), folder_(sizes), lists_(sizes) {}

  Status load_definitions();
  void add_symbols(const CommitContent& content);
  Status add_event(const RecordedEvent& recorded);
  Status add_definition(const RecordedEvent& recorded);
  void add_to_lists(const RecordedEvent& recorded);
  void replace_in_lists(const EventState& before, const EventState& after);
  Status add_change(const RecordedEvent& recorded);
  Result<EventState> present_state(Seq event) const;
  void note_in_history(const RecordedEvent& change, const RecordedEvent& changed);
  Status add_replay(Seq replay);
  Status replace(const EventState& before, const EventState& after, Seq known);
  Status replace_effects(const EventState& before, const EventState& after, Seq known);
  void put_alone(PlacedEffect&& placed, Seq known);
  Status read_stored(const TimelineKey& timeline, const std::string& key, Spell& spell) const;
  Status supersede_alone(const PlacedEffect& placed, Seq known);
  Status add_effects(const RecordedEvent& recorded);
  Status fold_facts_and_lists(WriteBatch& batch);
  class Targets;
  struct SourceChunk;
  Status fold_chunk(SourceChunk& chunk, Targets& targets) const;
  Status fold_parts_of_facts(const LoadParts& parts, Targets& targets, AliveChanges& alive);
  Status fold_parts_of_counts(const LoadParts& parts, const AliveChanges& alive);
  Status fold_parts_of_targets(const LoadParts& parts);
  Status fold_parts_of_lists(LoadParts& parts) const;
  void write_states(WriteBatch& batch) const;
  void note_progress(WriteBatch& batch);
  void count_facts(SymbolId relation, std::int64_t difference);
  Status check_stop() const;

  const KeyValueStore& store_;
  const EventLog& log_;
  const BlockSizes sizes_;
  Vocabulary vocabulary_;
  IndexProgress now_;     // with everything taken
  IndexProgress stored_;  // of the last flush
  std::uint64_t renamings_ = 0;
  const StopFlag* stop_ = nullptr;

  WriteBatch rows_;  // rows that need no fold
  FactChanges facts_;
  SpellFolder folder_;
  TimelineStore::Stored stored_facts_;  // constant while several threads fold
  KnownTimelines known_;                // likewise; of what flush() read and wrote
  Renewals renewals_;                   // likewise
  AliveFolder alive_;
  EventListFolder lists_;
  EntityChanges entities_;
  std::unordered_map<Seq, std::vector<Seq>> new_corrections_;  // by target, since the last flush
  std::unordered_map<std::string, Seq> changed_alone_;         // since when known, by key; likewise
  std::unordered_map<Seq, std::string> states_;                // of changed events; likewise
  std::size_t states_bytes_ = 0;
  WorkerThread helper_;  // of flush()
};

}  // namespace annals::storage
