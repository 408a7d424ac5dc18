#include "storage/database.h"

#include <algorithm>
#include <future>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "schema/base/contract.h"
#include "schema/base/limits.h"
#include "schema/base/worker_thread.h"
#include "storage/bulk_load.h"
#include "storage/graph_index/entity_cache.h"
#include "storage/graph_index/index_rows.h"
#include "storage/kv/open_parts.h"
#include "storage/log_anchor.h"
#include "storage/projection/bulk_projection.h"
#include "storage/projection/comparison.h"
#include "storage/projection/event_refolder.h"
#include "storage/projection/projector.h"
#include "storage/scratch_folder.h"

namespace annals::storage {

namespace {

/// The share of memory that a part of a load takes: there are two of them at a time, of which one
/// is being sorted, which takes half as much again.
constexpr std::size_t kLoadPartsPerMemory = 10;

/// Families that the projection fills; kLog is the truth that it is made from.
constexpr Family kProjected[] = {
    Family::kOut,           Family::kIn,     Family::kProperty,   Family::kUnmatched,
    Family::kParticipation, Family::kEntity, Family::kName,       Family::kEventId,
    Family::kDefinition,    Family::kMeta,   Family::kSuperseded, Family::kCorrection,
    Family::kExistence,     Family::kByTime};

Error interrupted(std::string_view what) {
  return Error(ErrorCode::kInterrupted, fmt::format("{} was stopped", what), "nothing was changed");
}

/// Of what an opening does to the index, which may be stopped.
Status opening(Status done) {
  if (done || done.error().code != ErrorCode::kInterrupted) return done;
  return Error(ErrorCode::kInterrupted,
               "the opening was stopped while the index was being brought up to the log",
               "nothing that was recorded is lost; the next opening does it");
}

/// What to do about a commit that is in the log, and that the index could not be told.
Error but_recorded(Error error, const CommitInfo& info) {
  error.hint = fmt::format(
      "what was recorded is in the log, up to #{}; the next commit, or opening the database "
      "again, brings the index up to it and makes it anew if need be",
      info.last_seq().raw);
  return error;
}

/// Deletes every row of these families, if there are few.
Result<std::optional<WriteBatch>> erase_all(const KeyValueStore& store,
                                            std::span<const Family> families) {
  constexpr std::size_t kRowsMax = 50'000;
  WriteBatch batch;
  for (const Family family : families) {
    const auto rows = store.iterate(family, {}, {});
    for (; rows->valid(); rows->next()) {
      if (batch.size() == kRowsMax) return std::optional<WriteBatch>();
      batch.erase(family, rows->key());
    }
    ANNALS_CHECK_OK(rows->status());
  }
  return std::optional<WriteBatch>(std::move(batch));
}

/// Takes the commits that follow the projector's watermark, up to that of `last`, writing index
/// rows in bulk.
Status project_rest(EventLog& log, Seq last, KeyValueStore& store, Projector& projector,
                    std::size_t part_bytes, const StopFlag& stop,
                    const BulkProjection::TakeIn& take_in) {
  const auto cursor = log.cursor(Seq(projector.watermark().raw + 1));
  const Projector::Stopping stopping(projector, stop);
  BulkProjection projection(store, log, projector, part_bytes);
  StoredCommit commit;
  // The projector is another thread's from the first commit on.
  for (Seq taken = projector.watermark(); taken < last; taken = commit.info.last_seq()) {
    if (stop.requested()) return interrupted("the replay");
    ANNALS_TRY(const bool more, cursor->next(commit));
    if (!more) break;
    ANNALS_CHECK_OK(projection.add(commit.info, std::move(commit.content)));
  }
  return projection.finish(take_in);
}

bool is_being_filled(const KeyValueStore& store) {
  std::string ignored;
  const Result<bool> found = store.get(Family::kMeta, kFillingKey, ignored);
  return found && *found;
}

}  // namespace

struct Database::State {
  BlockSizes block_sizes;
  std::size_t load_part_bytes = 0;
  std::shared_ptr<const StoreMemory> memory;
  std::unique_ptr<KeyValueStore> log_store;  // its lock is that of the database
  std::unique_ptr<KeyValueStore> store;      // of the index
  std::unique_ptr<EventLog> log;
  EventRefolder refolder;

