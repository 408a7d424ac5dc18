#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "schema/base/result.h"
#include "schema/event.h"

namespace annals::inline schema {

/// The Cap'n Proto wall: commits to bytes and back. Format: event.capnp and
/// docs/event_log_format.md. Functions are thread-safe. Decoding accepts bytes of any alignment
/// and treats them as hostile: whatever it accepts satisfies the invariants of event.h (instants in
/// order, enumerations known, lists within limits.h, text valid UTF-8), and everything else is
/// ErrorCode::kCorruption, or kUnsupported for a body of a later version.

/// Appends the encoding to `out`; it is a multiple of eight bytes. The same content always gives
/// the same bytes. LimitExceeded if it does not fit limits::kCommitBytesMax.
Status encode_commit(const CommitContent& content, std::string& out);

/// The whole content.
Result<CommitContent> decode_commit(std::string_view bytes);

/// Only the event at `index` (from 0), without decoding the others. NotFound past the end.
Result<Event> decode_event(std::string_view bytes, std::size_t index);

}  // namespace annals::inline schema
