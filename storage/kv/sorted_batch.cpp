#include "storage/kv/sorted_batch.h"

#include <algorithm>
#include <cstdint>
#include <tuple>

#include "schema/base/radix_sort.h"

namespace annals::storage {

namespace {

/// A change with the first bytes of its key: most comparisons then need not look into the batch,
/// which is too large for the processor's caches. Keys of facts differ within 24 bytes (two nodes
/// and a relation); a shorter prefix was measured to leave half of the sorting time to memcmp.
struct Change {
  std::uint64_t first;
  std::uint64_t second;
  std::uint64_t third;
  std::size_t index;

  auto prefix() const { return std::tie(first, second, third); }
};

/// Eight bytes of the key as a number that orders as they do; zeros stand for what is not there.
std::uint64_t eight_bytes(std::string_view key, std::size_t from) {
  std::uint64_t number = 0;
  for (std::size_t i = from; i < from + sizeof(number); ++i) {
    number = number << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0U);
  }
  return number;
}

Change change_of(std::string_view key, std::size_t index) {
  return {eight_bytes(key, 0), eight_bytes(key, 8), eight_bytes(key, 16), index};
}

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
  for (const std::size_t index : changes) sorted.push_back(change_of(batch[index].key, index));
  const auto is_before = [&](const Change& a, const Change& b) {
    if (a.prefix() != b.prefix()) return a.prefix() < b.prefix();
    const int difference = batch[a.index].key.compare(batch[b.index].key);
    return difference != 0 ? difference < 0 : a.index < b.index;
  };
  // Mostly by node; those of one node are few, or come in their order.
  radix_sort(sorted, [](const Change& change) { return change.first; });
  for (auto first = sorted.begin(); first != sorted.end();) {
    const auto last = std::find_if(
        first, sorted.end(), [&](const Change& change) { return change.first != first->first; });
    if (!std::is_sorted(first, last, is_before)) std::sort(first, last, is_before);
    first = last;
  }
  changes.clear();
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const bool is_superseded = i + 1 < sorted.size() &&
                               sorted[i].prefix() == sorted[i + 1].prefix() &&
                               batch[sorted[i].index].key == batch[sorted[i + 1].index].key;
    if (!is_superseded) changes.push_back(sorted[i].index);
  }
}

}  // namespace annals::storage
