#include "storage/event_log/event_log.h"

#include <algorithm>

#include <fmt/format.h>

#include "schema/base/contract.h"
#include "schema/base/limits.h"
#include "schema/event_codec.h"
#include "storage/event_log/commit_cache.h"
#include "storage/event_log/log_cursor.h"
#include "storage/event_log/log_format.h"

namespace annals::storage {

namespace {

/// The stored commit that holds `seq`, or a null pointer.
Result<std::shared_ptr<const CommitCache::Entry>> read_commit(const KeyValueStore& store,
                                                              Seq seq) {
  const auto iterator = store.iterate(Family::kLog, {}, {});
  iterator->seek_for_prev(commit_key(seq));
  ANNALS_CHECK_OK(iterator->status());
  std::shared_ptr<const CommitCache::Entry> none;
  if (!iterator->valid()) return none;
  auto entry = std::make_shared<CommitCache::Entry>();
  entry->stored = std::string(iterator->value());
  ANNALS_TRY(entry->info, decode_commit_header(entry->stored));
  if (entry->info.last_seq() < seq) return none;
  return std::shared_ptr<const CommitCache::Entry>(std::move(entry));
}

}  // namespace

EventLog::EventLog(KeyValueStore& store, const Clock& clock)
    : store_(store), clock_(clock), cache_(std::make_unique<CommitCache>()) {}

EventLog::~EventLog() = default;

Result<std::unique_ptr<EventLog>> EventLog::open(KeyValueStore& store, const Clock& clock) {
  std::unique_ptr<EventLog> log(new EventLog(store, clock));
  const auto iterator = store.iterate(Family::kLog, {}, {});
  iterator->seek_for_prev(commit_key(Seq(~std::uint64_t{0})));
  ANNALS_CHECK_OK(iterator->status());
  if (!iterator->valid()) return log;
  const Seq first = seq_of_commit_key(iterator->key());
  auto info = decode_commit_header(iterator->value());
  if (!info) return std::move(info).error();
  const bool sound = info->first_seq == first && hash_of(iterator->value()) == info->hash;
  if (!sound) return bad_commit(first, "was altered: its hash differs");
  log->head_ = *info;
  return log;
}

Result<CommitInfo> EventLog::stage(const CommitContent& content, WriteBatch& batch) const {
  ANNALS_ASSERT(!content.events.empty());
  if (content.events.size() > limits::kCommitEventsMax) {
    return Error(ErrorCode::kLimitExceeded,
                 fmt::format("a commit of {} events is larger than CommitEventsMax = {}",
                             content.events.size(), limits::kCommitEventsMax),
                 "nothing was recorded; commit in several steps");
  }
  const CommitInfo before = head();
  CommitInfo info;
  info.first_seq = Seq(before.count == 0 ? 1 : before.last_seq().raw + 1);
  info.count = static_cast<std::uint32_t>(content.events.size());
  // Clocks stall and jump back; the order of commits does not.
  info.recorded = clock_.now();
  if (before.count > 0) info.recorded = std::max(info.recorded, before.recorded + 1);
  info.previous = before.hash;
  std::string bytes;
  ANNALS_CHECK_OK(encode_commit(content, bytes));
  std::string stored = encode_commit_header(info, bytes);
  stored += bytes;
  batch.put(Family::kLog, commit_key(info.first_seq), stored);
  return info;
}

void EventLog::committed(const CommitInfo& info) {
  const std::lock_guard lock(mutex_);
  head_ = info;
}

Result<RecordedEvent> EventLog::read(Seq seq) const {
  if (!seq || seq > last_seq()) {
    return Error(ErrorCode::kNotFound, fmt::format("there is no event #{}", seq.raw),
                 fmt::format("the last one is #{}", last_seq().raw));
  }
  auto commit = cache_->find(seq);
  if (commit == nullptr) {
    ANNALS_TRY(commit, read_commit(store_, seq));
    if (commit == nullptr) return bad_commit(seq, "is missing");
    cache_->add(commit);
  }
  const std::size_t index = seq.raw - commit->info.first_seq.raw;
  RecordedEvent recorded;
  recorded.seq = seq;
  recorded.recorded = commit->info.recorded;
  ANNALS_TRY(recorded.event, decode_event(commit_content(commit->stored), index));
  return recorded;
}

std::unique_ptr<LogCursor> EventLog::cursor(Seq from) const {
  const Seq last = last_seq();
  Seq first(1);
  CommitInfo before;
  // The commit that contains `from` and the one before it, whose hash it links to. What cannot be
  // read here is found by the cursor, which then starts from the beginning.
  auto at = from.raw > 1 ? read_commit(store_, from) : nullptr;
  if (at && *at != nullptr) {
    first = (*at)->info.first_seq;
  } else if (from > last && last) {
    first = from;
  }
  if (first.raw > 1) {
    const auto previous = read_commit(store_, Seq(first.raw - 1));
    if (previous && *previous != nullptr) {
      before = (*previous)->info;
    } else {
      first = Seq(1);
    }
  }
  return make_log_cursor(store_, first, last, before);
}

Seq EventLog::last_seq() const {
  const CommitInfo last = head();
  return last.count == 0 ? Seq() : last.last_seq();
}

CommitInfo EventLog::head() const {
  const std::lock_guard lock(mutex_);
  return head_;
}

Result<VerifyReport> EventLog::verify(const StopFlag& stop) const {
  VerifyReport report;
  const auto commits = cursor(Seq(1));
  StoredCommit commit;
  for (;;) {
    if (stop.requested()) return Error(ErrorCode::kInterrupted, "the verification was stopped");
    ANNALS_TRY(const bool more, commits->next(commit));
    if (!more) break;
    ++report.commits;
    report.events += commit.info.count;
    report.head = commit.info.hash;
  }
  if (report.head != head().hash) {
    return bad_commit(last_seq(), "is not the one that was there when the log was opened");
  }
  return report;
}

}  // namespace annals::storage
