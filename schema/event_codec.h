#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "schema/base/result.h"
#include "schema/event.h"
#include "schema/event_rules.h"

namespace annals::inline schema {

/// The Cap'n Proto wall: commits to bytes and back. Format: event.capnp and
/// docs/event_log_format.md. Functions are thread-safe. Decoding accepts bytes of any alignment
/// and treats them as hostile: whatever it accepts satisfies event_rules.h (instants in order,
/// enumerations known, lists within limits.h, text valid UTF-8), and everything else is
/// ErrorCode::kCorruption, or kUnsupported for a body or value of a later version. What the numbers
/// of an event refer to is for the caller to check.

/// Appends the encoding to `out`; it is a multiple of eight bytes. The same content always gives
/// the same bytes. InvalidArgument or LimitExceeded for content against event_rules.h;
/// LimitExceeded if the bytes, or all texts counted as often as they occur, do not fit
/// limits::kCommitBytesMax. `out` is as before after an error.
Status encode_commit(const CommitContent& content, std::string& out);

/// The whole content.
Result<CommitContent> decode_commit(std::string_view bytes);

/// What the commit's events may refer to: all symbols and entities that were numbered before it or
/// by it. `before` is not set. Reads two numbers and two lengths.
Result<KnownNumbers> decode_known_numbers(std::string_view bytes);

/// Only the event at `index` (from 0), without decoding the others. NotFound past the end.
Result<Event> decode_event(std::string_view bytes, std::size_t index);

}  // namespace annals::inline schema
