#pragma once

#include "schema/base/result.h"
#include "storage/event_log/event_log.h"
#include "storage/kv/key_value_store.h"

namespace annals::storage {

/// What the index notes of the log: the end of what was known to be on disk of it. The log by
/// itself cannot tell that its end is missing, or that it is another log than it was.
///
/// Not thread-safe: the writer owns it.
class LogAnchor {
 public:
  /// Reads the note in `index`, of which there need not be one. Corruption if `log` has no such
  /// end, that is if it has lost what was acknowledged, or `index` was made from another log.
  Status check(const KeyValueStore& index, const EventLog& log);

  /// Puts what is known of `log` into `batch`, unless the index has it.
  void note(const EventLog& log, WriteBatch& batch);
  /// The index has lost its note.
  void forget() { noted_ = {}; }

 private:
  LogEnd noted_;
};

}  // namespace annals::storage
