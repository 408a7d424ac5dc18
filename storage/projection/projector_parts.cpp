// Bulk loads: what was gathered is put aside in parts, and folded when all of them are there.
// projector.cpp has the rest.

#include <algorithm>
#include <future>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "schema/base/contract.h"
#include "storage/graph_index/key_encoding.h"
#include "storage/projection/ordered_work.h"
#include "storage/projection/projector.h"

namespace annals::storage {

namespace {

/// So much is merged, folded and written at a time: little enough to stay in a core's own cache,
/// and so that what waits needs no memory that was never used before; enough for a thread of its
/// own. Less where parts are small.
std::size_t chunk_bytes_of(const LoadParts& parts) {
  constexpr std::size_t kBytes = std::size_t{512} << 10;
  return std::min(kBytes, parts.part_bytes());
}
/// At most so many of them at once, unless one node alone is more: one of a million facts.
constexpr std::size_t kChunksAtOnce = 20;
/// A source of which so many of them are known is folded in so many pieces: while a thread folds a
/// hub all others would wait.
constexpr std::size_t kChunksOfHub = 2;
constexpr std::size_t kPiecesOfHub = 16;

NodeId node_of(const RunReader& records) { return KeyReader(records.key()).node(); }

/// Moves the reader's records of the node to `spells`.
void take_spells(NodeId node, Family family, RunReader& records, WriteBatch& spells) {
  for (; records.valid() && node_of(records) == node; records.next()) {
    if (records.is_delete()) {
      spells.erase(family, records.key());
    } else {
      spells.put(family, records.key(), records.value());
    }
  }
}

/// Moves the reader's records of the node to `gathered`; if they have `hub_bytes`, or more, to
/// pieces instead.
std::vector<TimelineFolder> take_timelines(NodeId node, RunReader& records, std::size_t hub_bytes,
                                           TimelineFolder& gathered) {
  const std::size_t bytes_before = gathered.bytes();
  std::optional<TimelineFolder::Pieces> pieces;
  for (; records.valid() && node_of(records) == node; records.next()) {
    if (pieces) {
      pieces->add_put_aside(records.value());
      continue;
    }
    gathered.add_put_aside(records.value());
    if (gathered.bytes() - bytes_before < hub_bytes) continue;
    pieces = gathered.take_pieces(bytes_before, kPiecesOfHub);
  }
  return pieces ? std::move(*pieces).take() : std::vector<TimelineFolder>();
}

/// The node of which the records come next in one of the readers, one of which is valid.
NodeId next_node(const RunReader& a, const RunReader& b) {
  if (!a.valid()) return node_of(b);
  if (!b.valid()) return node_of(a);
  return std::min(node_of(a), node_of(b));
}

}  // namespace

LoadParts::Part Projector::take_part() {
  ANNALS_ASSERT(states_.empty() && new_corrections_.empty() && changed_alone_.empty());
  LoadParts::Part part{std::exchange(entities_, {}), std::exchange(rows_, {}),
                       std::exchange(facts_, {}), lists_.take()};
  // The next one will be like it, and need not grow by and by, from copy to copy.
  facts_.timelines.reserve_like(part.facts.timelines);
  return part;
}

Status Projector::check_stop() const {
  if (stop_ == nullptr || !stop_->requested()) return {};
  return Error(ErrorCode::kInterrupted, "the replay was stopped", "nothing was changed");
}

Status Projector::fold_parts_of_lists(LoadParts& parts) const {
  ANNALS_CHECK_OK(parts.wait_for_lists());
  ANNALS_TRY(std::unique_ptr<RunReader> records, parts.lists().read());
  for (bool more = true; more;) {
    ANNALS_CHECK_OK(check_stop());
    WriteBatch rows;
    ANNALS_TRY(more, lists_.fold_put_aside(store_, *records, chunk_bytes_of(parts), rows));
    ANNALS_CHECK_OK(parts.rows().add(std::move(rows)));
  }
  records.reset();
  parts.drop_lists();
  return {};
}

/// Facts by target on their way into runs. Thread-safe.
class Projector::Targets {
 public:
  /// They wait in memory until there are `run_bytes` of them, and then become a run.
  Targets(SortedRuns& runs, std::size_t run_bytes) : runs_(runs), run_bytes_(run_bytes) {}

