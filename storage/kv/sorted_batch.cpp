#include "storage/kv/sorted_batch.h"

#include <algorithm>
#include <cstdint>

namespace annals::storage {

namespace {

/// A change with the first bytes of its key: most comparisons then need not look into the batch,
/// which is too large for the processor's caches.
struct Change {
  std::uint64_t prefix;
  std::size_t index;
};

std::uint64_t key_prefix(std::string_view key) {
  std::uint64_t prefix = 0;
  for (std::size_t i = 0; i < sizeof(prefix); ++i) {
    prefix = prefix << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0U);
  }
  return prefix;
}

void sort_changes(const WriteBatch& batch, std::vector<Change>& changes) {
  std::sort(changes.begin(), changes.end(), [&](const Change& a, const Change& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    const int difference = batch[a.index].key.compare(batch[b.index].key);
    return difference != 0 ? difference < 0 : a.index < b.index;
  });
}

}  // namespace

SortedBatch sort_batch(const WriteBatch& batch) {
  std::array<std::vector<Change>, kFamilyCount> by_family;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const WriteBatch::Entry entry = batch[i];
    by_family[static_cast<std::size_t>(entry.family)].push_back({key_prefix(entry.key), i});
  }
  SortedBatch sorted;
  for (std::size_t family = 0; family < kFamilyCount; ++family) {
    std::vector<Change>& changes = by_family[family];
    sort_changes(batch, changes);
    sorted[family].reserve(changes.size());
    for (std::size_t i = 0; i < changes.size(); ++i) {
      const bool is_superseded = i + 1 < changes.size() &&
                                 changes[i].prefix == changes[i + 1].prefix &&
                                 batch[changes[i].index].key == batch[changes[i + 1].index].key;
      if (!is_superseded) sorted[family].push_back(changes[i].index);
    }
    changes = {};
  }
  return sorted;
}

}  // namespace annals::storage
