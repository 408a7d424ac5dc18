#include "storage/event_log/log_cursor.h"

#include <fmt/format.h>

#include "schema/event_codec.h"
#include "storage/event_log/log_format.h"

namespace annals::storage {

namespace {

Error with_seq(Error error, Seq seq) {
  error.place.seq = seq.raw;
  return error;
}

class StoreCursor final : public LogCursor {
 public:
  StoreCursor(const KeyValueStore& store, Seq from, Seq last, const CommitInfo& before)
      : last_(last),
        iterator_(store.iterate(Family::kLog, commit_key(from), {})),
        checker_(before) {}

  Result<bool> next(StoredCommit& commit) override {
    if (!iterator_->valid()) {
      ANNALS_CHECK_OK(iterator_->status());
      return at_end();
    }
    if (seq_of_commit_key(iterator_->key()) > last_) return at_end();
    ANNALS_TRY(commit.info, checker_.check(iterator_->key(), iterator_->value()));
    auto content = decode_commit(commit_content(iterator_->value()));
    if (!content) return with_seq(std::move(content).error(), commit.info.first_seq);
    commit.content = std::move(*content);
    if (commit.content.events.size() != commit.info.count) {
      return bad_commit(commit.info.first_seq, "holds another number of events than it says");
    }
    iterator_->next();
    return true;
  }

 private:
  Result<bool> at_end() const {
    const Seq reached = checker_.last().count == 0 ? Seq() : checker_.last().last_seq();
    if (reached >= last_) return false;
    return bad_commit(Seq(reached.raw + 1), "is missing");
  }

  Seq last_;
  std::unique_ptr<KvIterator> iterator_;
  ChainChecker checker_;
};

}  // namespace

Error bad_commit(Seq seq, std::string_view what) {
  Error error(ErrorCode::kCorruption, fmt::format("the commit of event #{} {}", seq.raw, what),
              "the events before it are sound; keep the folder as it is and restore a backup");
  error.place.seq = seq.raw;
  return error;
}

Result<CommitInfo> ChainChecker::check(std::string_view key, std::string_view stored) {
  const Seq expected(before_.count == 0 ? 1 : before_.last_seq().raw + 1);
  const Seq keyed = seq_of_commit_key(key);
  if (keyed != expected) return bad_commit(expected, "is missing");
  auto decoded = decode_commit_header(stored);
  if (!decoded) return with_seq(std::move(decoded).error(), expected);
  const CommitInfo info = *decoded;
  if (hash_of(stored) != info.hash) return bad_commit(expected, "was altered: its hash differs");
  if (info.first_seq != expected) return bad_commit(expected, "stands at another place");
  if (info.previous != before_.hash) {
    return bad_commit(expected, "does not follow the commit before it");
  }
  if (before_.count > 0 && info.recorded <= before_.recorded) {
    return bad_commit(expected, "was recorded before the commit before it");
  }
  before_ = info;
  return info;
}

std::unique_ptr<LogCursor> make_log_cursor(const KeyValueStore& store, Seq from, Seq last,
                                           const CommitInfo& before) {
  return std::make_unique<StoreCursor>(store, from, last, before);
}

}  // namespace annals::storage
