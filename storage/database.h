#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "schema/base/clock.h"
#include "schema/base/limits.h"
#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
#include "storage/commit_builder.h"
#include "storage/event_log/event_log.h"
#include "storage/graph_index/graph_snapshot.h"
#include "storage/graph_index/spell_group.h"
#include "storage/kv/key_value_store.h"
#include "storage/projection/block_sizes.h"

namespace annals::storage {

struct DatabaseOptions {
  bool read_only = false;
  bool create_if_missing = true;
  std::size_t memory_bytes = std::size_t{512} << 20;  ///< Caches and write buffers together.
  std::size_t load_part_bytes = 0;  ///< For tests: small ones. Zero: what fits memory_bytes.
  BlockSizes block_sizes;           ///< For tests: small ones.
  /// Stops the opening, which may have to make the index anew; borrowed for as long as that takes.
  const StopFlag* stop = nullptr;
};

/// What REPLAY COMPARE found. `first_difference` is empty if the live projection and the one
/// rebuilt from the log are the same: row by row, and of facts spell by spell.
struct ReplayReport {
  std::uint64_t events = 0;
  std::uint64_t rows = 0;  ///< Rows compared.
  std::string first_difference;
};

struct DatabaseStatistics {
  Seq last_seq;
  std::uint64_t commits = 0;
  /// Events that are in the log and not in the index, nor in what is counted here. A database that
  /// is open for reading only leaves them there: a load is under way, or was cut off.
  std::uint64_t unindexed = 0;
  GraphStatistics graph;
  std::vector<KeyValueStore::FamilyStatistics> families;
  KeyValueStore::CacheStatistics cache;
};

/// A database folder: opens, wires and closes the log, the projection and the graph index.
///
/// Durability: what commit() acknowledges is in the log on disk. A projection that lags behind the
/// log (after a power cut, or a bulk load that was cut off) is caught up by open() and begin(); if
/// it cannot be read then, and the log is whole, it is made anew from the log.
/// Thread-safety: any number of threads may take snapshots and read while one writes; a second
/// writer waits in begin() while a commit is put together, not while it is made durable: commits
/// that wait for the disk together share one sync. Ownership: everything handed out must die before
/// the database; the clock must outlive it. Errors: Conflict (open elsewhere; written to while
/// read-only), NotFound, InvalidArgument (a folder that is no database), Unsupported (a newer
/// format), Corruption, IoError.
class Database {
 public:
  /// Interrupted if it was stopped while the index was brought up to the log, which the next
  /// opening then does.
  static Result<std::unique_ptr<Database>> open(const std::string& path,
                                                const DatabaseOptions& options, const Clock& clock);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// The present state.
  std::unique_ptr<GraphSnapshot> snapshot() const;

  /// Starts a commit; waits for a commit that another thread has started.
  Result<std::unique_ptr<CommitBuilder>> begin();

  /// Appends what the builder gathered and makes its effects visible: all of it, or on error
  /// nothing; but if only the index could not be written, it is recorded, and the error says so. A
  /// builder without events is fine and gives a count of zero.
  Result<CommitInfo> commit(std::unique_ptr<CommitBuilder> builder);

  /// Takes what the builder gathered and empties it for more, as part of a load of many commits.
  /// Other threads append it to the log and project it: not yet durably, and not yet visible to
  /// snapshots unless many new names and IDs have gathered. finish_load() makes all of it both;
  /// after a crash in between, a prefix of the load is there, of whole commits. An error may be
  /// that of an earlier commit, and then nothing behind that one is in the log.
  Status load_commit(CommitBuilder& builder);
  Status finish_load(std::unique_ptr<CommitBuilder> builder);

  Result<VerifyReport> verify_log(const StopFlag& stop) const;

  /// Rebuilds the projection from the log beside the live one, as far as that goes, in a folder
  /// that is removed afterwards (within the database's, or if that cannot be, of temporary files),
  /// and compares every row. Writers wait meanwhile.
  Result<ReplayReport> replay_compare(const StopFlag& stop);

  /// Throws the projection away and rebuilds it from the log, if that is whole. Only the check of
  /// the log can be stopped: half an index answers nothing. Requires that no snapshot is read
  /// meanwhile; those taken before see nothing any more. Conflict if it is open for reading only.
  Status rebuild(const StopFlag& stop);

  DatabaseStatistics statistics() const;
  /// How facts lie under their sources and under their targets, added up. Reads both.
  Result<GroupLayout> layout(const StopFlag& stop) const;
  const std::string& path() const { return path_; }
  bool read_only() const { return options_.read_only; }

 private:
  struct State;
  Database(std::string path, const DatabaseOptions& options);
  Status project_load(CommitBuilder& builder);

  std::string path_;
  DatabaseOptions options_;
  std::unique_ptr<State> state_;
};

}  // namespace annals::storage
