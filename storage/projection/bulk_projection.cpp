#include "storage/projection/bulk_projection.h"

#include <algorithm>
#include <future>
#include <new>
#include <utility>
#include <variant>
#include <vector>

#include "schema/base/limits.h"

namespace annals::storage {

namespace {

// Enough that the caller need not wait while what has gathered is folded; some 10 MB: what is
// waiting should still be in the processor's caches.
constexpr std::size_t kEventsWaitingMax = 16 * limits::kBulkCommitEvents;

/// So little, or so small a share of a part, is no bulk: files of their own would cost more than
/// they save.
constexpr std::size_t kFewBytes = std::size_t{1} << 20;
constexpr std::size_t kPartPerFewBytes = 16;

}  // namespace

BulkProjection::BulkProjection(KeyValueStore& store, EventLog& log, Projector& projector,
                               std::size_t part_bytes)
    : store_(store),
      log_(log),
      projector_(projector),
      part_bytes_(part_bytes),
      began_at_(projector.watermark()),
      thread_([this] { run(); }) {}

BulkProjection::~BulkProjection() { stop(true); }

void BulkProjection::stop(bool discard) {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    if (discard) waiting_.clear();
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Status BulkProjection::add(CommitInfo info, CommitContent content) {
  {
    std::unique_lock lock(mutex_);
    // Until half of them are done: to be woken for each commit takes longer than it does.
    if (events_waiting_ >= kEventsWaitingMax) {
      has_room_.wait(lock, [this] { return !status_ || events_waiting_ < kEventsWaitingMax / 2; });
    }
    if (!status_) return status_;
    events_waiting_ += content.events.size();
    waiting_.push_back({info, std::move(content)});
  }
  changed_.notify_one();
  return {};
}

Status BulkProjection::finish(const TakeIn& take_in) {
  stop(false);
  if (!status_) return status_;
  return write_rest(take_in);
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
    Status projected = project_if_there_is_memory(std::move(commit));
    lock.lock();
    events_waiting_ -= events;
    if (!projected) {
      status_ = std::move(projected);
      waiting_.clear();
    }
    if (!status_ || events_waiting_ < kEventsWaitingMax / 2) has_room_.notify_one();
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

/// In a thread of its own nobody would catch what is thrown.
Status BulkProjection::project_if_there_is_memory(Commit&& commit) {
  try {
    return project(std::move(commit));
  } catch (const std::bad_alloc&) {
    return Error(ErrorCode::kLimitExceeded, "memory has run out");
  }
}

Status BulkProjection::project(Commit&& commit) {
  if (reads_rows(commit.content)) {
    ANNALS_CHECK_OK(write_parts([](Ingestion& rows) { return rows.finish(); }));
    reads_rows_ = true;
  }
  ANNALS_CHECK_OK(projector_.add(commit.info, std::move(commit.content)));
  if (projector_.pending_bytes() < next_part_bytes()) return {};
  return reads_rows_ ? write_gathered() : put_aside();
}

/// Folds what has gathered and lets the rows be written while more gathers. The fold reads rows: it
/// waits for those before.
Status BulkProjection::write_gathered() {
  ANNALS_CHECK_OK(wait());
  WriteBatch batch;
  ANNALS_CHECK_OK(projector_.flush(batch));
  reads_rows_ = false;
  doing_ = std::async(std::launch::async, [this, rows = std::move(batch)]() mutable -> Status {
    // The log first: index rows of events that a power cut could still take away would be wrong.
    ANNALS_CHECK_OK(log_.sync());
    return store_.ingest(std::move(rows));
  });
  return {};
}

/// Parts grow as the load does: memory that was never used before costs more than a few more files
/// to merge do. What is written at once instead of being put aside is read by what follows: seldom
/// is better.
std::size_t BulkProjection::next_part_bytes() const {
  if (reads_rows_) return part_bytes_;
  return std::clamp(bytes_put_aside_ / 4, part_bytes_ / 3, part_bytes_);
}

/// Lets what has gathered be put aside while more gathers.
Status BulkProjection::put_aside() {
  ANNALS_CHECK_OK(wait());
  bytes_put_aside_ += projector_.pending_bytes();
  if (parts_ == nullptr) {
    ANNALS_TRY(parts_, LoadParts::start(store_, projector_.block_sizes(), part_bytes_));
  }
  doing_ =
      std::async(std::launch::async, [this, part = projector_.take_part()]() mutable -> Status {
        return parts_->put_aside(std::move(part));
      });
  return {};
}

Status BulkProjection::wait() { return doing_.valid() ? doing_.get() : Status(); }

/// Folds and writes what was put aside, with what has gathered since.
Status BulkProjection::write_parts(const TakeIn& take_in) {
  if (parts_ == nullptr) return wait();
  if (projector_.pending_bytes() > 0) ANNALS_CHECK_OK(put_aside());
  ANNALS_CHECK_OK(wait());
  // Compressing what the load wrote to the log goes beside the fold, and does not wait for the end.
  log_.begin_flush();
  ANNALS_CHECK_OK(projector_.fold_parts(*parts_));
  ANNALS_CHECK_OK(log_.sync());
  ANNALS_CHECK_OK(take_in(parts_->rows()));
  parts_.reset();
  return {};
}

/// By the million as sorted files, a few like a commit.
Status BulkProjection::write_rest(const TakeIn& take_in) {
  if (parts_ != nullptr) return write_parts(take_in);
  ANNALS_CHECK_OK(wait());
  if (projector_.watermark() == began_at_) return {};
  if (projector_.pending_bytes() <= std::min(kFewBytes, part_bytes_ / kPartPerFewBytes)) {
    WriteBatch batch;
    ANNALS_CHECK_OK(projector_.flush(batch));
    ANNALS_CHECK_OK(log_.sync());
    return store_.write(batch, Durability::kRelaxed);
  }
  ANNALS_CHECK_OK(reads_rows_ ? write_gathered() : put_aside());
  return write_parts(take_in);
}

}  // namespace annals::storage
