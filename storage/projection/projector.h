#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schema/base/result.h"
#include "schema/event.h"
#include "schema/vocabulary.h"
#include "storage/event_log/event_log.h"
#include "storage/graph_index/fact.h"
#include "storage/graph_index/graph_statistics.h"
#include "storage/kv/key_value_store.h"
#include "storage/projection/effects.h"

namespace annals::storage {

/// The deterministic fold of events into the graph index: takes commits in order, gathers what they
/// touch, and writes the rows that differ.
///
/// Invariants:
/// (1) The rows depend only on the log up to the watermark, not on how its commits were grouped
///     into flushes: incremental, bulk-built and replayed indexes are the same byte for byte.
/// (2) The watermark goes down in the same batch as the rows.
///
/// Not thread-safe: the writer owns it. Borrows the store, which must outlive it. After an error,
/// or after a batch that could not be written, it must be thrown away and loaded again. Errors:
/// Corruption, IoError.
class Projector {
 public:
  /// Continues where `store` says that the projection is. Unsupported for a newer index format.
  static Result<std::unique_ptr<Projector>> load(const KeyValueStore& store);

  /// Takes the commit that follows the last one taken.
  Status add(const CommitInfo& info, const CommitContent& content);

  /// About how much memory the gathered rows and effects take.
  std::size_t pending_bytes() const;

  /// Folds the timelines that were touched and puts all rows that differ into `batch`, together
  /// with the watermark and the statistics. Reads the store.
  Status flush(WriteBatch& batch);

  /// With everything taken so far, flushed or not.
  const Vocabulary& vocabulary() const { return vocabulary_; }
  const GraphStatistics& statistics() const { return statistics_; }
  /// The last event taken.
  Seq watermark() const { return watermark_; }
  std::uint64_t commits() const { return commits_; }

 private:
  struct Change {
    TimelineKey timeline;
    Seq known;
    TimelineEffect effect;
  };

  explicit Projector(const KeyValueStore& store) : store_(store) {}

  Status load_definitions();
  void add_symbols(const CommitContent& content);
  void add_entities(const CommitContent& content);
  Status add_event(const RecordedEvent& recorded);
  Status add_definition(const RecordedEvent& recorded);
  Status add_naming(const Naming& naming);
  void add_participations(const RecordedEvent& recorded);
  void add_name(NodeId entity, SymbolId type, std::string_view name);
  Result<Entity*> pending_entity(NodeId id);
  Status add_effects(const RecordedEvent& recorded);
  Status fold_changes(WriteBatch& batch);
  void write_entities(WriteBatch& batch) const;
  void write_meta(WriteBatch& batch) const;
  void count_facts(SymbolId relation, std::int64_t difference);

  const KeyValueStore& store_;
  Vocabulary vocabulary_;
  GraphStatistics statistics_;
  Seq watermark_;
  std::uint64_t commits_ = 0;

  WriteBatch rows_;                              // rows that need no fold
  std::unordered_map<NodeId, Entity> entities_;  // rows to be written, by the last flush or now
  std::vector<Change> changes_;                  // in the order of `known`
  std::size_t changes_bytes_ = 0;
};

}  // namespace annals::storage
