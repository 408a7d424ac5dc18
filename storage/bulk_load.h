#pragma once

#include <deque>
#include <future>

#include "schema/base/result.h"
#include "schema/base/worker_thread.h"
#include "storage/event_log/event_log.h"
#include "storage/kv/key_value_store.h"
#include "storage/projection/bulk_projection.h"
#include "storage/projection/projector.h"

namespace annals::storage {

/// A load of many commits, in two threads of its own: one encodes them and appends them to the log,
/// and another one projects them (bulk_projection.h), while the caller makes the next ones.
///
/// For one caller, who is the only one to stage commits and to use the projector between
/// construction and destruction. Borrows its arguments. What BulkProjection says of errors holds.
class BulkLoad {
 public:
  /// `store` is that of the index.
  BulkLoad(KeyValueStore& store, EventLog& log, Projector& projector, std::size_t part_bytes);

  /// Takes the next commit, which counts as recorded now, and has it appended, not durably yet.
  /// Waits while several are waiting. The error may be that of an earlier commit, and is given
  /// again by all later calls: nothing was appended behind that commit.
  Status append(CommitContent content);

  /// Until all commits are in the log, or one could not be appended.
  Status wait_for_log();

  /// As BulkProjection::finish().
  Status finish(const BulkProjection::TakeIn& take_in);

 private:
  Status append_now(CommitContent&& content, Micros now);
  Status wait_for_first();

  EventLog& log_;
  BulkProjection projection_;
  bool failed_ = false;  // only the thread uses it
  Status status_;        // the first error that was waited for
  std::deque<std::future<Status>> appending_;
  WorkerThread thread_;  // dies first
};

}  // namespace annals::storage
