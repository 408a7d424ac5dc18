#include "storage/graph_index/packed_columns.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "schema/time/instant.h"

namespace annals::storage {

namespace {

/// DO NOT CHANGE: they are on disk.
constexpr std::uint8_t kHasNone = 0x80;
constexpr std::uint8_t kHasDays = 0x40;
constexpr std::uint8_t kWidthMask = 0x3f;
constexpr std::uint8_t kWholeWidthCode = 0x3f;

/// Whether the numbers are times of whole days. In microseconds the least of them and the unit take
/// fifteen bytes, which is much beside the codes of a few rows.
bool has_days(const PackedForm& form) {
  constexpr auto kDay = static_cast<std::uint64_t>(kMicrosPerDay);
  return time_of(form.base) % kMicrosPerDay == 0 && form.unit % kDay == 0;
}

std::uint8_t first_byte(const PackedForm& form, bool days) {
  const bool is_whole = form.width == PackedNumbers::kWholeWidth;
  const std::uint8_t width = is_whole ? kWholeWidthCode : form.width;
  return static_cast<std::uint8_t>(width | (form.has_none ? kHasNone : 0) | (days ? kHasDays : 0));
}

}  // namespace

PackedNumbers read_packed(RowReader& in, std::size_t count, std::uint64_t none) {
  const std::uint8_t first = in.byte();
  const std::uint8_t width = first & kWidthMask;
  PackedForm form;
  form.width = width == kWholeWidthCode ? PackedNumbers::kWholeWidth : width;
  form.has_none = (first & kHasNone) != 0;
  if (form.has_none && form.width == 0) return PackedNumbers(none);
  if ((first & kHasDays) != 0) {
    // Hostile ones wrap around.
    constexpr auto kDay = static_cast<std::uint64_t>(kMicrosPerDay);
    const auto days = static_cast<std::uint64_t>(in.signed_number());
    form.base = number_of(static_cast<Micros>(days * kDay));
    form.unit = form.width == 0 ? 1 : in.number() * kDay;
  } else {
    form.base = in.number();
    form.unit = form.width == 0 ? 1 : in.number();
  }
  if (!PackedNumbers::is_valid_width(form.width)) in.fail();
  const std::string_view codes = in.bytes(packed_bytes(count, form.width));
  if (!in.ok() || in.bytes_left() < kPackedSlackBytes) {
    in.fail();
    return PackedNumbers(none);
  }
  return {form, none, codes.data()};
}

namespace {

using Codes = std::vector<std::uint64_t>;

void write_form(const PackedForm& form, RowWriter& out) {
  const bool days = has_days(form);
  out.byte(first_byte(form, days));
  if (days) {
    out.signed_number(time_of(form.base) / kMicrosPerDay);
  } else {
    out.number(form.base);
  }
  if (form.width > 0) {
    out.number(days ? form.unit / static_cast<std::uint64_t>(kMicrosPerDay) : form.unit);
  }
}

void write_column(const PackedForm& form, const Codes& codes, RowWriter& out) {
  write_form(form, out);
  out.codes(codes, form.width);
}

std::size_t bytes_of(const PackedForm& form, std::size_t count) {
  std::string head;
  RowWriter out(head);
  write_form(form, out);
  return head.size() + packed_bytes(count, form.width);
}

/// How much the codes grow from the row of the least other number to that of the greatest, for each
/// of it; zero if they do not, or by more than can be told.
std::uint64_t slope_of(const Codes& codes, const PackedForm& form,
                       std::span<const std::uint64_t> others) {
  constexpr auto kNoRow = static_cast<std::size_t>(-1);
  std::size_t low = kNoRow;
  std::size_t high = kNoRow;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (form.is_none(codes[i])) continue;
    if (low == kNoRow || others[i] < others[low]) low = i;
    if (high == kNoRow || others[i] > others[high]) high = i;
  }
  if (low == kNoRow || others[low] == others[high] || codes[low] >= codes[high]) return 0;
  const std::uint64_t rise = codes[high] - codes[low];
  if (std::bit_width(rise) + kLineFractionBits > 64) return 0;
  const std::uint64_t slope = (rise << kLineFractionBits) / (others[high] - others[low]);
  return std::bit_width(slope) + std::bit_width(others[high]) > 64 ? 0 : slope;
}

/// A column told by a line, and by how much each row lies above where that is lowest.
struct Line {
  std::uint64_t slope = 0;  ///< Zero: there is none.
  PackedForm form;          ///< Its base may have wrapped around, below zero.
  Codes codes;
};

Line line_of(const Codes& codes, const PackedForm& form, std::span<const std::uint64_t> others) {
  Line line;
  line.slope = slope_of(codes, form, others);
  if (line.slope == 0) return line;
  line.codes = codes;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t most = std::numeric_limits<std::int64_t>::min();
  const std::uint64_t shift = form.has_none ? 1 : 0;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (form.is_none(codes[i])) continue;
    line.codes[i] -= shift + line_at(line.slope, others[i]);
    least = std::min(least, static_cast<std::int64_t>(line.codes[i]));
    most = std::max(most, static_cast<std::int64_t>(line.codes[i]));
  }
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (!form.is_none(codes[i])) line.codes[i] += shift - static_cast<std::uint64_t>(least);
  }
  line.form = form;
  line.form.base += form.unit * static_cast<std::uint64_t>(least);
  const std::uint64_t range = static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least);
  // Without bits there would be no unit, which the line is told in.
  line.form.width = std::max<std::uint8_t>(packed_width(range + shift), 1);
  return line;
}

}  // namespace

void write_packed(std::span<const std::uint64_t> numbers, std::optional<std::uint64_t> none,
                  RowWriter& out) {
  std::optional<PackedForm> form = packed_form(numbers, none);
  if (!form) return out.byte(kHasNone);
  if (form->width > 0) return write_column(*form, packed_codes(numbers, none, *form), out);
  form->unit = 0;  // there is no distance
  write_form(*form, out);
}

std::vector<std::uint64_t> write_packed_codes(std::span<const std::uint64_t> numbers,
                                              std::optional<std::uint64_t> none, RowWriter& out) {
  const std::optional<PackedForm> form = packed_form(numbers, none);
  if (!form || form->width == 0) {
    write_packed(numbers, none, out);
    return Codes(numbers.size());
  }
  Codes codes = packed_codes(numbers, none, *form);
  write_column(*form, codes, out);
  return codes;
}

void write_packed_along(std::span<const std::uint64_t> numbers, std::optional<std::uint64_t> none,
                        std::span<const std::uint64_t> others, RowWriter& out) {
  const std::optional<PackedForm> form = packed_form(numbers, none);
  if (!form || form->width == 0) {
    out.number(0);
    return write_packed(numbers, none, out);
  }
  const Codes codes = packed_codes(numbers, none, *form);
  const Line line = line_of(codes, *form, others);
  const auto bytes = [&](const PackedForm& one) { return bytes_of(one, numbers.size()); };
  constexpr std::size_t kSlopeBytes = 5;
  if (line.slope > 0 && bytes(line.form) + kSlopeBytes < bytes(*form)) {
    out.number(line.slope);
    return write_column(line.form, line.codes, out);
  }
  out.number(0);
  write_column(*form, codes, out);
}

PackedAlong read_packed_along(RowReader& in, std::size_t count, std::uint64_t none) {
  const std::uint64_t slope = in.number();
  return {read_packed(in, count, none), slope};
}

}  // namespace annals::storage
