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
  ANNALS_CHECK_OK(projector_.flush(Folding::kAtOnce, batch));
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
  WriteBatch batch;
  ANNALS_CHECK_OK(projector_.flush(are_few ? Folding::kWhenMany : Folding::kAtOnce, batch));
  ANNALS_CHECK_OK(store_.sync());
  ANNALS_CHECK_OK(are_few ? store_.write(batch, Durability::kSynced)
                          : store_.ingest(std::move(batch)));
  // Rows that were written more than once lie in several files, where readers would step over what
  // is gone. In an index that was there before most rows are others: the store cleans up by and by.
  if (!fills_index_ || !wrote_before_) return {};
  for (const Family family : {Family::kOut, Family::kIn, Family::kParticipation}) {
    ANNALS_CHECK_OK(store_.compact(family));
  }
  return {};
}

}  // namespace annals::storage