  WriterLock writer;                     // held by whoever builds a commit
  std::unique_ptr<Projector> projector;  // guarded by writer
  std::unique_ptr<BulkLoad> load;        // guarded by writer; it has `projector` while it is there

  /// What snapshots are made of: one state of the store and what belongs to it.
  struct View {
    std::shared_ptr<const KvSnapshot> kv;
    std::shared_ptr<const Vocabulary> vocabulary;
    std::shared_ptr<const GraphStatistics> statistics;
    std::shared_ptr<EntityCache> entities;
    Seq last_seq;
    std::uint64_t commits = 0;
  };
  View latest;                         // guarded by writer: with what is not durable yet
  bool entities_are_outdated = false;  // guarded by writer
  LogAnchor anchor;                    // likewise
  std::uint64_t renamings = 0;         // likewise: of the projector, that latest.entities has seen

  mutable std::mutex published_mutex;
  View published;  // guarded by published_mutex: what snapshots see, all of it durable
  View outdated;   // likewise: what they saw before; whoever indexes next has the time to end it

  WorkerThread indexer;  // brings the index up to date; dies first

  /// The log can make it all anew. A small index goes in one write, like a commit: dropping and
  /// making a dozen families takes RocksDB half a second. What is cut off in dropping a large one
  /// is noticed by the next open(): kMeta says so, and goes last.
  Status clear_projection() {
    // What cannot be read is dropped, too.
    Result<std::optional<WriteBatch>> all = erase_all(*store, kProjected);
    if (!all || !*all) {
      WriteBatch batch;
      batch.put(Family::kMeta, kClearingKey, "1");
      ANNALS_CHECK_OK(store->write(batch, Durability::kSynced));
      for (const Family family : kProjected) {
        if (family != Family::kMeta) ANNALS_CHECK_OK(store->clear(family));
      }
      constexpr Family kLast[] = {Family::kMeta};
      all = erase_all(*store, kLast);
      if (!all || !*all) {
        ANNALS_CHECK_OK(store->clear(Family::kMeta));
        all = std::optional<WriteBatch>(WriteBatch());
      }
    }
    (*all)->put(Family::kMeta, kFillingKey, "1");
    anchor.forget();
    anchor.note(*log, **all);
    return store->write(**all, Durability::kSynced);
  }

  /// From now until note_filled() the index is known to be half of one.
  Status note_filling() const {
    WriteBatch batch;
    batch.put(Family::kMeta, kFillingKey, "1");
    return store->write(batch, Durability::kSynced);
  }

  /// The index is as far as it was when it was thrown away, if it was.
  Status note_filled() const {
    if (!is_being_filled(*store)) return {};
    WriteBatch batch;
    batch.erase(Family::kMeta, kFillingKey);
    return store->write(batch, Durability::kSynced);
  }

  /// Opens the log and the index. An index that does not open is made anew, if the log is whole.
  Status open_stores(const std::string& path, const DatabaseOptions& options, const Clock& clock,
                     const StopFlag& stop) {
    memory = make_store_memory(options.memory_bytes);
    StoreOptions of_index;
    of_index.read_only = options.read_only;
    of_index.memory = memory;
    StoreOptions of_log = of_index;
    of_log.part = StorePart::kLog;
    of_log.create_if_missing = options.create_if_missing;
    if (options.read_only) {
      ANNALS_TRY(store, open_rocks_store(path, of_index));
      ANNALS_TRY(log_store, open_rocks_store(path, of_log));
      ANNALS_TRY(log, EventLog::open(*log_store, clock));
      return {};
    }
    ANNALS_TRY(OpenParts parts, open_parts(path, of_log));
    log_store = std::move(parts.log);
    ANNALS_TRY(log, EventLog::open(*log_store, clock));
    if (!parts.index) {
      if (parts.index.error().code != ErrorCode::kNotFound) {
        ANNALS_CHECK_OK(opening(check_remake(std::move(parts.index).error(), stop)));
        ANNALS_CHECK_OK(remove_index(path));
      }
      parts.index = open_rocks_store(path, of_index);
    }
    ANNALS_TRY(store, std::move(parts.index));
    return {};
  }