  /// Whether these are enough for a run by themselves.
  bool are_enough(const WriteBatch& in) const { return in.bytes() >= run_bytes_; }

  /// Takes all of `in`.
  Status take(WriteBatch& in) {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) waiting_.reserve(in.size(), run_bytes_);
    waiting_.append(in);
    in = {};
    return are_enough(waiting_) ? start_run() : Status();
  }
  /// The last call.
  Status put_rest_aside() {
    const std::lock_guard lock(mutex_);
    ANNALS_CHECK_OK(start_run());
    return writing_.get();
  }

 private:
  /// Sorting and writing a run takes a while, in which whoever folds goes on. Requires mutex_.
  Status start_run() {
    if (writing_.valid()) ANNALS_CHECK_OK(writing_.get());
    writing_ = std::async(std::launch::async, [this, run = std::exchange(waiting_, {})] {
      return runs_.add(run, Family::kIn);
    });
    return {};
  }

  SortedRuns& runs_;  // of whoever writes
  const std::size_t run_bytes_;
  std::mutex mutex_;
  WriteBatch waiting_;           // guarded by mutex_
  std::future<Status> writing_;  // likewise: of the last run; dies first
};

Status Projector::fold_parts(LoadParts& parts) {
  known_.clear();  // it is not told of what is written here
  std::future<Status> lists =
      std::async(std::launch::async, [&] { return fold_parts_of_lists(parts); });
  AliveChanges alive = parts.alive();
  Targets targets(parts.in(), parts.part_bytes() / 8);
  ANNALS_CHECK_OK(fold_parts_of_facts(parts, targets, alive));
  std::future<Status> counts = std::async(std::launch::async, [&] {
    parts.drop_facts();
    return fold_parts_of_counts(parts, alive);
  });
  ANNALS_CHECK_OK(targets.put_rest_aside());
  ANNALS_CHECK_OK(fold_parts_of_targets(parts));
  ANNALS_CHECK_OK(counts.get());
  ANNALS_CHECK_OK(lists.get());
  WriteBatch rows;
  note_progress(rows);
  return parts.rows().add(std::move(rows));
}

/// What is known of some sources; or of one of which much is known, a piece of that.
struct Projector::SourceChunk {
  FactChanges facts;
  enum class Holds : std::uint8_t { kSources, kPiece, kLastPiece };
  Holds holds = Holds::kSources;
};

/// Of a piece, facts by source are left where they are.
Status Projector::fold_chunk(SourceChunk& chunk, Targets& targets) const {
  FactChanges& facts = chunk.facts;
  const auto after_each = [&] {
    return targets.are_enough(facts.in) ? targets.take(facts.in) : Status();
  };
  ANNALS_CHECK_OK(facts.fold_timelines(store_, stored_facts_, after_each));
  ANNALS_CHECK_OK(targets.take(facts.in));
  ANNALS_CHECK_OK(SpellFolder::read(Family::kOut, std::exchange(facts.out, {}), facts.whole));
  if (chunk.holds != SourceChunk::Holds::kSources) return {};
  const NodeSpells whole = std::exchange(facts.whole, {});
  return folder_.fold_whole(store_, Family::kOut, std::span(&whole, 1), facts.rows);
}

