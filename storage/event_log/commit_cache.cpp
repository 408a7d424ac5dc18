#include "storage/event_log/commit_cache.h"

#include <algorithm>
#include <utility>

namespace annals::storage {

std::shared_ptr<const CommitCache::Entry> CommitCache::find(Seq seq) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(), [seq](const auto& entry) {
    return entry->info.first_seq <= seq && seq <= entry->info.last_seq();
  });
  if (found == entries_.end()) return nullptr;
  std::rotate(entries_.begin(), found, found + 1);
  return entries_.front();
}

void CommitCache::add(std::shared_ptr<const Entry> entry) {
  if (entry->stored.size() > kBytesMax) return;
  const std::lock_guard lock(mutex_);
  // Two threads may have read the same commit.
  std::erase_if(entries_,
                [&](const auto& one) { return one->info.first_seq == entry->info.first_seq; });
  entries_.insert(entries_.begin(), std::move(entry));
  std::size_t bytes = 0;
  std::size_t kept = 0;
  while (kept < std::min(entries_.size(), kEntriesMax)) {
    bytes += entries_[kept]->stored.size();
    if (bytes > kBytesMax) break;
    ++kept;
  }
  entries_.resize(kept);
}

}  // namespace annals::storage
