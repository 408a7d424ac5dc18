#include "storage/event_log/log_cursor.h"

#include <utility>

#include <fmt/format.h>

#include "schema/event_codec.h"
#include "storage/event_log/log_format.h"

namespace annals::storage {

namespace {

class StoreCursor final : public LogCursor {
 public:
  StoreCursor(const KeyValueStore& store, Seq from, Seq last)
      : from_(from), last_(last), iterator_(store.iterate(Family::kLog, {}, {})) {}

  Result<bool> next(StoredCommit& commit) override {
    if (from_ > last_) return false;
    if (!is_placed_) ANNALS_CHECK_OK(place());
    if (checker_.last_seq() >= last_) return false;
    ANNALS_CHECK_OK(iterator_->status());
    if (!iterator_->valid()) return bad_commit(Seq(checker_.last_seq().raw + 1), "is missing");
    ANNALS_CHECK_OK(checker_.check(iterator_->key(), iterator_->value(), commit));
    iterator_->next();
    return true;
  }

 private:
  /// Finds the commit that holds from_, and the one before it, to which it is linked.
  Status place() {
    is_placed_ = true;
    if (from_.raw <= 1) return {};  // it stands at the first
    iterator_->seek_for_prev(commit_key(from_));
    ANNALS_CHECK_OK(iterator_->status());
    if (!iterator_->valid()) return bad_commit(from_, "is missing");
    const Seq first = seq_of_commit_key(iterator_->key());
    if (first.raw > 1) {
      const Seq before_first(first.raw - 1);
      iterator_->seek_for_prev(commit_key(before_first));
      ANNALS_CHECK_OK(iterator_->status());
      if (!iterator_->valid()) return bad_commit(before_first, "is missing");
      auto before = read_commit_header(iterator_->value());
      if (!before) return at_seq(std::move(before).error(), before_first);
      if (before->last_seq() != before_first) return bad_commit(before_first, "is missing");
      checker_ = ChainChecker(*before);
    }
    iterator_->seek(commit_key(first));
    return {};
  }

  const Seq from_;
  const Seq last_;
  const std::unique_ptr<KvIterator> iterator_;
  bool is_placed_ = false;
  ChainChecker checker_;
};

}  // namespace

Error bad_commit(Seq seq, std::string_view what) {
  Error error(ErrorCode::kCorruption, fmt::format("the commit of event #{} {}", seq.raw, what),
              "the events before it are sound; keep the folder as it is and restore a backup");
  return at_seq(std::move(error), seq);
}

Status ChainChecker::check(std::string_view key, std::string_view stored, StoredCommit& commit) {
  const Seq expected(last_seq().raw + 1);
  ANNALS_CHECK_OK(check_header(key, stored, commit.info));
  auto content = decode_commit(commit_content(stored));
  if (!content) return at_seq(std::move(content).error(), expected);
  commit.content = std::move(*content);
  ANNALS_CHECK_OK(check_content(commit));
  before_ = commit.info;
  return {};
}

Status ChainChecker::check_header(std::string_view key, std::string_view stored,
                                  CommitInfo& info) const {
  const Seq expected(last_seq().raw + 1);
  if (seq_of_commit_key(key) != expected) return bad_commit(expected, "is missing");
  auto header = read_commit_header(stored);
  if (!header) return at_seq(std::move(header).error(), expected);
  info = *header;
  if (hash_of(stored) != info.hash) return bad_commit(expected, "was altered: its hash differs");
  if (info.first_seq != expected) return bad_commit(expected, "stands at another place");
  if (info.previous != before_.hash) {
    return bad_commit(expected, "does not follow the commit before it");
  }
  if (before_.count > 0 && info.recorded <= before_.recorded) {
    return bad_commit(expected, "was recorded before the commit before it");
  }
  return {};
}

Status ChainChecker::check_content(const StoredCommit& commit) {
  const CommitContent& content = commit.content;
  const Seq first = commit.info.first_seq;
  if (content.events.size() != commit.info.count) {
    return bad_commit(first, "holds another number of events than it says");
  }
  const bool is_numbered_on =
      content.first_symbol == known_.symbols + 1 && content.first_entity == known_.entities + 1;
  if (knows_numbers_ && !is_numbered_on) {
    return bad_commit(first, "does not number its symbols or entities on");
  }
  known_.symbols = content.first_symbol - 1 + content.symbols.size();
  known_.entities = content.first_entity - 1 + content.entities.size();
  knows_numbers_ = true;
  for (const NewEntity& entity : content.entities) {
    if (entity.type.raw > known_.symbols) return bad_commit(first, "names an unknown type");
  }
  for (std::size_t i = 0; i < content.events.size(); ++i) {
    known_.before = Seq(first.raw + i);
    if (check_references(content.events[i], known_)) continue;
    return bad_commit(known_.before, "refers to what is not there yet");
  }
  return {};
}

std::unique_ptr<LogCursor> make_log_cursor(const KeyValueStore& store, Seq from, Seq last) {
  return std::make_unique<StoreCursor>(store, from, last);
}

}  // namespace annals::storage
