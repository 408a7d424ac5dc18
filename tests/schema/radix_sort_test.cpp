#include "schema/base/radix_sort.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace annals {
namespace {

struct Item {
  std::uint64_t number;
  std::size_t place;
  bool operator==(const Item&) const = default;
};

/// So many items whose numbers have no other bits than these.
std::vector<Item> items_of(std::size_t count, std::uint64_t bits, std::mt19937_64& random) {
  std::vector<Item> items;
  for (std::size_t i = 0; i < count; ++i) items.push_back({random() & bits, i});
  return items;
}

// Few items and many, numbers that are all the same, and digits that are (which are left out).
TEST(RadixSortTest, SortsAsAStableSortDoes) {
  std::mt19937_64 random(1);
  for (const std::size_t count : {0U, 1U, 2U, 255U, 256U, 3'000U, 20'000U}) {
    for (const std::uint64_t bits : {0ULL, 1ULL, 0x7FFULL, 0x800ULL, 0x1FFFFULL,
                                     0x8000'0000'0000'00FFULL, 0xFFFF'0000ULL, ~0ULL}) {
      std::vector<Item> sorted = items_of(count, bits, random);
      std::vector<Item> expected = sorted;
      radix_sort(sorted, [](const Item& item) { return item.number; });
      std::stable_sort(expected.begin(), expected.end(),
                       [](const Item& a, const Item& b) { return a.number < b.number; });
      EXPECT_EQ(sorted, expected) << count << " of " << bits;
    }
  }
}

}  // namespace
}  // namespace annals
