#pragma once

#include <memory>
#include <string_view>

#include "schema/event_rules.h"
#include "storage/event_log/event_log.h"

namespace annals::storage {

/// Checks one commit after the other as they follow in the log. Not thread-safe. What holds:
///  (1) sequences have no gap: each commit begins where the one before it ended, the first at 1;
///  (2) recorded times increase;
///  (3) each commit has the hash of its bytes, and names the hash of the one before it;
///  (4) its content decodes to as many events as its header says;
///  (5) new symbols and entities are numbered on, and events refer to numbers that exist by then.
class ChainChecker {
 public:
  /// Expects the first commit.
  ChainChecker() = default;
  /// Expects the commit after `before`; its numbers are believed.
  explicit ChainChecker(const CommitInfo& before) : before_(before), knows_numbers_(false) {}

  /// Checks the commit stored under `key` and decodes it. Errors: Corruption with the first bad
  /// sequence as its place; Unsupported for a newer format.
  Status check(std::string_view key, std::string_view stored, StoredCommit& commit);

  /// The last event that was checked; zero before the first.
  Seq last_seq() const { return before_.count == 0 ? Seq() : before_.last_seq(); }

 private:
  Status check_header(std::string_view key, std::string_view stored, CommitInfo& info) const;
  Status check_content(const StoredCommit& commit);

  CommitInfo before_;  // its count is zero before the first
  bool knows_numbers_ = true;
  KnownNumbers known_;
};

/// A cursor over the commits of `store` from the one that holds `from` to the one that ends with
/// `last`. Borrows the store.
std::unique_ptr<LogCursor> make_log_cursor(const KeyValueStore& store, Seq from, Seq last);

/// Corruption at a sequence: "the commit of event #SEQ WHAT".
Error bad_commit(Seq seq, std::string_view what);

}  // namespace annals::storage
