#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "storage/graph_index/row_bytes.h"

namespace annals::storage {

/// A column of numbers, each as its distance from the least one in as few bits as the largest
/// distance needs ("frame of reference", Zukowski et al., Super-Scalar RAM-CPU Cache Compression,
/// ICDE 2006, section 3), after division by what all distances have in common: dates of days then
/// take sixteen bits and not fifty. Any row can be read alone. Layout: docs/graph_index_format.md.
///
/// A view of encoded bytes, which must outlive it.
class PackedNumbers {
 public:
  PackedNumbers() = default;

  /// Takes a column of `count` numbers off the front of `in`; `none` is what rows without a number
  /// give. Hostile bytes turn in.ok() false; every row is then `none`.
  static PackedNumbers read(RowReader& in, std::size_t count, std::uint64_t none);

  /// Requires that `row` is below the count.
  std::uint64_t operator[](std::size_t row) const {
    const std::uint64_t code = width_ == 0 ? 0 : code_at(row);
    if (has_none_ && code == 0) return none_;
    return base_ + unit_ * (code - (has_none_ ? 1 : 0));
  }

 private:
  static constexpr std::uint8_t kWholeWidth = 64;

  // Here to be inlined: scans call it for every row.
  std::uint64_t code_at(std::size_t row) const {
    const std::size_t bit = row * width_;
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, data_ + bit / 8, sizeof(bytes));
    // Little endian on every machine.
    if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap64(bytes);
    if (width_ == kWholeWidth) return bytes;
    return bytes >> bit % 8 & ((1ULL << width_) - 1);
  }

  const char* data_ = nullptr;  // followed by at least kPackedSlackBytes
  std::uint64_t base_ = 0;
  std::uint64_t unit_ = 1;
  std::uint64_t none_ = 0;
  std::uint8_t width_ = 0;
  bool has_none_ = false;
};

/// So many bytes must follow the last column: numbers are read eight bytes at a time.
inline constexpr std::size_t kPackedSlackBytes = 8;

/// Appends a column to `out`; rows that equal `none` take no part in base and width.
void write_packed(std::span<const std::uint64_t> numbers, std::uint64_t none, RowWriter& out);

}  // namespace annals::storage
