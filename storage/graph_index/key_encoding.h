#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/container/small_vector.hpp>

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
    bytes_.push_back(value);
    return *this;
  }
  KeyWriter& u16(std::uint16_t value) { return big_endian(value); }
  KeyWriter& u32(std::uint32_t value) { return big_endian(value); }
  KeyWriter& u64(std::uint64_t value) { return big_endian(value); }
  KeyWriter& node(NodeId id) { return u64(id.raw); }
  KeyWriter& symbol(SymbolId id) { return u32(id.raw); }
  KeyWriter& seq(Seq id) { return u64(id.raw); }
  KeyWriter& time(Micros at) { return u64(static_cast<std::uint64_t>(at) ^ (1ULL << 63)); }
  /// A text that ends where the text says: it may not hold a NUL.
  KeyWriter& text(std::string_view value) {
    append(value);
    bytes_.push_back('\0');
    return *this;
  }

  void clear() { bytes_.clear(); }
  /// Valid until something is written.
  std::string_view view() const { return {bytes_.data(), bytes_.size()}; }
  std::string take() const { return std::string(view()); }

 private:
  template <class Unsigned>
  KeyWriter& big_endian(Unsigned value) {
    // Into an array first: the compiler makes one instruction of it, and one append.
    std::array<char, sizeof(Unsigned)> bytes;
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
      bytes[i] = static_cast<char>(value >> (8 * (sizeof(Unsigned) - 1 - i)));
    }
    append({bytes.data(), bytes.size()});
    return *this;
  }
  void append(std::string_view more) { bytes_.insert(bytes_.end(), more.begin(), more.end()); }

  boost::container::small_vector<char, 48> bytes_;
};

/// Reads keys that KeyWriter wrote. Reading past the end gives zeros and turns ok() false.
class KeyReader {
 public:
  explicit KeyReader(std::string_view bytes) : bytes_(bytes) {}

  char tag() { return static_cast<char>(big_endian<std::uint8_t>()); }
  std::uint16_t u16() { return big_endian<std::uint16_t>(); }
  std::uint32_t u32() { return big_endian<std::uint32_t>(); }
  std::uint64_t u64() { return big_endian<std::uint64_t>(); }
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
  Unsigned big_endian() {
    if (bytes_.size() < sizeof(Unsigned)) {
      ok_ = false;
      bytes_ = {};
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
      value = value << 8 | static_cast<unsigned char>(bytes_[i]);
    }
    bytes_.remove_prefix(sizeof(Unsigned));
    return static_cast<Unsigned>(value);
  }

  std::string_view bytes_;
  bool ok_ = true;
};

/// The smallest key that is greater than every key beginning with `prefix`; empty if there is none.
std::string after_prefix(std::string_view prefix);

}  // namespace annals::storage
