#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "storage/kv/key_value_store.h"

namespace annals::storage {

/// For each family the changes that count, as indices into a batch: by key, and of several changes
/// of one key only the last.
using SortedBatch = std::array<std::vector<std::size_t>, kFamilyCount>;

/// Takes time n log n in the number of changes, and 24 bytes of memory for each.
SortedBatch sort_batch(const WriteBatch& batch);

}  // namespace annals::storage
