#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/byte_order.h"

namespace annals::inline schema {

/// How a column of numbers is packed: each as its distance from the least one in as few bits as the
/// largest distance needs ("frame of reference", Zukowski et al., Super-Scalar RAM-CPU Cache
/// Compression, ICDE 2006, section 3), after division by what all distances have in common: dates
/// of days then take sixteen bits and not fifty. Any row can be read alone.
///
/// A row's code stands in `width` bits, the low ones first: 0 for a row without a number if there
/// are such rows, else the distance over `unit`, plus one if there are such rows.
struct PackedForm {
  std::uint64_t base = 0;
  std::uint64_t unit = 1;
  std::uint8_t width = 0;  ///< 0 to 57, or 64: wider codes would not lie within eight bytes.
  bool has_none = false;

  bool is_none(std::uint64_t code) const { return has_none && code == 0; }
};

/// So many zero bytes must follow codes: numbers are read eight bytes at a time.
inline constexpr std::size_t kPackedSlackBytes = 8;

/// The bytes of the codes, without the slack. Requires a width up to 64 and a count below 2^57.
constexpr std::size_t packed_bytes(std::size_t count, std::uint8_t width) {
  return (count * width + 7) / 8;
}

/// The width of codes up to the largest.
std::uint8_t packed_width(std::uint64_t largest_code);
/// The form for these numbers; rows that equal `none` have no number. Nothing if no row has one.
std::optional<PackedForm> packed_form(std::span<const std::uint64_t> numbers,
                                      std::optional<std::uint64_t> none);
/// The codes of these numbers, of which this is the form.
std::vector<std::uint64_t> packed_codes(std::span<const std::uint64_t> numbers,
                                        std::optional<std::uint64_t> none, const PackedForm& form);
/// Appends the codes, without the slack. Requires that none needs more than `width` bits.
void append_codes(std::span<const std::uint64_t> codes, std::uint8_t width, std::string& out);

/// A packed column: a view of its codes, which must outlive it.
class PackedNumbers {
 public:
  /// Rows without a number give `none`; so do all rows of a default.
  explicit PackedNumbers(std::uint64_t none = 0) : none_(none), has_none_(true) {}
  /// `codes` hold packed_bytes() of the count, and the slack. Requires a valid width.
  PackedNumbers(const PackedForm& form, std::uint64_t none, const char* codes)
      : codes_(codes),
        base_(form.base),
        unit_(form.unit),
        none_(none),
        width_(form.width),
        has_none_(form.has_none) {}

  /// Whether hostile bytes may say so.
  static bool is_valid_width(std::uint8_t width) {
    return width <= kPackedWidthMax || width == kWholeWidth;
  }

  /// Requires that `row` is below the count, like code().
  std::uint64_t operator[](std::size_t row) const { return number_of(code(row)); }
  /// The row's code: of two rows with numbers the greater one has the greater code.
  std::uint64_t code(std::size_t row) const { return width_ == 0 ? 0 : code_at(row); }
  bool is_none(std::uint64_t code) const { return has_none_ && code == 0; }
  std::uint64_t number_of(std::uint64_t code) const {
    if (is_none(code)) return none_;
    return base_ + unit_ * (code - (has_none_ ? 1 : 0));
  }

  /// The codes of some rows, to look for these without unpacking their numbers.
  class Range {
   public:
    bool holds(std::uint64_t code) const {
      return code - first_ < count_ || (with_none_ && code == 0);
    }

   private:
    friend class PackedNumbers;
    std::uint64_t first_ = 0;
    std::uint64_t count_ = 0;
    bool with_none_ = false;
  };
  /// Of the rows whose numbers are from `least` to `most`; that of a row without one is `none`.
  /// Requires that no number is 2^64 - 1.
  Range range(std::uint64_t least, std::uint64_t most) const;

  /// What the numbers are multiples of, counted from the least.
  std::uint64_t unit() const { return unit_; }

  /// With up to seven bits before the number, wider ones would not lie within eight bytes: they
  /// take all eight.
  static constexpr std::uint8_t kPackedWidthMax = 57;
  static constexpr std::uint8_t kWholeWidth = 64;

 private:
  // Here to be inlined: scans call it for every row.
  std::uint64_t code_at(std::size_t row) const {
    const std::size_t bit = row * width_;
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, codes_ + bit / 8, sizeof(bytes));
    bytes = little_endian(bytes);
    if (width_ == kWholeWidth) return bytes;
    return bytes >> bit % 8 & ((1ULL << width_) - 1);
  }

  const char* codes_ = nullptr;
  std::uint64_t base_ = 0;
  std::uint64_t unit_ = 1;
  std::uint64_t none_ = 0;
  std::uint8_t width_ = 0;
  bool has_none_ = false;
};

}  // namespace annals::inline schema