  /// Tells the index how much of the log is known to be on disk. Requires the writer lock.
  Status note_durable() {
    WriteBatch batch;
    anchor.note(*log, batch);
    return batch.empty() ? Status() : store->write(batch, Durability::kRelaxed);
  }

  /// The projector's state. Requires the writer lock.
  const View& take_view() {
    latest.kv = store->snapshot();
    const Vocabulary& now = projector->vocabulary();
    const bool is_same = latest.vocabulary &&
                         latest.vocabulary->symbol_count() == now.symbol_count() &&
                         latest.vocabulary->version() == now.version();
    if (!is_same) latest.vocabulary = std::make_shared<const Vocabulary>(now);
    latest.statistics = std::make_shared<const GraphStatistics>(projector->statistics());
    const bool is_renamed = renamings != projector->renamings();
    if (latest.entities == nullptr || entities_are_outdated || is_renamed) {
      latest.entities = std::make_shared<EntityCache>();
      entities_are_outdated = false;
      renamings = projector->renamings();
    }
    latest.last_seq = projector->watermark();
    latest.commits = projector->commits();
    return latest;
  }

  /// Makes it what new snapshots see, unless these see more already.
  void show(const View& view) {
    const std::lock_guard lock(published_mutex);
    if (published.kv != nullptr && view.last_seq < published.last_seq) return;
    outdated = std::exchange(published, view);
  }

  /// Ends what nobody sees any more, beside a thread that waits for the disk.
  void let_go_of_outdated() {
    View gone;
    const std::lock_guard lock(published_mutex);
    std::swap(gone, outdated);
  }

  /// Both; for what is durable. Requires the writer lock.
  void publish() { show(take_view()); }

  std::unique_ptr<GraphSnapshot> snapshot_of(const View& view) const {
    return std::make_unique<GraphSnapshot>(*store, *log, refolder, view.kv, view.vocabulary,
                                           view.statistics, view.entities, view.last_seq);
  }
  std::unique_ptr<GraphSnapshot> snapshot() const {
    const std::lock_guard lock(published_mutex);
    return snapshot_of(published);
  }

  /// The state of the projection after a failed write is not known: it is read again.
  Error reload_after(Error error) {
    load.reset();
    auto reloaded = Projector::load(*store, *log, block_sizes);
    if (!reloaded) return error;
    projector = std::move(*reloaded);
    entities_are_outdated = true;
    publish();
    return error;
  }

  /// Brings the index up to date with a commit that is in the log. Requires the writer lock.
  Status index(const CommitInfo& info, CommitContent content) {
    ANNALS_CHECK_OK(projector->add(info, std::move(content)));
    WriteBatch batch;
    ANNALS_CHECK_OK(projector->flush(batch));
    anchor.note(*log, batch);
    return store->write(batch, Durability::kRelaxed);
  }

  /// The same, and lets the next writer in. What is to be shown when it is durable, and is not
  /// shown yet. On error the builder still holds the lock.
  Result<View> index(const CommitInfo& info, CommitContent content,
                     std::unique_ptr<CommitBuilder>& builder) {
    ANNALS_CHECK_OK(index(info, std::move(content)));
    View view = take_view();
    builder.reset();
    let_go_of_outdated();
    return view;
  }

