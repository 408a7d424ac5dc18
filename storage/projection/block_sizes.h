#pragma once

#include <cstddef>

#include "schema/base/limits.h"

namespace annals::storage {

/// How blocks and event lists are cut. Any numbers above zero give the same graph; these were
/// measured.
struct BlockSizes {
  std::size_t page_rows = limits::kPageRowsMax;  ///< At most that.
  /// Spells that begin in a block before it may be cut: fewer make more keys, more are all looked
  /// at for any date within.
  std::size_t block_starts = 256;
  /// Tail rows of a node before they are folded into blocks: readers look at all of them.
  std::size_t tail_rows = 64;
  /// For so many rows of the last block there may be one more tail row: a fold rewrites the block.
  std::size_t block_rows_per_tail_row = 32;
  /// Tail rows that a fold erases before those that come next lie elsewhere: fewer are passed over.
  std::size_t tail_rows_left = 8;
  /// Changes before the tail of a node is looked at, which costs about what they do; and how many
  /// nodes are looked at first of all.
  std::size_t changes_per_look = 32;
  /// Entries of one row of an event list.
  std::size_t list_row_entries = limits::kEventListRowEntries;
  /// Short rows at the end of a list before they are merged: readers look at all of them.
  std::size_t list_short_rows = 32;
};

}  // namespace annals::storage
