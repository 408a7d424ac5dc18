#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "schema/base/result.h"
#include "storage/event_log/event_log.h"
#include "storage/kv/key_value_store.h"
#include "storage/projection/projector.h"

namespace annals::storage {

/// Projects many commits in a row, in a thread of its own: while it folds and writes rows, the
/// caller makes or reads the next commits. What they change goes down in one part if it is no more
/// than `buffer_bytes`, and in several otherwise, which costs twice as much. A part takes some
/// five times its size in memory while it is folded.
///
/// For one caller; nobody else may use the projector between construction and finish() or
/// destruction. Borrows both arguments. After an error, and after destruction without finish(), the
/// projector must be loaded again: it may know more than was written. Errors: Corruption, IoError.
class BulkProjection {
 public:
  BulkProjection(KeyValueStore& store, Projector& projector, std::size_t buffer_bytes);
  /// Leaves undone what finish() would have done.
  ~BulkProjection();
  BulkProjection(const BulkProjection&) = delete;
  BulkProjection& operator=(const BulkProjection&) = delete;

  /// Takes the commit that follows the one before; it is written to the log, durably or not. Waits
  /// while many are waiting. The error may be that of an earlier commit.
  Status add(CommitInfo info, CommitContent content);

  /// Projects what was added and writes all rows, durable on return, and the log before them. Must
  /// be the last call.
  Status finish();

 private:
  struct Commit {
    CommitInfo info;
    CommitContent content;
  };

  void run();
  Status project(Commit&& commit);
  Status write_gathered();
  Status write_rest();
  Status fold_later();
  Status fold_family(Family family);
  Status wait_for_rows();
  void stop(bool discard);

  KeyValueStore& store_;
  Projector& projector_;
  const std::size_t buffer_bytes_;
  const bool fills_index_;     // which had no facts before
  bool wrote_before_ = false;  // gathered rows, before the last ones
  std::future<Status> rows_;   // being written, by the thread's own thread

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Commit> waiting_;
  std::size_t events_waiting_ = 0;
  bool ended_ = false;  // nothing will be added
  Status status_;       // the first error

  std::thread thread_;
};

}  // namespace annals::storage