  /// Takes in the rows of a load and shows them. No snapshot of ours lives meanwhile, and readers
  /// who want one wait: rows that come while there is one get numbers, and to be rid of these
  /// RocksDB writes all of them once more, in the background (decision 20). Requires the writer
  /// lock.
  BulkProjection::TakeIn take_in() {
    return [this](Ingestion& rows) {
      const std::lock_guard lock(published_mutex);
      latest.kv.reset();
      published.kv.reset();
      outdated.kv.reset();
      Status taken = rows.finish();
      // Otherwise nothing was taken in: both see what they saw before.
      if (taken) {
        published = take_view();
      } else {
        latest.kv = published.kv = store->snapshot();
      }
      return taken;
    };
  }

  /// Ends a load: writes the rows of all its commits and lets snapshots see them. Requires the
  /// writer lock.
  Status project_load() {
    if (load != nullptr) {
      if (Status done = load->finish(take_in()); !done) {
        return reload_after(std::move(done).error());
      }
      load.reset();
    }
    publish();
    return {};
  }

  /// Projects what the log has beyond the projection. An index that cannot be read is made anew, if
  /// the log is whole. What was done before an error, or before it was stopped, stays. Requires the
  /// writer lock.
  Status catch_up(const StopFlag& stop) {
    Status done =
        project_rest(*log, log->last_seq(), *store, *projector, load_part_bytes, stop, take_in());
    if (!done && can_make_anew(done.error(), stop)) return rebuild(stop);
    if (done) done = note_filled();
    if (!done) return reload_after(std::move(done).error());
    publish();
    return {};
  }

  /// Whether it is the index that is damaged, and the log that it is made from is not.
  bool can_make_anew(const Error& error, const StopFlag& stop) const {
    return check_remake(error, stop).has_value();
  }
  /// The same, with the error that is left: `error`, or that the log was not read to its end.
  Status check_remake(Error error, const StopFlag& stop) const {
    if (error.code != ErrorCode::kCorruption) return error;
    auto whole = log->verify(stop);
    if (whole) return {};
    return whole.error().code == ErrorCode::kInterrupted ? std::move(whole).error() : error;
  }

  /// Throws the projection away and makes it anew. Requires the writer lock.
  Status rebuild(const StopFlag& stop) {
    load.reset();  // what it has not done yet is done with the rest
    ANNALS_CHECK_OK(clear_projection());
    ANNALS_TRY(projector, Projector::load(*store, *log, block_sizes));
    entities_are_outdated = true;
    Status done =
        project_rest(*log, log->last_seq(), *store, *projector, load_part_bytes, stop, take_in());
    if (done) done = note_filled();
    if (!done) return reload_after(std::move(done).error());
    publish();
    return {};
  }

