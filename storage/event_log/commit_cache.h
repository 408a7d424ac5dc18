#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "schema/event_codec.h"
#include "storage/event_log/event_log.h"

namespace annals::storage {

/// The bytes of the commits that were read last: the events of an entity's history lie in few
/// commits when they were loaded in bulk. Holds kBytesMax bytes and kEntriesMax commits at most.
/// Thread-safe; what find() gave stays valid however long it is kept.
class CommitCache {
 public:
  /// A commit of limits::kCommitEventsMax events without much text fits, or 160 of a bulk load.
  static constexpr std::size_t kBytesMax = std::size_t{16} << 20;
  /// Commits of few bytes take more room than their bytes.
  static constexpr std::size_t kEntriesMax = 1'024;

  struct Entry {
    CommitInfo info;
    KnownNumbers known;  ///< Without `before`: what the commit's events may refer to.
    std::string stored;
  };

  /// The commit that holds `seq`, or null.
  std::shared_ptr<const Entry> find(Seq seq) const;

  /// Takes in a commit, and forgets those that were not read for longest.
  void add(std::shared_ptr<const Entry> entry);

 private:
  struct Slot {
    std::shared_ptr<const Entry> entry;
    std::uint64_t last_use = 0;
  };

  void forget_oldest();  // requires mutex_

  mutable std::mutex mutex_;           // guards what follows
  mutable std::map<Seq, Slot> slots_;  // by the commit's first sequence
  mutable std::uint64_t uses_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace annals::storage
