#pragma once

#include <cstdint>

#include "schema/base/result.h"
#include "schema/event.h"

namespace annals::inline schema {

// What must be true of everything in the log. Checked before bytes are written and after they were
// read, so that the code between need not be suspicious. All functions are thread-safe.

/// Whether `event` has the shape that event.h describes: enumerations known, instants in order,
/// roles, attributes and properties sorted by name without repetition, indices within their lists,
/// lists and texts within limits.h, valid UTF-8, no NUL where keys hold the text. What its numbers
/// refer to is not looked at. Errors: InvalidArgument, LimitExceeded.
Status check_event(const Event& event);

/// The same of all events of a commit, of its new symbols and entities, and of their numbers.
Status check_commit(const CommitContent& content);

/// The numbers that an event may refer to.
struct KnownNumbers {
  std::uint64_t symbols = 0;   ///< Symbols are 1 to this.
  std::uint64_t entities = 0;  ///< Entities are 1 to this.
  Seq before;                  ///< Events are 1 to the one before this.
};

/// Whether all numbers in `event` are known. Requires check_event() to have succeeded.
Status check_references(const Event& event, const KnownNumbers& known);

}  // namespace annals::inline schema
