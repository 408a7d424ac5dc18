#include "storage/graph_index/row_bytes.h"

#include <bit>
#include <cstring>

#include <fmt/format.h>

#include "schema/base/byte_order.h"
#include "schema/base/limits.h"

namespace annals::storage {

namespace {

/// DO NOT CHANGE: they are on disk.
enum class ValueTag : std::uint8_t {
  kNull = 0,
  kFalse = 1,
  kTrue = 2,
  kInteger = 3,
  kFloat = 4,
  kText = 5,
  kDate = 6,
  kList = 7,
};

enum DateFlag : std::uint8_t { kInterval = 1, kUncertain = 2, kApproximate = 4 };

/// Differences wrap around, so that infinities need no case of their own.
std::int64_t difference(Micros a, Micros b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

Micros sum(Micros a, std::int64_t b) {
  return static_cast<Micros>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

void write_date(RowWriter& out, const Date& date) {
  out.byte(static_cast<std::uint8_t>((date.is_interval ? kInterval : 0) |
                                     (date.uncertain ? kUncertain : 0) |
                                     (date.approximate ? kApproximate : 0)));
  out.byte(static_cast<std::uint8_t>(date.precision));
  out.instant(date.begin, 0);
  out.instant(date.end, date.begin.earliest);
  out.text(date.text);
}

}  // namespace

Error unreadable(std::string_view what, Family family) {
  return Error(ErrorCode::kCorruption,
               fmt::format("{} of the index family '{}' cannot be read", what, family_name(family)),
               "the log is not affected: REPLAY COMPARE shows the extent, and a rebuild mends it");
}

void RowWriter::long_number(std::uint64_t value) {
  // Eight bytes at a time, in a register.
  std::uint64_t word = 0;
  unsigned bits = 0;
  const auto write = [&] {
    const std::uint64_t bytes = little_endian(word);
    out_.append(reinterpret_cast<const char*>(&bytes), bits / 8);
    word = 0;
    bits = 0;
  };
  for (; value >= 0x80; value >>= 7) {
    word |= ((value & 0x7F) | 0x80) << bits;
    bits += 8;
    if (bits == 64) write();
  }
  word |= value << bits;
  bits += 8;
  write();
}

void RowWriter::signed_number(std::int64_t value) { number(zigzag(value)); }

void RowWriter::text(std::string_view value) {
  number(value.size());
  out_.append(value);
}

void RowWriter::instant(Instant value, Micros base) {
  signed_number(difference(value.earliest, base));
  signed_number(difference(value.latest, value.earliest));
}

void RowWriter::value(const Value& value) {
  const auto tag = [this](ValueTag t) { byte(static_cast<std::uint8_t>(t)); };
  if (value.is_null()) {
    tag(ValueTag::kNull);
  } else if (const auto* boolean = std::get_if<bool>(&value.data)) {
    tag(*boolean ? ValueTag::kTrue : ValueTag::kFalse);
  } else if (const auto* integer = std::get_if<std::int64_t>(&value.data)) {
    tag(ValueTag::kInteger);
    signed_number(*integer);
  } else if (const auto* real = std::get_if<double>(&value.data)) {
    tag(ValueTag::kFloat);
    const auto bits = std::bit_cast<std::uint64_t>(*real);
    for (int shift = 0; shift < 64; shift += 8) byte(static_cast<std::uint8_t>(bits >> shift));
  } else if (const auto* string = std::get_if<std::string>(&value.data)) {
    tag(ValueTag::kText);
    text(*string);
  } else if (const auto* day = std::get_if<Date>(&value.data)) {
    tag(ValueTag::kDate);
    write_date(*this, *day);
  } else {
    const auto& list = std::get<ValueList>(value.data);
    tag(ValueTag::kList);
    number(list.size());
    for (const Value& item : list) this->value(item);
  }
}

void RowWriter::properties(const std::vector<Property>& properties) {
  number(properties.size());
  for (const Property& property : properties) {
    number(property.name.raw);
    value(property.value);
  }
}

void RowReader::fail() {
  ok_ = false;
  bytes_ = {};
}

std::uint64_t RowReader::number_from(std::uint8_t first) {
  // By a pointer: what is left is shortened once, not byte by byte.
  const char* const at = bytes_.data();
  std::uint64_t value = first & 0x7F;
  for (std::size_t i = 0; i < bytes_.size() && i < 9; ++i) {
    const auto next = static_cast<unsigned char>(at[i]);
    value |= static_cast<std::uint64_t>(next & 0x7F) << (7 * (i + 1));
    if ((next & 0x80) != 0) continue;
    bytes_.remove_prefix(i + 1);
    return value;
  }
  fail();
  return 0;
}

std::int64_t RowReader::signed_number() { return unzigzag(number()); }

std::string_view RowReader::text() { return bytes(number()); }

std::string_view RowReader::bytes(std::size_t count) {
  if (count > bytes_.size()) {
    fail();
    return {};
  }
  const std::string_view value = bytes_.substr(0, count);
  bytes_.remove_prefix(count);
  return value;
}

Instant RowReader::instant(Micros base) {
  Instant value;
  value.earliest = sum(base, signed_number());
  value.latest = sum(value.earliest, signed_number());
  if (value.latest < value.earliest) fail();
  return value;
}

Date RowReader::date() {
  Date date;
  const std::uint8_t flags = byte();
  date.is_interval = (flags & kInterval) != 0;
  date.uncertain = (flags & kUncertain) != 0;
  date.approximate = (flags & kApproximate) != 0;
  const std::uint8_t precision = byte();
  if (precision > static_cast<std::uint8_t>(Precision::kLonger)) fail();
  date.precision = static_cast<Precision>(precision);
  date.begin = instant(0);
  date.end = instant(date.begin.earliest);
  date.text = std::string(text());
  return date;
}

Value RowReader::value(std::uint32_t depth) {
  switch (static_cast<ValueTag>(byte())) {
    case ValueTag::kNull: return {};
    case ValueTag::kFalse: return Value(false);
    case ValueTag::kTrue: return Value(true);
    case ValueTag::kInteger: return Value(signed_number());
    case ValueTag::kFloat: {
      std::uint64_t bits = 0;
      for (int shift = 0; shift < 64; shift += 8)
        bits |= static_cast<std::uint64_t>(byte()) << shift;
      return Value(std::bit_cast<double>(bits));
    }
    case ValueTag::kText: return Value(std::string(text()));
    case ValueTag::kDate: return Value(date());
    case ValueTag::kList: break;
    default: fail(); return {};
  }
  const std::uint64_t size = number();
  ValueList list;
  if (depth >= limits::kNestingMax) fail();
  for (std::uint64_t i = 0; i < size && ok_; ++i) list.push_back(value(depth + 1));
  return Value(std::move(list));
}

std::vector<Property> RowReader::properties() {
  const std::uint64_t size = number();
  std::vector<Property> properties;
  for (std::uint64_t i = 0; i < size && ok_; ++i) {
    const std::uint64_t name = number();
    if (name == 0 || name > limits::kSymbolsMax) fail();
    properties.push_back({SymbolId(static_cast<std::uint32_t>(name)), value()});
  }
  return properties;
}

}  // namespace annals::storage
