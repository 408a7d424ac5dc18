#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>

#include "storage/event_log/event_log.h"

namespace annals::storage {

/// The bytes of the commits that were read last: events of one commit are often read one after the
/// other. Thread-safe. Holds at most eight commits and nothing larger than a few megabytes.
class CommitCache {
 public:
  struct Entry {
    CommitInfo info;
    std::string stored;
  };

  /// The commit that holds `seq`, or null.
  std::shared_ptr<const Entry> find(Seq seq) const {
    const std::lock_guard lock(mutex_);
    for (const auto& entry : entries_) {
      if (entry == nullptr) continue;
      if (entry->info.first_seq <= seq && seq <= entry->info.last_seq()) return entry;
    }
    return nullptr;
  }

  void add(std::shared_ptr<const Entry> entry) {
    constexpr std::size_t kEntryBytesMax = std::size_t{4} << 20;
    if (entry->stored.size() > kEntryBytesMax) return;
    const std::lock_guard lock(mutex_);
    entries_[next_] = std::move(entry);
    next_ = (next_ + 1) % entries_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::array<std::shared_ptr<const Entry>, 8> entries_;
  std::size_t next_ = 0;
};

}  // namespace annals::storage
