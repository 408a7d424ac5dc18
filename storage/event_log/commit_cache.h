#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "schema/event_codec.h"
#include "storage/event_log/event_log.h"

namespace annals::storage {

/// The bytes of the commits that were read last: events that are read one after the other often lie
/// in one commit. Holds at most eight commits and kBytesMax bytes. Thread-safe; what find() gave
/// stays valid however long it is kept.
class CommitCache {
 public:
  /// A commit of limits::kCommitEventsMax events without much text fits.
  static constexpr std::size_t kBytesMax = std::size_t{16} << 20;

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
  static constexpr std::size_t kEntriesMax = 8;

  mutable std::mutex mutex_;
  mutable std::vector<std::shared_ptr<const Entry>> entries_;  // the last read first
};

}  // namespace annals::storage
