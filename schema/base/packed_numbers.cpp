#include "schema/base/packed_numbers.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace annals::inline schema {

namespace {

/// Gathers codes in a word, and writes whole words.
class BitWriter {
 public:
  explicit BitWriter(std::string& out) : out_(out) {}

  void add(std::uint64_t code, unsigned width) {
    word_ |= code << used_;
    used_ += width;
    if (used_ < kWordBits) return;
    write(kWordBits);
    used_ -= kWordBits;
    word_ = used_ == 0 ? 0 : code >> (width - used_);
  }
  void flush() { write(used_); }

 private:
  static constexpr unsigned kWordBits = 64;

  void write(unsigned bits) {
    std::array<char, sizeof(word_)> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(word_ >> (8 * i));
    out_.append(bytes.data(), (bits + 7) / 8);
  }

  std::string& out_;
  std::uint64_t word_ = 0;
  unsigned used_ = 0;
};

}  // namespace

std::optional<PackedForm> packed_form(std::span<const std::uint64_t> numbers,
                                      std::optional<std::uint64_t> none) {
  PackedForm form;
  std::uint64_t least = ~0ULL;
  std::uint64_t most = 0;
  bool has_any = false;
  for (const std::uint64_t number : numbers) {
    if (number == none) {
      form.has_none = true;
      continue;
    }
    has_any = true;
    least = std::min(least, number);
    most = std::max(most, number);
  }
  if (!has_any) return std::nullopt;
  form.base = least;
  std::uint64_t unit = 0;
  for (const std::uint64_t number : numbers) {
    if (unit == 1) break;
    if (number != none) unit = std::gcd(unit, number - least);
  }
  form.unit = std::max<std::uint64_t>(unit, 1);
  // Without a gap for "none" the largest code is the distance itself, which always fits.
  const std::uint64_t largest = (most - least) / form.unit + (form.has_none ? 1 : 0);
  form.width = static_cast<std::uint8_t>(std::bit_width(largest));
  if (form.width > PackedNumbers::kPackedWidthMax) form.width = PackedNumbers::kWholeWidth;
  return form;
}

void append_codes(std::span<const std::uint64_t> numbers, std::optional<std::uint64_t> none,
                  const PackedForm& form, std::string& out) {
  if (form.width == 0) return;
  BitWriter bits(out);
  const auto code_of = [&](std::uint64_t number) -> std::uint64_t {
    if (number == none) return 0;
    return (number - form.base) / form.unit + (form.has_none ? 1 : 0);
  };
  for (const std::uint64_t number : numbers) bits.add(code_of(number), form.width);
  bits.flush();
}

}  // namespace annals::inline schema
