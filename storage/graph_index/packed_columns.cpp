#include "storage/graph_index/packed_columns.h"

#include <string>
#include <string_view>

namespace annals::storage {

namespace {

/// DO NOT CHANGE: they are on disk.
constexpr std::uint8_t kHasNone = 0x80;
constexpr std::uint8_t kWidthMask = 0x7f;

}  // namespace

PackedNumbers read_packed(RowReader& in, std::size_t count, std::uint64_t none) {
  const std::uint8_t first = in.byte();
  PackedForm form;
  form.width = static_cast<std::uint8_t>(first & kWidthMask);
  form.has_none = (first & kHasNone) != 0;
  if (form.has_none && form.width == 0) return PackedNumbers(none);
  form.base = in.number();
  form.unit = form.width == 0 ? 1 : in.number();
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
  const std::optional<PackedForm> form = packed_form(numbers, none);
  if (!form) return out.byte(kHasNone);
  out.byte(static_cast<std::uint8_t>(form->width | (form->has_none ? kHasNone : 0)));
  out.number(form->base);
  if (form->width == 0) return;
  out.number(form->unit);
  std::string codes;
  append_codes(numbers, none, *form, codes);
  out.bytes(codes);
}

}  // namespace annals::storage
