#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

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
/// The same, and gives the codes of the rows.
std::vector<std::uint64_t> write_packed_codes(std::span<const std::uint64_t> numbers,
                                              std::optional<std::uint64_t> none, RowWriter& out);

/// In these parts of one is told how steep a line is: it is true to one up to 2^24, and rises by
/// 2^40 do not overflow.
inline constexpr unsigned kLineFractionBits = 24;
constexpr std::uint64_t line_at(std::uint64_t slope, std::uint64_t other) {
  return slope * other >> kLineFractionBits;
}

/// A packed column of numbers that grow about evenly with those of another column, as sequences do
/// with dates: how far a row lies above a straight line takes fewer bits than its number. A view,
/// as PackedNumbers is.
class PackedAlong {
 public:
  PackedAlong() = default;
  /// `slope`, in units of `numbers` for each of the other column; zero: they are told alone.
  PackedAlong(const PackedNumbers& numbers, std::uint64_t slope)
      : numbers_(numbers), slope_(slope) {}

  /// Requires that `row` is below the count; `other` is what the other column has in that row.
  std::uint64_t at(std::size_t row, std::uint64_t other) const {
    const std::uint64_t code = numbers_.code(row);
    const std::uint64_t number = numbers_.number_of(code);
    if (slope_ == 0 || numbers_.is_none(code)) return number;
    return number + numbers_.unit() * line_at(slope_, other);
  }

 private:
  PackedNumbers numbers_;
  std::uint64_t slope_ = 0;
};

/// Like read_packed() and write_packed(). `others` has for each row what PackedAlong::at() is
/// given.
PackedAlong read_packed_along(RowReader& in, std::size_t count, std::uint64_t none = 0);
void write_packed_along(std::span<const std::uint64_t> numbers, std::optional<std::uint64_t> none,
                        std::span<const std::uint64_t> others, RowWriter& out);

}  // namespace annals::storage
