#include "schema/base/packed_numbers.h"

#include <algorithm>
#include <bit>
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
    const std::uint64_t bytes = little_endian(word_);
    out_.append(reinterpret_cast<const char*>(&bytes), (bits + 7) / 8);
  }

  std::string& out_;
  std::uint64_t word_ = 0;
  unsigned used_ = 0;
};

/// Divides by one number many times. A division takes the processor ten times as long as these
/// three steps. (Granlund and Montgomery, Division by Invariant Integers using Multiplication, 9;
/// Warren, Hacker's Delight, 10-16 and 10-17.)
class ExactDivision {
 public:
  /// Requires divisor > 0.
  explicit ExactDivision(std::uint64_t divisor)
      : shift_(std::countr_zero(divisor)), quotient_max_(~0ULL / divisor) {
    const std::uint64_t odd = divisor >> shift_;
    // Modulo 2^64, by Newton's iteration: three bits are right, and each step doubles them.
    inverse_ = odd;
    for (int bits = 3; bits < 64; bits *= 2) inverse_ *= 2 - odd * inverse_;
  }

  bool divides(std::uint64_t number) const { return quotient(number) <= quotient_max_; }
  /// Requires divides(number).
  std::uint64_t quotient(std::uint64_t number) const {
    return std::rotr(number * inverse_, shift_);
  }

 private:
  int shift_;
  std::uint64_t quotient_max_;
  std::uint64_t inverse_;
};

}  // namespace

std::uint8_t packed_width(std::uint64_t largest_code) {
  const auto width = static_cast<std::uint8_t>(std::bit_width(largest_code));
  return width > PackedNumbers::kPackedWidthMax ? PackedNumbers::kWholeWidth : width;
}

namespace {

/// The form of those numbers for which `is_none` does not hold. Where it never does the compiler
/// knows that, and need not ask it of each.
template <class IsNone>
std::optional<PackedForm> form_of(std::span<const std::uint64_t> numbers, const IsNone& is_none) {
  PackedForm form;
  std::uint64_t least = ~0ULL;
  std::uint64_t most = 0;
  std::size_t count = 0;
  for (const std::uint64_t number : numbers) {
    if (is_none(number)) continue;
    ++count;
    least = std::min(least, number);
    most = std::max(most, number);
  }
  if (count == 0) return std::nullopt;
  form.has_none = count < numbers.size();
  form.base = least;
  if (least == most) {  // as ordinals and forms mostly are
    form.width = packed_width(form.has_none ? 1 : 0);
    return form;
  }
  std::uint64_t unit = 0;
  ExactDivision by_unit(1);
  for (const std::uint64_t number : numbers) {
    if (is_none(number)) continue;
    // Mostly the unit is found soon.
    if (unit != 0 && by_unit.divides(number - least)) continue;
    unit = std::gcd(unit, number - least);
    if (unit == 1) break;
    if (unit != 0) by_unit = ExactDivision(unit);
  }
  form.unit = std::max<std::uint64_t>(unit, 1);
  // Without a gap for "none" the largest code is the distance itself, which always fits.
  const std::uint64_t largest = (most - least) / form.unit + (form.has_none ? 1 : 0);
  form.width = packed_width(largest);
  return form;
}

}  // namespace

std::optional<PackedForm> packed_form(std::span<const std::uint64_t> numbers,
                                      std::optional<std::uint64_t> none) {
  if (!none) return form_of(numbers, [](std::uint64_t) { return false; });
  return form_of(numbers, [none = *none](std::uint64_t number) { return number == none; });
}

std::vector<std::uint64_t> packed_codes(std::span<const std::uint64_t> numbers,
                                        std::optional<std::uint64_t> none, const PackedForm& form) {
  std::vector<std::uint64_t> codes(numbers.size());
  if (form.width == 0) return codes;
  const std::uint64_t shift = form.has_none ? 1 : 0;
  const ExactDivision by_unit(form.unit);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] != none) codes[i] = by_unit.quotient(numbers[i] - form.base) + shift;
  }
  return codes;
}

void append_codes(std::span<const std::uint64_t> codes, std::uint8_t width, std::string& out) {
  if (width == 0) return;
  BitWriter bits(out);
  for (const std::uint64_t code : codes) bits.add(code, width);
  bits.flush();
}

PackedNumbers::Range PackedNumbers::range(std::uint64_t least, std::uint64_t most) const {
  Range range;
  range.with_none_ = has_none_ && least <= none_ && none_ <= most;
  const bool has_numbers = !has_none_ || width_ > 0;
  if (!has_numbers || most < base_ || least > most) return range;
  // Hostile units may be zero; then all numbers are the same.
  const std::uint64_t unit = std::max<std::uint64_t>(unit_, 1);
  const std::uint64_t shift = has_none_ ? 1 : 0;
  const std::uint64_t above = least > base_ ? least - base_ : 0;
  const std::uint64_t first = above / unit + (above % unit == 0 ? 0 : 1);
  const std::uint64_t last = (most - base_) / unit;
  if (first > last || first + shift < first) return range;
  range.first_ = first + shift;
  range.count_ = std::min<std::uint64_t>(last - first, ~1ULL) + 1;
  return range;
}

}  // namespace annals::inline schema
