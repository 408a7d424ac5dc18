#include "storage/graph_index/packed_numbers.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace annals::storage {

namespace {

/// DO NOT CHANGE: they are on disk.
constexpr std::uint8_t kHasNone = 0x80;
constexpr std::uint8_t kWidthMask = 0x7f;

/// With up to seven bits before the number, wider ones would not lie within eight bytes: they take
/// all eight.
constexpr std::uint8_t kWidthMax = 57;
constexpr std::uint8_t kWidthOfWider = 64;

std::size_t packed_bytes(std::size_t count, std::uint8_t width) { return (count * width + 7) / 8; }

class BitWriter {
 public:
  explicit BitWriter(RowWriter& out) : out_(out) {}

  void add(std::uint64_t code, std::uint8_t width) {
    for (std::uint8_t left = width; left > 0;) {
      const auto taken = static_cast<std::uint8_t>(std::min<int>(left, 8 - used_));
      const std::uint64_t bits = code & ((1ULL << taken) - 1);
      byte_ = static_cast<std::uint8_t>(byte_ | bits << used_);
      used_ = static_cast<std::uint8_t>(used_ + taken);
      code >>= taken;
      left = static_cast<std::uint8_t>(left - taken);
      if (used_ == 8) flush();
    }
  }
  void flush() {
    if (used_ == 0) return;
    out_.byte(byte_);
    byte_ = used_ = 0;
  }

 private:
  RowWriter& out_;
  std::uint8_t byte_ = 0;
  std::uint8_t used_ = 0;
};

}  // namespace

PackedNumbers PackedNumbers::read(RowReader& in, std::size_t count, std::uint64_t none) {
  PackedNumbers column;
  column.none_ = none;
  column.has_none_ = true;
  const std::uint8_t form = in.byte();
  const auto width = static_cast<std::uint8_t>(form & kWidthMask);
  const bool has_none = (form & kHasNone) != 0;
  if (has_none && width == 0) return column;
  const std::uint64_t base = in.number();
  const std::uint64_t unit = width == 0 ? 1 : in.number();
  if (width > kWidthMax && width != kWidthOfWider) in.fail();
  const std::string_view data = in.bytes(packed_bytes(count, width));
  if (!in.ok() || in.bytes_left() < kPackedSlackBytes) {
    in.fail();
    return column;
  }
  column.data_ = data.data();
  column.base_ = base;
  column.unit_ = unit;
  column.width_ = width;
  column.has_none_ = has_none;
  return column;
}

void write_packed(std::span<const std::uint64_t> numbers, std::uint64_t none, RowWriter& out) {
  std::uint64_t least = ~0ULL;
  std::uint64_t most = 0;
  bool has_none = false;
  for (const std::uint64_t number : numbers) {
    if (number == none) {
      has_none = true;
      continue;
    }
    least = std::min(least, number);
    most = std::max(most, number);
  }
  if (least > most) return out.byte(kHasNone);  // no numbers at all
  std::uint64_t unit = 0;
  for (const std::uint64_t number : numbers) {
    if (unit == 1) break;
    if (number != none) unit = std::gcd(unit, number - least);
  }
  unit = std::max<std::uint64_t>(unit, 1);
  // Without a gap for "none" the largest code is the distance itself, which always fits.
  const std::uint64_t largest = (most - least) / unit + (has_none ? 1 : 0);
  auto width = static_cast<std::uint8_t>(std::bit_width(largest));
  if (width > kWidthMax) width = kWidthOfWider;
  out.byte(static_cast<std::uint8_t>(width | (has_none ? kHasNone : 0)));
  out.number(least);
  if (width == 0) return;
  out.number(unit);
  BitWriter bits(out);
  for (const std::uint64_t number : numbers) {
    const std::uint64_t code = number == none ? 0 : (number - least) / unit + (has_none ? 1 : 0);
    bits.add(code, width);
  }
  bits.flush();
}

}  // namespace annals::storage
