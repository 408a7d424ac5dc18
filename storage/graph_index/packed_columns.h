#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "schema/base/packed_numbers.h"
#include "storage/graph_index/row_bytes.h"

namespace annals::storage {

/// Columns of numbers in index rows. Layout: docs/graph_index_format.md.

/// Takes a column of `count` numbers off the front of `in`, whose bytes must outlive it; `none` is
/// what rows without a number give. Hostile bytes turn in.ok() false; every row is then `none`.
PackedNumbers read_packed(RowReader& in, std::size_t count, std::uint64_t none = 0);

/// Appends a column to `out`; rows that equal `none` have no number. Behind the last column there
/// must be kPackedSlackBytes.
void write_packed(std::span<const std::uint64_t> numbers, std::optional<std::uint64_t> none,
                  RowWriter& out);

}  // namespace annals::storage
