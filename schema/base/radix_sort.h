#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace annals::inline schema {

/// Sorts by `number_of(item)`, an unsigned number; items of one number stay in their order. Time
/// grows with the items, not with their logarithm; takes their memory once more meanwhile. Items
/// are copied as they are: they should be small. (Knuth, The Art of Computer Programming, volume 3,
/// 5.2.5, algorithm R.)
template <class Item, class NumberOf>
void radix_sort(std::vector<Item>& items, const NumberOf& number_of) {
  // As many as leave room for the counts in the processor's first cache.
  constexpr unsigned kDigitBits = 11;
  constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;
  // For few, going over all the counts takes longer.
  constexpr std::size_t kFew = 256;
  const auto is_less = [&](const Item& a, const Item& b) { return number_of(a) < number_of(b); };
  if (items.size() < kFew) return std::stable_sort(items.begin(), items.end(), is_less);
  if (std::is_sorted(items.begin(), items.end(), is_less)) return;
  std::uint64_t differing = 0;  // bits that are not the same in all numbers
  const std::uint64_t first = number_of(items.front());
  for (const Item& item : items) differing |= number_of(item) ^ first;
  std::vector<Item> sorted;
  std::array<std::size_t, kDigits> places{};
  for (unsigned shift = 0; shift < 64; shift += kDigitBits) {
    if ((differing >> shift) % kDigits == 0) continue;
    const auto digit_of = [&](const Item& item) { return (number_of(item) >> shift) % kDigits; };
    places.fill(0);
    for (const Item& item : items) ++places[digit_of(item)];
    std::size_t before = 0;
    for (std::size_t& place : places) {
      const std::size_t count = place;
      place = before;
      before += count;
    }
    sorted.resize(items.size());
    for (const Item& item : items) sorted[places[digit_of(item)]++] = item;
    items.swap(sorted);
  }
}

}  // namespace annals::inline schema
