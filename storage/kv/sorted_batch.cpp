#include "storage/kv/sorted_batch.h"

#include <algorithm>

#include "schema/base/radix_sort.h"
#include "storage/kv/key_head.h"

namespace annals::storage {

namespace {

/// A change with the first bytes of its key: most comparisons then need not look into the batch,
/// which is too large for the processor's caches. Keys of facts differ within 24 bytes (two nodes
/// and a relation); a shorter prefix was measured to leave half of the sorting time to memcmp.
struct Change {
  KeyHead<3> head;
  std::size_t index;
};

}  // namespace

ChangeOrder changes_of(const WriteBatch& batch, Family family) {
  ChangeOrder changes;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (batch[i].family == family) changes.push_back(i);
  }
  return changes;
}

std::array<ChangeOrder, kFamilyCount> changes_by_family(const WriteBatch& batch) {
  std::array<ChangeOrder, kFamilyCount> by_family;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    by_family[static_cast<std::size_t>(batch[i].family)].push_back(i);
  }
  return by_family;
}

void sort_by_key(const WriteBatch& batch, ChangeOrder& changes) {
  std::vector<Change> sorted;
  sorted.reserve(changes.size());
  for (const std::size_t index : changes) {
    sorted.push_back({KeyHead<3>::of(batch[index].key), index});
  }
  const auto is_before = [&](const Change& a, const Change& b) {
    if (a.head != b.head) return a.head < b.head;
    const int difference = batch[a.index].key.compare(batch[b.index].key);
    return difference != 0 ? difference < 0 : a.index < b.index;
  };
  // Mostly by node; those of one node are few, or come in their order.
  radix_sort(sorted, [](const Change& change) { return change.head.numbers[0]; });
  for (auto first = sorted.begin(); first != sorted.end();) {
    const auto last = std::find_if(first, sorted.end(), [&](const Change& change) {
      return change.head.numbers[0] != first->head.numbers[0];
    });
    if (!std::is_sorted(first, last, is_before)) std::sort(first, last, is_before);
    first = last;
  }
  changes.clear();
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const bool is_superseded = i + 1 < sorted.size() && sorted[i].head == sorted[i + 1].head &&
                               batch[sorted[i].index].key == batch[sorted[i + 1].index].key;
    if (!is_superseded) changes.push_back(sorted[i].index);
  }
}

}  // namespace annals::storage
