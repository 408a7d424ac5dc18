#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/time/date.h"

namespace annals::inline schema {

/// Numbers things from 1 in order of first use: how a commit stores a repeated text once. `Rules`
/// has static hash(item) and same(a, b). Items are copied and should be views or pointers; what
/// they point to is borrowed. Not shareable between threads. Open addressing with linear probing,
/// since it runs for every text and date of a bulk load.
template <class Item, class Rules>
class NumberedPool {
 public:
  NumberedPool() : slots_(kSlotsAtFirst) {}

  /// The number of what is the same as `item`, giving it the next one if it is new.
  std::uint32_t number(Item item) {
    std::uint32_t* slot = find(item);
    if (*slot == 0) {
      if (items_.size() * 2 >= slots_.size()) {
        grow();
        slot = find(item);
      }
      *slot = add(item);
    }
    return *slot;
  }

  /// The next number, without looking whether the same is there already: for what hardly ever
  /// repeats. number() does not find it.
  std::uint32_t add(Item item) {
    items_.push_back(item);
    return static_cast<std::uint32_t>(items_.size());
  }

  /// In the order of their numbers.
  const std::vector<Item>& items() const { return items_; }

 private:
  static constexpr std::size_t kSlotsAtFirst = 64;

  /// The slot of `item`, or the free one where it belongs. At most half of the slots are in use.
  std::uint32_t* find(Item item) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t place = Rules::hash(item) & mask;
    while (slots_[place] != 0 && !Rules::same(items_[slots_[place] - 1], item)) {
      place = (place + 1) & mask;
    }
    return &slots_[place];
  }

  void grow() {
    const std::vector<std::uint32_t> before = std::exchange(slots_, {});
    slots_.resize(before.size() * 2);
    for (const std::uint32_t slot : before) {
      if (slot != 0) *find(items_[slot - 1]) = slot;
    }
  }

  std::vector<Item> items_;
  std::vector<std::uint32_t> slots_;  // an item's number, or 0; a power of two of them
};

/// Pools of texts and of dates, for the codec of commits.
struct TextRules {
  static std::size_t hash(std::string_view text) { return std::hash<std::string_view>()(text); }
  static bool same(std::string_view a, std::string_view b) { return a == b; }
};
struct DateRules {
  static std::size_t hash(const Date* date) {
    const auto bounds = static_cast<std::uint64_t>(date->begin.earliest) ^
                        std::rotl(static_cast<std::uint64_t>(date->end.latest), 32);
    return static_cast<std::size_t>((bounds * 0x9E3779B97F4A7C15ULL) >> 32) ^
           TextRules::hash(date->text);
  }
  static bool same(const Date* a, const Date* b) { return *a == *b; }
};
using TextPool = NumberedPool<std::string_view, TextRules>;
using DatePool = NumberedPool<const Date*, DateRules>;

}  // namespace annals::inline schema
