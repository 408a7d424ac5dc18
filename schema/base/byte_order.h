#pragma once

#include <bit>
#include <concepts>
#include <cstdint>

namespace annals::inline schema {

// Numbers as bytes, and back; swap_bytes() turns them round. One instruction, where a compiler may
// leave a loop over bytes; and bytes written one by one make whoever reads them as a word wait.

template <std::unsigned_integral Number>
constexpr Number swap_bytes(Number number) {
  if constexpr (sizeof(Number) == 1) {
    return number;
  } else if constexpr (sizeof(Number) == 2) {
    return __builtin_bswap16(number);
  } else if constexpr (sizeof(Number) == 4) {
    return __builtin_bswap32(number);
  } else {
    static_assert(sizeof(Number) == 8);
    return __builtin_bswap64(number);
  }
}

/// A number of which the bytes in memory are those of `number`, the most significant first on every
/// machine; and of such a number the first one.
template <std::unsigned_integral Number>
constexpr Number big_endian(Number number) {
  return std::endian::native == std::endian::big ? number : swap_bytes(number);
}

/// The same, the least significant byte first.
template <std::unsigned_integral Number>
constexpr Number little_endian(Number number) {
  return std::endian::native == std::endian::little ? number : swap_bytes(number);
}

}  // namespace annals::inline schema
