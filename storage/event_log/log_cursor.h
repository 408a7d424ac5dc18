#pragma once

#include <memory>

#include "storage/event_log/event_log.h"

namespace annals::storage {

/// Checks one commit after the other as they follow in the log: sequences without gaps, times that
/// increase, each commit's hash and its link to the one before. Not thread-safe.
class ChainChecker {
 public:
  /// Expects the first commit.
  ChainChecker() = default;
  /// Expects the commit after `before`.
  explicit ChainChecker(const CommitInfo& before) : before_(before) {}

  /// Checks the commit stored under `key` and gives its header. Corruption with the first bad
  /// sequence as its place; Unsupported for a newer format.
  Result<CommitInfo> check(std::string_view key, std::string_view stored);

  const CommitInfo& last() const { return before_; }

 private:
  CommitInfo before_;  // count is zero before the first
};

/// A cursor over the commits of `store` from the one under `from` (a commit's first sequence) to
/// `last`. `before` is the header of the commit before it, if there is one.
std::unique_ptr<LogCursor> make_log_cursor(const KeyValueStore& store, Seq from, Seq last,
                                           const CommitInfo& before);

/// Corruption at a sequence.
Error bad_commit(Seq seq, std::string_view what);

}  // namespace annals::storage