  /// A load that was given up left commits in the log whose names and numbers count all the same:
  /// projects them, so that nothing lags behind the log. Requires the writer lock.
  Status settle() {
    if (load != nullptr) ANNALS_CHECK_OK(project_load());
    return projector->watermark() < log->last_seq() ? catch_up(StopFlag()) : Status();
  }
};

Database::Database(std::string path, const DatabaseOptions& options)
    : path_(std::move(path)), options_(options), state_(std::make_unique<State>()) {}

Database::~Database() {
  if (state_->projector == nullptr || options_.read_only) return;
  // An index that does not know it finds less that is lost, which is no reason to tell anyone.
  static_cast<void>(state_->note_durable());
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path,
                                                 const DatabaseOptions& options,
                                                 const Clock& clock) {
  std::unique_ptr<Database> database(new Database(path, options));
  database->options_.stop = nullptr;
  const StopFlag never;
  const StopFlag& stop = options.stop != nullptr ? *options.stop : never;
  State& state = *database->state_;
  state.block_sizes = options.block_sizes;
  state.load_part_bytes =
      options.load_part_bytes > 0
          ? options.load_part_bytes
          : std::min(options.memory_bytes / kLoadPartsPerMemory, limits::kLoadPartBytes);
  ANNALS_CHECK_OK(state.open_stores(path, options, clock, stop));
  if (Status anchored = state.anchor.check(*state.store, *state.log); !anchored) {
    anchored.error().place.file = path;
    return std::move(anchored).error();
  }
  Result<bool> is_outdated = Projector::is_outdated(*state.store);
  const bool is_lost =
      !is_outdated && !options.read_only && state.can_make_anew(is_outdated.error(), stop);
  if (!is_outdated && !is_lost) return std::move(is_outdated).error();
  if ((is_lost || *is_outdated) && !options.read_only) ANNALS_CHECK_OK(state.clear_projection());
  auto loaded = Projector::load(*state.store, *state.log, options.block_sizes);
  if (loaded) {
    state.projector = std::move(*loaded);
  } else if (options.read_only || !state.can_make_anew(loaded.error(), stop)) {
    return std::move(loaded).error();
  } else {
    ANNALS_CHECK_OK(opening(state.rebuild(stop)));
  }
  // A power cut may take back commits that nobody was told of, and leave them in the index.
  const bool is_ahead = state.projector->watermark() > state.log->last_seq();
  if (is_ahead && !options.read_only) ANNALS_CHECK_OK(opening(state.rebuild(stop)));
  const bool is_behind = state.projector->watermark() < state.log->last_seq();
  const bool is_gone = is_behind && !state.projector->watermark();
  const bool is_half = is_gone || is_ahead || is_being_filled(*state.store);
  if (options.read_only && is_half) {
    Error error = incomplete_index();
    error.place.file = path;
    return error;
  }
  if (is_gone) ANNALS_CHECK_OK(state.note_filling());
  if (!options.read_only && (is_behind || is_half)) {
    ANNALS_CHECK_OK(opening(state.catch_up(stop)));
  }
  state.publish();
  return database;
}

std::unique_ptr<GraphSnapshot> Database::snapshot() const { return state_->snapshot(); }

Result<std::unique_ptr<CommitBuilder>> Database::begin() {
  if (options_.read_only) {
    return Error(ErrorCode::kConflict, "the database is open for reading only",
                 "open it without --read-only to record events");
  }
  std::unique_lock lock(state_->writer);
  ANNALS_CHECK_OK(state_->settle());
  auto base = state_->snapshot_of(state_->latest);
  const Seq next(state_->log->last_seq().raw + 1);
  const std::uint64_t next_entity = base->statistics().entities() + 1;
  return std::make_unique<CommitBuilder>(std::move(lock), std::move(base), *state_->log, next,
                                         next_entity);
}

Result<CommitInfo> Database::commit(std::unique_ptr<CommitBuilder> builder) {
  CommitInfo info;
  if (builder->event_count() == 0) return info;
  State& state = *state_;
  ANNALS_ASSERT(state.load == nullptr);
  CommitContent content = builder->take_content();
  Result<CommitInfo> appended = state.log->append(content);
  if (!appended) return state.reload_after(std::move(appended).error());
  info = *appended;
  // Only the log must be on disk: what the next open misses in the index it projects anew. So the
  // disk is busy while the index is brought up to date, and then the next writer goes on: commits
  // that wait together share one sync. Readers see it when it is durable.
  const EventLog::Sync sync = state.log->ask_for_sync();
  const auto index = [&] { return state.index(info, std::move(content), builder); };
  // This thread is the one that waits for the disk, since waking it afterwards takes a while;
  // unless another one is there already, which will wake it in any case.
  const bool waits_here = !state.log->is_syncing();
  std::future<Result<State::View>> indexing =
      waits_here ? state.indexer.run(index) : std::async(std::launch::deferred, index);
  if (!waits_here) indexing.wait();
  const Status synced = state.log->wait_for(sync);
  Result<State::View> indexed = indexing.get();
  ANNALS_CHECK_OK(synced);
  if (!indexed) return state.reload_after(but_recorded(std::move(indexed).error(), info));
  state.show(*indexed);
  return info;
}

Status Database::load_commit(CommitBuilder& builder) {
  if (builder.event_count() == 0) return {};
  State& state = *state_;
  if (state.load == nullptr) {
    state.load = std::make_unique<BulkLoad>(*state.store, *state.log, *state.projector,
                                            state.load_part_bytes);
    builder.wait_for_log_ = [&state] {
      return state.load == nullptr ? Status() : state.load->wait_for_log();
    };
  }
  if (Status added = state.load->append(builder.take_content()); !added) {
    return state.reload_after(std::move(added).error());
  }
  if (builder.recent_count() < limits::kLoadRecentMax) return {};
  return project_load(builder);
}

Status Database::project_load(CommitBuilder& builder) {
  ANNALS_CHECK_OK(state_->project_load());
  builder.rebase(state_->snapshot_of(state_->latest));
  return {};
}

Status Database::finish_load(std::unique_ptr<CommitBuilder> builder) {
  ANNALS_CHECK_OK(load_commit(*builder));
  // Nothing follows, so that it needs no snapshot any more.
  const std::unique_lock lock = std::move(builder->writer_lock_);
  builder.reset();
  return state_->project_load();
}

Result<VerifyReport> Database::verify_log(const StopFlag& stop) const {
  return state_->log->verify(stop);
}

Result<ReplayReport> Database::replay_compare(const StopFlag& stop) {
  const std::lock_guard lock(state_->writer);
  if (!options_.read_only) ANNALS_CHECK_OK(state_->settle());
  ANNALS_TRY(const std::unique_ptr<ScratchFolder> scratch, ScratchFolder::create(path_));
  StoreOptions options;
  options.memory = state_->memory;
  ANNALS_TRY(const std::unique_ptr<KeyValueStore> rebuilt,
             open_rocks_store(scratch->path(), options));
  ANNALS_TRY(const std::unique_ptr<Projector> projector,
             Projector::load(*rebuilt, *state_->log, BlockSizes()));
  // Read beside a writer, or after a crash, the log may have more than the index that is compared.
  ANNALS_CHECK_OK(project_rest(*state_->log, state_->projector->watermark(), *rebuilt, *projector,
                               state_->load_part_bytes, stop,
                               [](Ingestion& rows) { return rows.finish(); }));
  ReplayReport report;
  report.events = projector->watermark().raw;
  for (const Family family : kProjected) {
    ANNALS_TRY(report.first_difference,
               first_difference(family, *state_->store, *rebuilt, report.rows, stop));
    if (!report.first_difference.empty()) break;
  }
  return report;
}

Status Database::rebuild(const StopFlag& stop) {
  if (options_.read_only) {
    return Error(ErrorCode::kConflict, "the database is open for reading only",
                 "open it without --read-only to have the index made anew");
  }
  const std::lock_guard lock(state_->writer);
  // What is thrown away comes back from a log that is whole, and from no other.
  if (auto whole = state_->log->verify(stop); !whole) {
    Error error = std::move(whole).error();
    error.hint = "the index is as it was, nothing was changed";
    return error;
  }
  Status done = state_->rebuild(StopFlag());
  if (!done) {
    done.error().hint =
        "the log is whole, the index is not: close the database and open it again, which makes the "
        "rest of it";
  }
  return done;
}

DatabaseStatistics Database::statistics() const {
  DatabaseStatistics statistics;
  {
    const std::lock_guard lock(state_->published_mutex);
    statistics.last_seq = state_->published.last_seq;
    statistics.commits = state_->published.commits;
    statistics.graph = *state_->published.statistics;
  }
  statistics.unindexed = state_->log->last_seq().raw - statistics.last_seq.raw;
  statistics.families = state_->log_store->statistics();
  const auto index = state_->store->statistics();
  statistics.families.insert(statistics.families.end(), index.begin(), index.end());
  statistics.cache = state_->store->cache_statistics();
  return statistics;
}

Result<GroupLayout> Database::layout(const StopFlag& stop) const {
  ANNALS_TRY(GroupLayout all, layout_of(*state_->store, Family::kOut, stop));
  ANNALS_TRY(const GroupLayout in, layout_of(*state_->store, Family::kIn, stop));
  all.blocks += in.blocks;
  all.pages += in.pages;
  all.rows += in.rows;
  all.tail_rows += in.tail_rows;
  return all;
}

}  // namespace annals::storage
