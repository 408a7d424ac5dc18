#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
#include "schema/event.h"
#include "storage/kv/key_value_store.h"

namespace annals::storage {

/// SHA-256 (FIPS 180-4) of a commit, over its header without this field and its content.
using CommitHash = std::array<std::uint8_t, 32>;

/// A commit's place in the log.
struct CommitInfo {
  std::uint32_t version = 1;  ///< Of the format in which it is written.
  Seq first_seq;
  std::uint32_t count = 0;
  Micros recorded = 0;
  CommitHash previous{};
  CommitHash hash{};

  Seq last_seq() const { return Seq(first_seq.raw + count - 1); }
};

/// Where a log ends, or once ended: the last event, and the hash of its commit, which no other log
/// has. Zero for an empty log.
struct LogEnd {
  Seq last;
  CommitHash hash{};
  bool operator==(const LogEnd&) const = default;
};

/// A commit as the log holds it.
struct StoredCommit {
  CommitInfo info;
  CommitContent content;
};

/// Walks the commits in order, verifying each header and its hash on the way. Not shareable between
/// threads; must not outlive its log.
class LogCursor {
 public:
  virtual ~LogCursor() = default;
  /// Reads the next commit into `commit`; false at the end of the log as it was when the cursor was
  /// made. Corruption names the first bad sequence in its place.
  virtual Result<bool> next(StoredCommit& commit) = 0;
};

class CommitCache;

struct VerifyReport {
  std::uint64_t commits = 0;
  std::uint64_t events = 0;
  CommitHash head{};  ///< Hash of the last commit; all zero for an empty log.
};

/// The append-only, totally ordered sequence of events: the single source of truth. Everything else
/// in storage/ can be deleted and rebuilt from it. Format: docs/event_log_format.md.
///
/// Order and durability: sequences are gap-free from 1, recorded times strictly increase, a commit
/// is all or nothing. What was appended is on disk once a sync that was asked for later is done.
///
/// Thread-safety: any number of threads may read(), walk and sync while one appends; they see a
/// prefix. Ownership: borrows store and clock, which must outlive it. Errors: Corruption, IoError,
/// LimitExceeded.
class EventLog {
 public:
  ~EventLog();

  /// Opens the log in `store`, checking version and tail. Unsupported for a newer format.
  static Result<std::unique_ptr<EventLog>> open(KeyValueStore& store, const Clock& clock);

  /// Appends `content` as the next commit, not durably yet. It has at least one event and at most
  /// limits::kCommitEventsMax. On error nothing was appended, unless the disk fails: then nothing
  /// more can be until the database is opened again.
  Result<CommitInfo> append(const CommitContent& content) { return append(content, now()); }
  /// The same, as it counts if the clock showed `now`.
  Result<CommitInfo> append(const CommitContent& content, Micros now);
  /// What the clock shows.
  Micros now() const { return clock_.now(); }

  /// What a sync will have made durable.
  struct Sync {
    std::uint64_t number = 0;
    LogEnd end;
  };
  /// Asks that what was appended be made durable, and returns at once.
  Sync ask_for_sync();
  /// Sees to it, or waits for another thread that does.
  Status wait_for(const Sync& sync);
  /// Whether a thread is making something durable now.
  bool is_syncing() { return store_.is_syncing(); }
  /// Both, unless all of it is durable.
  Status sync();
  /// The end of what is known to be on disk; what was there when it was opened is.
  LogEnd durable_end() const;
  /// Whether the log ended so once, or does now.
  Result<bool> has_end(const LogEnd& end) const;
  /// Begins to compress what was appended, in a thread of the store.
  void begin_flush() { store_.begin_flush(Family::kLog); }

  /// One event. NotFound past the end.
  Result<RecordedEvent> read(Seq seq) const;

  /// The commits from the one that contains `from` (1 for all) to the present last one.
  std::unique_ptr<LogCursor> cursor(Seq from) const;

  /// When a commit that was staged now would count as recorded; no later than when one is.
  Micros next_recorded() const;

  /// The sequence of the last event; zero for an empty log.
  Seq last_seq() const;

  /// The last commit; its count is zero for an empty log.
  CommitInfo head() const;
  LogEnd end() const;

  /// Reads everything and checks sequences, times, hashes and that every event decodes. The error
  /// names the first bad sequence. Interrupted if `stop` is requested.
  Result<VerifyReport> verify(const StopFlag& stop) const;

 private:
  EventLog(KeyValueStore& store, const Clock& clock);
  Micros next_recorded(Micros now) const;
  Result<CommitInfo> stage(const CommitContent& content, Micros now, WriteBatch& batch) const;

  KeyValueStore& store_;
  const Clock& clock_;
  mutable std::mutex mutex_;  // guards what follows
  CommitInfo head_;
  LogEnd durable_;
  std::unique_ptr<CommitCache> cache_;
};

}  // namespace annals::storage
