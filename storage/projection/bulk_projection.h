#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "schema/base/result.h"
#include "storage/event_log/event_log.h"
#include "storage/kv/key_value_store.h"
#include "storage/projection/load_parts.h"
#include "storage/projection/projector.h"

namespace annals::storage {

/// Projects many commits in a row, in a thread of its own: while it folds and writes rows, the
/// caller makes or reads the next commits. What they change is put aside in parts (load_parts.h) of
/// about `part_bytes`, and all of it is folded and seen at the end. Commits that change earlier
/// events go down by and by, with what came before them.
///
/// For one caller; nobody else may use the projector between construction and finish() or
/// destruction. Borrows its arguments. After an error, and after destruction without finish(), the
/// projector must be loaded again: it may know more than was written. Errors: Corruption, IoError.
class BulkProjection {
 public:
  /// `store` is that of the index; `log` is where the commits are that are added.
  BulkProjection(KeyValueStore& store, EventLog& log, Projector& projector, std::size_t part_bytes);
  /// Leaves undone what finish() would have done.
  ~BulkProjection();
  BulkProjection(const BulkProjection&) = delete;
  BulkProjection& operator=(const BulkProjection&) = delete;

  /// Takes the commit that follows the one before; it is written to the log, durably or not. Waits
  /// while many are waiting. The error may be that of an earlier commit.
  Status add(CommitInfo info, CommitContent content);

  /// What ends an ingestion: Ingestion::finish(), and what belongs to it.
  using TakeIn = std::function<Status(Ingestion&)>;

  /// Projects what was added and writes all rows, durable on return, and the log before them. Must
  /// be the last call. If the rows are many they are taken in by `take_in`, which is called by the
  /// caller's thread, and may look at the projector.
  Status finish(const TakeIn& take_in);

 private:
  struct Commit {
    CommitInfo info;
    CommitContent content;
  };

  void run();
  Status project_if_there_is_memory(Commit&& commit);
  Status project(Commit&& commit);
  Status write_gathered();
  std::size_t next_part_bytes() const;
  Status put_aside();
  Status write_parts(const TakeIn& take_in);
  Status write_rest(const TakeIn& take_in);
  Status wait();
  void stop(bool discard);

  KeyValueStore& store_;
  EventLog& log_;
  Projector& projector_;
  const std::size_t part_bytes_;
  const Seq began_at_;  // the projector's watermark
  std::size_t bytes_put_aside_ = 0;
  // Since something was written or put aside, whether a commit looked at what is in the index.
  bool reads_rows_ = false;
  std::unique_ptr<LoadParts> parts_;  // put aside, if any
  std::future<Status> doing_;         // writes or puts aside, in a thread of its own; dies first

  std::mutex mutex_;                  // guards what follows
  std::condition_variable changed_;   // for the thread
  std::condition_variable has_room_;  // for the caller
  std::deque<Commit> waiting_;
  std::size_t events_waiting_ = 0;
  bool ended_ = false;  // nothing will be added
  Status status_;       // the first error

  std::thread thread_;
};

}  // namespace annals::storage
