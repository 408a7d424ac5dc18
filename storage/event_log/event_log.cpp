#include "storage/event_log/event_log.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "schema/base/contract.h"
#include "schema/base/limits.h"
#include "schema/event_codec.h"
#include "storage/event_log/commit_cache.h"
#include "storage/event_log/log_cursor.h"
#include "storage/event_log/log_format.h"

namespace annals::storage {

namespace {

/// The stored commit that holds `seq`. Its header and content are well-formed; its hash is not
/// looked at, since RocksDB has checked the block, and a commit is larger than an event.
Result<std::shared_ptr<const CommitCache::Entry>> read_commit(const KeyValueStore& store, Seq seq) {
  const auto iterator = store.iterate(Family::kLog, {}, {});
  iterator->seek_for_prev(commit_key(seq));
  ANNALS_CHECK_OK(iterator->status());
  if (!iterator->valid()) return bad_commit(seq, "is missing");
  auto entry = std::make_shared<CommitCache::Entry>();
  entry->stored = std::string(iterator->value());
  auto info = read_commit_header(entry->stored);
  if (!info) return at_seq(std::move(info).error(), seq);
  entry->info = *info;
  if (info->first_seq != seq_of_commit_key(iterator->key()) || info->last_seq() < seq) {
    return bad_commit(seq, "is missing");
  }
  auto known = decode_known_numbers(commit_content(entry->stored));
  if (!known) return at_seq(std::move(known).error(), seq);
  entry->known = *known;
  return std::shared_ptr<const CommitCache::Entry>(std::move(entry));
}

/// What a program error would otherwise write for ever is refused as one.
Status check_staged(const CommitContent& content, Seq first) {
  KnownNumbers known;
  known.symbols = content.first_symbol - 1 + content.symbols.size();
  known.entities = content.first_entity - 1 + content.entities.size();
  for (std::size_t i = 0; i < content.events.size(); ++i) {
    known.before = Seq(first.raw + i);
    ANNALS_CHECK_OK(check_references(content.events[i], known));
  }
  return {};
}

}  // namespace

EventLog::EventLog(KeyValueStore& store, const Clock& clock)
    : store_(store), clock_(clock), cache_(std::make_unique<CommitCache>()) {}

EventLog::~EventLog() = default;

Result<std::unique_ptr<EventLog>> EventLog::open(KeyValueStore& store, const Clock& clock) {
  std::unique_ptr<EventLog> log(new EventLog(store, clock));
  const auto iterator = store.iterate(Family::kLog, {}, {});
  iterator->seek_for_prev(commit_key(Seq(std::numeric_limits<std::uint64_t>::max())));
  ANNALS_CHECK_OK(iterator->status());
  if (!iterator->valid()) return log;
  const Seq first = seq_of_commit_key(iterator->key());
  auto info = read_commit_header(iterator->value());
  if (!info) return at_seq(std::move(info).error(), first);
  if (info->first_seq != first) return bad_commit(first, "stands at another place");
  if (hash_of(iterator->value()) != info->hash) {
    return bad_commit(first, "was altered: its hash differs");
  }
  log->head_ = *info;
  log->durable_ = log->end();
  return log;
}

Result<CommitInfo> EventLog::stage(const CommitContent& content, Micros now,
                                   WriteBatch& batch) const {
  ANNALS_ASSERT(!content.events.empty());
  if (content.events.size() > limits::kCommitEventsMax) {
    return Error(ErrorCode::kLimitExceeded,
                 fmt::format("a commit of {} events is larger than CommitEventsMax = {}",
                             content.events.size(), limits::kCommitEventsMax),
                 "nothing was recorded; commit in several steps");
  }
  const CommitInfo before = head();
  CommitInfo info;
  info.version = log_format_of(content);
  info.first_seq = Seq(before.count == 0 ? 1 : before.last_seq().raw + 1);
  info.count = static_cast<std::uint32_t>(content.events.size());
  info.recorded = next_recorded(now);
  if (info.recorded == kEndOfTime) {
    return Error(ErrorCode::kLimitExceeded, "the clock stands at the end of time",
                 "nothing was recorded; set the clock");
  }
  info.previous = before.hash;
  ANNALS_CHECK_OK(check_staged(content, info.first_seq));
  std::string stored(kCommitHeaderBytes, '\0');
  ANNALS_CHECK_OK(encode_commit(content, stored));
  write_commit_header(info, stored);
  batch.put(Family::kLog, commit_key(info.first_seq), stored);
  return info;
}

Result<CommitInfo> EventLog::append(const CommitContent& content, Micros now) {
  WriteBatch batch;
  ANNALS_TRY(const CommitInfo info, stage(content, now, batch));
  ANNALS_CHECK_OK(store_.write(batch, Durability::kRelaxed));
  const std::lock_guard lock(mutex_);
  ANNALS_ASSERT(info.previous == head_.hash);
  head_ = info;
  return info;
}

EventLog::Sync EventLog::ask_for_sync() {
  const LogEnd now = end();
  return {store_.ask_for_sync(), now};
}

Status EventLog::wait_for(const Sync& sync) {
  ANNALS_CHECK_OK(store_.wait_for_sync(sync.number));
  const std::lock_guard lock(mutex_);
  if (durable_.last < sync.end.last) durable_ = sync.end;
  return {};
}

Status EventLog::sync() { return durable_end() == end() ? Status() : wait_for(ask_for_sync()); }

LogEnd EventLog::durable_end() const {
  const std::lock_guard lock(mutex_);
  return durable_;
}

Result<bool> EventLog::has_end(const LogEnd& end) const {
  if (!end.last || end.last > last_seq()) return end == LogEnd();
  const auto iterator = store_.iterate(Family::kLog, {}, {});
  iterator->seek_for_prev(commit_key(end.last));
  ANNALS_CHECK_OK(iterator->status());
  if (!iterator->valid()) return false;
  ANNALS_TRY(const CommitInfo info, read_commit_header(iterator->value()));
  return info.last_seq() == end.last && info.hash == end.hash;
}

Result<RecordedEvent> EventLog::read(Seq seq) const {
  if (!seq || seq > last_seq()) {
    return at_seq(Error(ErrorCode::kNotFound, fmt::format("there is no event #{}", seq.raw),
                        fmt::format("the last one is #{}", last_seq().raw)),
                  seq);
  }
  auto commit = cache_->find(seq);
  if (commit == nullptr) {
    ANNALS_TRY(commit, read_commit(store_, seq));
    cache_->add(commit);
  }
  RecordedEvent recorded;
  recorded.seq = seq;
  recorded.recorded = commit->info.recorded;
  auto event = decode_event(commit_content(commit->stored), seq.raw - commit->info.first_seq.raw);
  if (!event) return at_seq(std::move(event).error(), seq);
  recorded.event = std::move(*event);
  KnownNumbers known = commit->known;
  known.before = seq;
  if (!check_references(recorded.event, known)) {
    return bad_commit(seq, "refers to what is not there yet");
  }
  return recorded;
}

std::unique_ptr<LogCursor> EventLog::cursor(Seq from) const {
  return make_log_cursor(store_, from, last_seq());
}

Micros EventLog::next_recorded() const { return next_recorded(now()); }

Micros EventLog::next_recorded(Micros now) const {
  const CommitInfo before = head();
  // Clocks stall and jump back; the order of commits does not.
  return before.count == 0 ? now : std::max(now, shift(before.recorded, 1));
}

Seq EventLog::last_seq() const {
  const std::lock_guard lock(mutex_);
  return head_.count == 0 ? Seq() : head_.last_seq();
}

CommitInfo EventLog::head() const {
  const std::lock_guard lock(mutex_);
  return head_;
}

LogEnd EventLog::end() const {
  const CommitInfo last = head();
  return last.count == 0 ? LogEnd() : LogEnd{last.last_seq(), last.hash};
}

namespace {

/// What is wrong behind the commits that were found to be sound.
Error not_whole(Error error, const VerifyReport& sound) {
  if (error.code == ErrorCode::kInterrupted || error.place.seq != 0) return error;
  error.message = fmt::format("the log is sound up to #{}, and cannot be read behind that: {}",
                              sound.events, error.message);
  error.hint = "keep the folder as it is and restore a backup";
  error.place.seq = sound.events + 1;
  return error;
}

}  // namespace

Result<VerifyReport> EventLog::verify(const StopFlag& stop) const {
  const CommitInfo last = head();
  const Seq last_seq = last.count == 0 ? Seq() : last.last_seq();
  const auto commits = make_log_cursor(store_, Seq(1), last_seq);
  VerifyReport report;
  StoredCommit commit;
  for (;;) {
    if (stop.requested()) return Error(ErrorCode::kInterrupted, "the verification was stopped");
    Result<bool> more = commits->next(commit);
    if (!more) return not_whole(std::move(more).error(), report);
    if (!*more) break;
    ++report.commits;
    report.events += commit.info.count;
    report.head = commit.info.hash;
  }
  if (report.head != last.hash) {
    return bad_commit(last.first_seq, "is not the one that was there when the log was opened");
  }
  return report;
}

}  // namespace annals::storage
