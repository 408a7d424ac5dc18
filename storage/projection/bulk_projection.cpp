#include "storage/projection/bulk_projection.h"

#include <algorithm>
#include <future>
#include <utility>
#include <variant>
#include <vector>

#include "schema/base/limits.h"

namespace annals::storage {

namespace {

// Enough that the caller need not wait while what has gathered is folded; about 40 MB.
constexpr std::size_t kEventsWaitingMax = 64 * limits::kBulkCommitEvents;

/// Less than a part of the buffer is no bulk: files of their own would cost more than they save.
constexpr std::size_t kBufferPerFewBytes = 128;

}  // namespace

BulkProjection::BulkProjection(KeyValueStore& store, Projector& projector, std::size_t buffer_bytes)
    : store_(store),
      projector_(projector),
      buffer_bytes_(buffer_bytes),
      fills_index_(projector.statistics().facts == 0),
      thread_([this] { run(); }) {}

BulkProjection::~BulkProjection() { stop(true); }

void BulkProjection::stop(bool discard) {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    if (discard) waiting_.clear();
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Status BulkProjection::add(CommitInfo info, CommitContent content) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !status_ || events_waiting_ < kEventsWaitingMax; });
    if (!status_) return status_;
    events_waiting_ += content.events.size();
    waiting_.push_back({info, std::move(content)});
  }
  changed_.notify_all();
  return {};
}

Status BulkProjection::finish() {
  stop(false);
  if (!status_) return status_;
  return write_rest();
}

/// The thread: until the end, or an error.
void BulkProjection::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Commit commit = std::move(waiting_.front());
    waiting_.pop_front();
    const std::size_t events = commit.info.count;
    lock.unlock();
    Status projected = project(std::move(commit));
    lock.lock();
    events_waiting_ -= events;
    if (!projected) {
      status_ = std::move(projected);
      waiting_.clear();
    }
    changed_.notify_all();
    if (!status_) return;
  }
}

namespace {

/// Whether adding these events looks at what is in the index already, as that of new facts does not
/// before it is folded.
bool reads_rows(const CommitContent& content) {
  return std::any_of(content.events.begin(), content.events.end(), [](const Event& event) {
    return target_of(event) || std::holds_alternative<Naming>(event.body) ||
           std::holds_alternative<Replay>(event.body);
  });
}

}  // namespace

Status BulkProjection::project(Commit&& commit) {
  // The last rows may still be on their way into the store.
  if (reads_rows(commit.content)) ANNALS_CHECK_OK(wait_for_rows());
  ANNALS_CHECK_OK(projector_.add(commit.info, std::move(commit.content)));
  if (projector_.pending_bytes() < buffer_bytes_) return {};
  return write_gathered();
}

/// Folds what has gathered and lets the rows be written while more gathers. The fold reads rows: it
/// waits for those before.
Status BulkProjection::write_gathered() {
  ANNALS_CHECK_OK(wait_for_rows());
  WriteBatch batch;
  ANNALS_CHECK_OK(projector_.flush(Folding::kLater, batch));
  wrote_before_ = true;
  rows_ = std::async(std::launch::async, [this, rows = std::move(batch)]() mutable -> Status {
    // The log first: index rows of events that a power cut could still take away would be wrong.
    ANNALS_CHECK_OK(store_.sync());
    return store_.ingest(std::move(rows));
  });
  return {};
}

Status BulkProjection::wait_for_rows() { return rows_.valid() ? rows_.get() : Status(); }

/// Rows by the million as sorted files, a few like a commit.
Status BulkProjection::write_rest() {
  ANNALS_CHECK_OK(wait_for_rows());
  const bool are_few = projector_.pending_bytes() <= buffer_bytes_ / kBufferPerFewBytes;
  const Folding of_many = wrote_before_ ? Folding::kLater : Folding::kAtOnce;
  WriteBatch batch;
  ANNALS_CHECK_OK(projector_.flush(are_few ? Folding::kWhenMany : of_many, batch));
  ANNALS_CHECK_OK(store_.sync());
  ANNALS_CHECK_OK(are_few ? store_.write(batch, Durability::kSynced)
                          : store_.ingest(std::move(batch)));
  return wrote_before_ ? fold_later() : Status();
}

/// Facts of a load in several parts go into blocks when all of them are there: once, however often
/// their nodes were touched. Cut off by a crash, they are as good as tail rows, until their nodes
/// are folded.
Status BulkProjection::fold_later() {
  projector_.start_blocks();
  std::vector<std::future<Status>> others;
  for (const Family family : Projector::kFoldedLater) {
    if (family == Family::kOut) continue;
    others.push_back(std::async(std::launch::async, [=, this] { return fold_family(family); }));
  }
  Status folded = fold_family(Family::kOut);
  for (std::future<Status>& other : others) {
    Status status = other.get();
    if (folded) folded = std::move(status);
  }
  return folded;
}

Status BulkProjection::fold_family(Family family) {
  constexpr std::size_t kBatchBytes = std::size_t{16} << 20;
  bool is_large = false;
  for (bool more = true; more;) {
    WriteBatch batch;
    ANNALS_TRY(more, projector_.fold_later(family, kBatchBytes, batch));
    if (batch.bytes() > kBatchBytes / 16) {
      ANNALS_CHECK_OK(store_.ingest(std::move(batch)));
      is_large = true;
    } else if (!batch.empty()) {
      ANNALS_CHECK_OK(store_.write(batch, Durability::kSynced));
    }
  }
  // Readers would step over each short row that is gone. In an index that was there before, most
  // rows are others: the store cleans up behind a load by and by.
  return fills_index_ && is_large ? store_.compact(family) : Status();
}

}  // namespace annals::storage
