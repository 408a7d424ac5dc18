#pragma once

#include "storage/database.h"

namespace annals::tests {

/// Blocks so small that a handful of facts fills many of them, and loads in many portions.
inline storage::BlockSizes small_blocks() {
  storage::BlockSizes sizes;
  sizes.page_rows = 3;
  sizes.block_starts = 2;
  sizes.tail_rows = 3;
  sizes.block_rows_per_tail_row = 4;
  sizes.tail_rows_left = 2;
  sizes.changes_per_look = 2;
  sizes.list_row_entries = 3;
  sizes.list_short_rows = 2;
  return sizes;
}

inline storage::DatabaseOptions with_small_blocks() {
  storage::DatabaseOptions options;
  options.block_sizes = small_blocks();
  options.load_part_bytes = 1'000;
  return options;
}

}  // namespace annals::tests
