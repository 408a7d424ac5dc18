#include "storage/event_log/commit_cache.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace annals::storage {

std::shared_ptr<const CommitCache::Entry> CommitCache::find(Seq seq) const {
  const std::lock_guard lock(mutex_);
  const auto after = slots_.upper_bound(seq);
  if (after == slots_.begin()) return nullptr;
  Slot& slot = std::prev(after)->second;
  if (slot.entry->info.last_seq() < seq) return nullptr;
  slot.last_use = ++uses_;
  return slot.entry;
}

void CommitCache::add(std::shared_ptr<const Entry> entry) {
  const std::size_t bytes = entry->stored.size();
  if (bytes > kBytesMax) return;
  const std::lock_guard lock(mutex_);
  const Seq first = entry->info.first_seq;
  // Another thread may have read the same commit meanwhile.
  const auto [slot, is_new] = slots_.try_emplace(first, Slot{std::move(entry), ++uses_});
  if (!is_new) return;
  bytes_ += bytes;
  while (bytes_ > kBytesMax || slots_.size() > kEntriesMax) forget_oldest();
}

void CommitCache::forget_oldest() {
  // A walk over them all: forgetting happens after a commit was read from disk, which takes longer.
  const auto oldest = std::min_element(
      slots_.begin(), slots_.end(),
      [](const auto& a, const auto& b) { return a.second.last_use < b.second.last_use; });
  bytes_ -= oldest->second.entry->stored.size();
  slots_.erase(oldest);
}

}  // namespace annals::storage
