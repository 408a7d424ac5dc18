#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "schema/base/byte_order.h"

namespace annals::storage {

/// The first bytes of a key as numbers that compare like them, zeros for those that it does not
/// have. Most comparisons need no more, and the key itself lies elsewhere; keys whose heads are
/// equal may differ.
template <std::size_t Count>
struct KeyHead {
  std::array<std::uint64_t, Count> numbers{};

  static KeyHead of(std::string_view key) {
    KeyHead head;
    for (std::uint64_t& number : head.numbers) {
      const std::string_view bytes = key.substr(0, sizeof(number));
      number = bytes.size() == sizeof(number) ? number_of(bytes) : number_of_few(bytes);
      key.remove_prefix(bytes.size());
    }
    return head;
  }

  // Number by number: of whole arrays the compiler makes a call.
  friend bool operator==(const KeyHead& a, const KeyHead& b) { return (a <=> b) == 0; }
  friend std::strong_ordering operator<=>(const KeyHead& a, const KeyHead& b) {
    for (std::size_t i = 0; i < Count; ++i) {
      if (a.numbers[i] != b.numbers[i]) return a.numbers[i] <=> b.numbers[i];
    }
    return std::strong_ordering::equal;
  }

 private:
  /// Two instructions.
  template <class Bytes>
  static std::uint64_t number_of(const Bytes& bytes) {
    std::uint64_t number = 0;
    std::memcpy(&number, bytes.data(), sizeof(number));
    return big_endian(number);
  }
  static std::uint64_t number_of_few(std::string_view bytes) {
    std::array<char, sizeof(std::uint64_t)> padded{};
    std::copy(bytes.begin(), bytes.end(), padded.begin());
    return number_of(padded);
  }
};

}  // namespace annals::storage
