#include "storage/kv/ingestion.h"

#include <algorithm>

#include "storage/kv/sorted_batch.h"

namespace annals::storage {

Status SortedRuns::add(const WriteBatch& batch, Family family) {
  ChangeOrder changes = changes_of(batch, family);
  if (changes.empty()) return {};
  sort_by_key(batch, changes);
  ANNALS_TRY(const std::unique_ptr<RunWriter> run, start_run());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    // They lie in the order of the calls: waiting for each would be most of the work.
    constexpr std::size_t kAhead = 16;
    const std::size_t last = changes.size() - 1;
    batch.prefetch(changes[std::min(i + kAhead, last)], changes[std::min(i + 2 * kAhead, last)]);
    const WriteBatch::Entry entry = batch[changes[i]];
    ANNALS_CHECK_OK(entry.is_delete ? run->erase(entry.key) : run->put(entry.key, entry.value));
  }
  return run->finish();
}

}  // namespace annals::storage
