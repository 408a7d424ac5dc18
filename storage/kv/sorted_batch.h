#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "storage/kv/key_value_store.h"

namespace annals::storage {

/// The changes of one family that count, as indices into a batch.
using ChangeOrder = std::vector<std::size_t>;

/// The changes of one family, or of each, in the order of their calls.
ChangeOrder changes_of(const WriteBatch& batch, Family family);
std::array<ChangeOrder, kFamilyCount> changes_by_family(const WriteBatch& batch);

/// Brings the changes of one family into the order of their keys and keeps of several changes of
/// one key only the last. Takes time n log n, and 32 bytes of memory for each. Thread-safe.
void sort_by_key(const WriteBatch& batch, ChangeOrder& changes);

}  // namespace annals::storage
