#include "storage/bulk_load.h"

#include <memory>
#include <utility>

namespace annals::storage {

namespace {

/// Few enough that what is waiting is still in the processor's caches. Whoever finds that many
/// waits until half of them are done: to be woken for each takes longer than a commit.
constexpr std::size_t kCommitsWaitingMax = 16;

}  // namespace

BulkLoad::BulkLoad(KeyValueStore& store, EventLog& log, Projector& projector,
                   std::size_t part_bytes)
    : log_(log), projection_(store, log, projector, part_bytes) {}

Status BulkLoad::append(CommitContent content) {
  if (appending_.size() >= kCommitsWaitingMax) {
    appending_[kCommitsWaitingMax / 2].wait();
    while (status_ && appending_.size() > kCommitsWaitingMax / 2) status_ = wait_for_first();
  }
  if (!status_) return status_;
  // The clock is the caller's thread's.
  appending_.push_back(thread_.run(
      [this, now = log_.now(), shared = std::make_shared<CommitContent>(std::move(content))] {
        return append_now(std::move(*shared), now);
      }));
  return {};
}

/// In the thread. What follows a commit that is not there would have the wrong numbers.
Status BulkLoad::append_now(CommitContent&& content, Micros now) {
  const auto append = [&]() -> Status {
    ANNALS_TRY(const CommitInfo info, log_.append(content, now));
    return projection_.add(info, std::move(content));
  };
  if (failed_) return {};  // the one that failed tells
  failed_ = true;          // also if memory runs out
  Status appended = append();
  failed_ = !appended;
  return appended;
}

Status BulkLoad::wait_for_first() {
  std::future<Status> first = std::move(appending_.front());
  appending_.pop_front();
  return first.get();
}

Status BulkLoad::wait_for_log() {
  while (status_ && !appending_.empty()) status_ = wait_for_first();
  return status_;
}

Status BulkLoad::finish(const BulkProjection::TakeIn& take_in) {
  ANNALS_CHECK_OK(wait_for_log());
  return projection_.finish(take_in);
}

}  // namespace annals::storage
