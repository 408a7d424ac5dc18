#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "schema/base/packed_numbers.h"
#include "schema/base/result.h"
#include "schema/ids.h"
#include "schema/time/instant.h"
#include "schema/value.h"
#include "storage/kv/key_value_store.h"

namespace annals::storage {

/// Corruption: `what` ("a row", "a page") of the family cannot be read.
Error unreadable(std::string_view what, Family family);

/// Small in either direction becomes small.
constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

/// Times as numbers without a sign, in the same order.
constexpr std::uint64_t number_of(Micros at) {
  return static_cast<std::uint64_t>(at) ^ (1ULL << 63);
}
constexpr Micros time_of(std::uint64_t number) {
  return static_cast<Micros>(number ^ (1ULL << 63));
}

/// Writes the values of index rows: LEB128 numbers, texts with their length. Appends to `out`,
/// which must outlive it.
class RowWriter {
 public:
  explicit RowWriter(std::string& out) : out_(out) {}

  void byte(std::uint8_t value) { out_ += static_cast<char>(value); }
  /// Most take a byte.
  void number(std::uint64_t value) {
    value < 0x80 ? byte(static_cast<std::uint8_t>(value)) : long_number(value);
  }
  /// Small in either direction is short; wraps around like unsigned arithmetic.
  void signed_number(std::int64_t value);
  void text(std::string_view value);
  void bytes(std::string_view value) { out_ += value; }  ///< Without their length.
  /// As append_codes().
  void codes(std::span<const std::uint64_t> codes, std::uint8_t width) {
    append_codes(codes, width, out_);
  }
  /// Relative to `base`, which the reader must know: near instants are short.
  void instant(Instant value, Micros base);
  void value(const Value& value);
  void properties(const std::vector<Property>& properties);

 private:
  void long_number(std::uint64_t value);

  std::string& out_;
};

/// Reads what RowWriter wrote. Hostile bytes give zeros and turn ok() false; nothing is allocated
/// by a claimed length.
class RowReader {
 public:
  explicit RowReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint8_t byte() {
    if (bytes_.empty()) {
      fail();
      return 0;
    }
    const auto value = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return value;
  }
  /// Most take a byte.
  std::uint64_t number() {
    const std::uint8_t first = byte();
    return first < 0x80 ? first : number_from(first);
  }
  std::int64_t signed_number();
  std::string_view text();
  std::string_view bytes(std::size_t count);
  Instant instant(Micros base);
  Value value() { return value(0); }
  std::vector<Property> properties();

  bool ok() const { return ok_; }
  bool finished() const { return ok_ && bytes_.empty(); }
  std::size_t bytes_left() const { return bytes_.size(); }
  std::string_view rest() const { return bytes_; }
  /// Says that what was read makes no sense.
  void fail();

 private:
  std::uint64_t number_from(std::uint8_t first);
  Value value(std::uint32_t depth);
  Date date();

  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace annals::storage
