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

/// What the program writes, and the newest that it reads.
inline constexpr std::uint32_t kLogFormat = 1;

/// Bytes before the content; a multiple of eight, since the content is read in words.
inline constexpr std::size_t kCommitHeaderBytes = 96;

/// The key of the commit whose first event is `first_seq`.
std::string commit_key(Seq first_seq);
/// The sequence of a key; zero if it is not eight bytes long.
Seq seq_of_commit_key(std::string_view key);

/// The header with its hash computed over header and content; info.hash is filled in.
std::string encode_commit_header(CommitInfo& info, std::string_view content);

/// The header of a stored commit, without looking at its hash. Unsupported for a newer format,
/// Corruption for what is no header.
Result<CommitInfo> decode_commit_header(std::string_view stored);

/// The content behind the header.
inline std::string_view commit_content(std::string_view stored) {
  return stored.substr(kCommitHeaderBytes);
}

/// SHA-256 over the header without its hash and the content.
CommitHash hash_of(std::string_view stored);

}  // namespace annals::storage