/// Timelines, and facts by source, which come in the same order. Facts by target are put aside, and
/// how counts change is added to `alive`.
Status Projector::fold_parts_of_facts(const LoadParts& parts, Targets& targets,
                                      AliveChanges& alive) {
  const std::size_t chunk_bytes = chunk_bytes_of(parts);
  std::vector<NodeSpells> of_pieces;  // of the source of which pieces are taken
  const auto take = [&](SourceChunk&& chunk) -> Status {
    FactChanges& facts = chunk.facts;
    facts.counts.add_to(now_.statistics);
    alive.add(facts.alive);
    if (chunk.holds != SourceChunk::Holds::kSources) of_pieces.push_back(std::move(facts.whole));
    if (chunk.holds == SourceChunk::Holds::kLastPiece) {
      // While other threads go on with what comes behind.
      const std::vector<NodeSpells> whole = std::exchange(of_pieces, {});
      ANNALS_CHECK_OK(folder_.fold_whole(store_, Family::kOut, whole, facts.rows));
    }
    return parts.rows().add(std::move(facts.rows));
  };
  OrderedWork<SourceChunk> chunks([&](SourceChunk& chunk) { return fold_chunk(chunk, targets); },
                                  take);
  ANNALS_TRY(const std::unique_ptr<RunReader> timelines, parts.timelines().read());
  ANNALS_TRY(const std::unique_ptr<RunReader> alone, parts.out().read());
  SourceChunk chunk;
  const auto add_chunk = [&] {
    const std::size_t bytes = chunk.facts.bytes();
    return chunks.add(std::exchange(chunk, {}), bytes, kChunksAtOnce * chunk_bytes);
  };
  while (timelines->valid() || alone->valid()) {
    ANNALS_CHECK_OK(check_stop());
    const NodeId node = next_node(*timelines, *alone);
    std::vector<TimelineFolder> pieces =
        take_timelines(node, *timelines, kChunksOfHub * chunk_bytes, chunk.facts.timelines);
    if (!pieces.empty() && chunk.facts.bytes() > 0) ANNALS_CHECK_OK(add_chunk());
    take_spells(node, Family::kOut, *alone, chunk.facts.out);
    for (TimelineFolder& piece : pieces) {
      const bool is_last = &piece == &pieces.back();
      chunk.facts.timelines = std::move(piece);
      chunk.holds = is_last ? SourceChunk::Holds::kLastPiece : SourceChunk::Holds::kPiece;
      ANNALS_CHECK_OK(add_chunk());
    }
    if (chunk.facts.bytes() >= chunk_bytes) ANNALS_CHECK_OK(add_chunk());
  }
  ANNALS_CHECK_OK(timelines->status());
  ANNALS_CHECK_OK(alone->status());
  ANNALS_CHECK_OK(add_chunk());
  return chunks.finish();
}

Status Projector::fold_parts_of_counts(const LoadParts& parts, const AliveChanges& alive) {
  WriteBatch counts;
  ANNALS_CHECK_OK(alive_.fold(store_, alive, now_.watermark, true, counts));
  return parts.rows().add(std::move(counts));
}

Status Projector::fold_parts_of_targets(const LoadParts& parts) {
  struct Chunk {
    WriteBatch spells;
    WriteBatch rows;
  };
  OrderedWork<Chunk> chunks(
      [this](Chunk& chunk) -> Status {
        NodeSpells whole;
        ANNALS_CHECK_OK(SpellFolder::read(Family::kIn, std::exchange(chunk.spells, {}), whole));
        return folder_.fold_whole(store_, Family::kIn, std::span(&whole, 1), chunk.rows);
      },
      [&](Chunk&& chunk) {
        // Only now, since facts of the same nodes were still being looked up.
        stored_facts_.facts = true;
        return parts.rows().add(std::move(chunk.rows));
      });
  const std::size_t chunk_bytes = chunk_bytes_of(parts);
  ANNALS_TRY(const std::unique_ptr<RunReader> records, parts.in().read());
  while (records->valid()) {
    ANNALS_CHECK_OK(check_stop());
    Chunk chunk;
    while (records->valid() && chunk.spells.bytes() < chunk_bytes) {
      take_spells(node_of(*records), Family::kIn, *records, chunk.spells);
    }
    const std::size_t bytes = chunk.spells.bytes();
    ANNALS_CHECK_OK(chunks.add(std::move(chunk), bytes, kChunksAtOnce * chunk_bytes));
  }
  ANNALS_CHECK_OK(records->status());
  if (now_.statistics.unmatched > 0) stored_facts_.unmatched = true;
  return chunks.finish();
}

}  // namespace annals::storage
