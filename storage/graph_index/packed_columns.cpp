#include "storage/graph_index/packed_columns.h"

#include <string>
#include <string_view>

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

void write_packed(std::span<const std::uint64_t> numbers, std::optional<std::uint64_t> none,
                  RowWriter& out) {
  std::optional<PackedForm> form = packed_form(numbers, none);
  if (!form) return out.byte(kHasNone);
  if (form->width == 0) form->unit = 0;  // there is no distance
  const bool days = has_days(*form);
  out.byte(first_byte(*form, days));
  if (days) {
    out.signed_number(time_of(form->base) / kMicrosPerDay);
  } else {
    out.number(form->base);
  }
  if (form->width == 0) return;
  out.number(days ? form->unit / static_cast<std::uint64_t>(kMicrosPerDay) : form->unit);
  std::string codes;
  append_codes(numbers, none, *form, codes);
  out.bytes(codes);
}

}  // namespace annals::storage
