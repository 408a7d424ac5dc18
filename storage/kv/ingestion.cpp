#include "storage/kv/ingestion.h"

#include "storage/kv/sorted_batch.h"

namespace annals::storage {

Status SortedRuns::add(const WriteBatch& batch, Family family) {
  ChangeOrder changes = changes_of(batch, family);
  if (changes.empty()) return {};
  sort_by_key(batch, changes);
  ANNALS_TRY(const std::unique_ptr<RunWriter> run, start_run());
  for (const std::size_t index : changes) {
    const WriteBatch::Entry entry = batch[index];
    ANNALS_CHECK_OK(entry.is_delete ? run->erase(entry.key) : run->put(entry.key, entry.value));
  }
  return run->finish();
}

}  // namespace annals::storage
