#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "schema/base/result.h"
#include "storage/event_log/event_log.h"

/// The bytes of a commit in the log. Format: docs/event_log_format.md; a change of anything here
/// is a new version and a line in docs/format_history.md.
namespace annals::storage {

/// The newest version that the program reads and writes. A commit is written in the lowest version
/// that has all that it holds, so that an older program reads what it can understand.
inline constexpr std::uint32_t kLogFormat = 4;
/// The version from which on there are corrections, retractions and replays.
inline constexpr std::uint32_t kLogFormatOfChanges = 2;
/// The version from which on kinds have bounds, checks and effects on existence, and there are
/// paddings.
inline constexpr std::uint32_t kLogFormatOfConditions = 3;
/// The version from which on events that are alike may stand in tables.
inline constexpr std::uint32_t kLogFormatOfTables = 4;

/// The version in which `content` is written.
std::uint32_t log_format_of(const CommitContent& content);

/// Bytes before the content; a multiple of eight, since the content is read in words.
inline constexpr std::size_t kCommitHeaderBytes = 96;

/// Sequences end here: a node's number is twice its sequence, and sums must not overflow.
inline constexpr std::uint64_t kSeqMax = std::uint64_t{1} << 62;

/// The key of the commit whose first event is `first_seq`.
std::string commit_key(Seq first_seq);
/// The sequence of a key; zero if it is none.
Seq seq_of_commit_key(std::string_view key);

/// Writes the header over the first kCommitHeaderBytes of `stored`, behind which the content
/// stands, and gives it the hash of both; info.hash becomes that too. info.version is one up to
/// kLogFormat.
void write_commit_header(CommitInfo& info, std::string& stored);

/// The header of a stored commit, without looking at its hash. Unsupported for a newer format,
/// Corruption for what is no header; the place of either is the commit's first sequence if known.
Result<CommitInfo> read_commit_header(std::string_view stored);

/// The content behind the header. Requires a whole header.
inline std::string_view commit_content(std::string_view stored) {
  return stored.substr(kCommitHeaderBytes);
}

/// SHA-256 over the header without its hash and the content. Requires a whole header.
CommitHash hash_of(std::string_view stored);

/// The error, of the event or commit at `seq`.
Error at_seq(Error error, Seq seq);

}  // namespace annals::storage
