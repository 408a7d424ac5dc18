#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace annals::inline schema {

/// A number that cannot be mistaken for another kind of number. `Tag` tells the kinds apart; the
/// raw value is public because every codec needs it.
template <class Tag, class Raw>
struct StrongId {
  Raw raw = 0;

  constexpr StrongId() = default;
  constexpr explicit StrongId(Raw value) : raw(value) {}

  constexpr auto operator<=>(const StrongId&) const = default;
  /// True unless this is zero, which means "none" for every id of Annals.
  constexpr explicit operator bool() const { return raw != 0; }
};

}  // namespace annals::inline schema

template <class Tag, class Raw>
struct std::hash<annals::StrongId<Tag, Raw>> {
  std::size_t operator()(annals::StrongId<Tag, Raw> id) const noexcept {
    // Fibonacci hashing: ids are dense, and an identity hash would cluster in open addressing.
    return static_cast<std::size_t>(static_cast<std::uint64_t>(id.raw) * 0x9E3779B97F4A7C15ULL);
  }
};
