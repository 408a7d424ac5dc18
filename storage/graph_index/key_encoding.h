#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "schema/base/byte_order.h"
#include "schema/ids.h"
#include "schema/time/instant.h"

namespace annals::storage {

/// Writes keys whose byte order is the order of their fields: big endian, signed times with the
/// sign bit flipped. Most keys fit into it, without a place of their own in memory.
class KeyWriter {
 public:
  KeyWriter() = default;
  explicit KeyWriter(std::string_view begin) { append(begin); }

  KeyWriter& tag(char value) {
    append({&value, 1});
    return *this;
  }
  KeyWriter& u16(std::uint16_t value) { return number(value); }
  KeyWriter& u32(std::uint32_t value) { return number(value); }
  KeyWriter& u64(std::uint64_t value) { return number(value); }
  KeyWriter& node(NodeId id) { return u64(id.raw); }
  KeyWriter& symbol(SymbolId id) { return u32(id.raw); }
  KeyWriter& seq(Seq id) { return u64(id.raw); }
  KeyWriter& time(Micros at) { return u64(static_cast<std::uint64_t>(at) ^ (1ULL << 63)); }
  /// A text that ends where the text says: it may not hold a NUL.
  KeyWriter& text(std::string_view value) {
    append(value);
    return tag('\0');
  }

  void clear() {
    size_ = 0;
    long_.clear();
  }
  /// Valid until something is written.
  std::string_view view() const {
    return long_.empty() ? std::string_view(few_.data(), size_) : std::string_view(long_);
  }
  std::string take() const { return std::string(view()); }

 private:
  template <class Unsigned>
  KeyWriter& number(Unsigned value) {
    const Unsigned bytes = big_endian(value);
    append({reinterpret_cast<const char*>(&bytes), sizeof(bytes)});
    return *this;
  }
  void append(std::string_view more) {
    if (long_.empty() && more.size() <= few_.size() - size_) {
      std::copy(more.begin(), more.end(), few_.data() + size_);
      size_ += more.size();
      return;
    }
    if (long_.empty()) long_.assign(few_.data(), size_);
    long_ += more;
  }

  std::array<char, 48> few_{};
  std::size_t size_ = 0;  // of few_
  std::string long_;      // all, if they are more
};

/// Reads keys that KeyWriter wrote. Reading past the end gives zeros and turns ok() false.
class KeyReader {
 public:
  explicit KeyReader(std::string_view bytes) : bytes_(bytes) {}

  char tag() { return static_cast<char>(number<std::uint8_t>()); }
  std::uint16_t u16() { return number<std::uint16_t>(); }
  std::uint32_t u32() { return number<std::uint32_t>(); }
  std::uint64_t u64() { return number<std::uint64_t>(); }
  NodeId node() { return NodeId(u64()); }
  SymbolId symbol() { return SymbolId(u32()); }
  Seq seq() { return Seq(u64()); }
  Micros time() { return static_cast<Micros>(u64() ^ (1ULL << 63)); }

  /// Whether everything read was there.
  bool ok() const { return ok_; }
  /// Whether everything was read, and there.
  bool finished() const { return ok_ && bytes_.empty(); }

 private:
  template <class Unsigned>
  Unsigned number() {
    Unsigned bytes = 0;
    if (bytes_.size() < sizeof(bytes)) {
      ok_ = false;
      bytes_ = {};
      return 0;
    }
    std::memcpy(&bytes, bytes_.data(), sizeof(bytes));
    bytes_.remove_prefix(sizeof(bytes));
    return big_endian(bytes);
  }

  std::string_view bytes_;
  bool ok_ = true;
};

/// The smallest key that is greater than every key beginning with `prefix`; empty if there is none.
std::string after_prefix(std::string_view prefix);

}  // namespace annals::storage
