#include "storage/projection/alive_folder.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

constexpr Micros kLast = 20'000;  // the last date that is asked for
const SymbolId kRelation(3);

struct Bounds {
  Instant begin;
  Instant end;
};

/// Exact or not; some never hold, some never end.
Bounds some_bounds(std::mt19937_64& random, Micros dates) {
  const auto some_date = [&] {
    return static_cast<Micros>(random() % static_cast<std::uint64_t>(dates));
  };
  const auto instant = [&](Micros from) {
    return Instant{from, random() % 4 == 0 ? from + static_cast<Micros>(random() % 50) : from};
  };
  Bounds bounds;
  bounds.begin = instant(some_date());
  bounds.end =
      random() % 5 == 0 ? Instant::never() : instant(bounds.begin.earliest + some_date() / 4);
  return bounds;
}

Spell spell_of(const Bounds& bounds) {
  Spell spell;
  spell.begin.at = bounds.begin;
  spell.begin.own_end = bounds.end;
  return spell;
}

/// Counts what holds at each date.
class Model {
 public:
  void add(const Spell& spell, std::int64_t sign) {
    const Instant begin = spell.begin_bounds();
    const Instant end = spell.end_bounds();
    for (Micros at = begin.earliest; at < end.latest && at <= kLast; ++at) {
      counts_[static_cast<std::size_t>(at)].possible += sign;
      if (at >= begin.latest && at < end.earliest) {
        counts_[static_cast<std::size_t>(at)].certain += sign;
      }
    }
  }
  const std::vector<AliveCount>& counts() const { return counts_; }

 private:
  std::vector<AliveCount> counts_ = std::vector<AliveCount>(kLast + 1);
};

// Few instants for many facts, and nearly as many as facts; gathered in parts, some taken away
// again, and folded three times over what was there.
TEST(AliveFolderTest, CountsAreThoseOfAllFacts) {
  for (const Micros dates : {Micros{40}, kLast}) {
    std::mt19937_64 random(5);
    const tests::TempFolder folder;
    const auto store = open_rocks_store(folder.path(), StoreOptions()).value();
    AliveFolder alive;
    Model model;
    std::vector<Spell> spells;
    for (std::uint64_t round = 1; round <= 3; ++round) {
      AliveChanges all;
      for (const std::size_t count : {9'000U, 10U, 3'000U}) {
        AliveChanges part;
        for (std::size_t i = 0; i < count; ++i) {
          const bool removes = spells.size() > 100 && random() % 5 == 0;
          if (removes) {
            std::swap(spells[random() % spells.size()], spells.back());
          } else {
            spells.push_back(spell_of(some_bounds(random, dates)));
          }
          part.add(kRelation, spells.back(), removes);
          model.add(spells.back(), removes ? -1 : 1);
          if (removes) spells.pop_back();
        }
        // However many facts begin and end on them, few dates take little.
        if (dates < kLast) {
          EXPECT_LE(part.bytes(), 2 * 4'097 * sizeof(AliveChange));
        }
        all.add(part);
      }
      WriteBatch batch;
      ASSERT_TRUE(alive.fold(*store, all, Seq(round), round != 2, batch));
      ASSERT_TRUE(store->write(batch, Durability::kRelaxed));
      std::vector<Micros> asked;
      for (Micros at = 0; at <= kLast; at += 7) asked.push_back(at);
      const auto counts = count_alive(*store, nullptr, kRelation, asked).value();
      for (std::size_t i = 0; i < asked.size(); ++i) {
        ASSERT_EQ(counts[i], model.counts()[static_cast<std::size_t>(asked[i])])
            << "at " << asked[i] << " in round " << round;
      }
    }
  }
}

/// However many commits there were: counting looks at what was not folded, and at nothing else.
TEST(AliveFolderTest, TailRowsThatWereFoldedAreNotPassedOver) {
  std::mt19937_64 random(7);
  const tests::TempFolder folder;
  const auto store = open_rocks_store(folder.path(), StoreOptions()).value();
  AliveFolder alive;
  Model model;
  std::vector<Micros> dates(kLast + 1);
  std::iota(dates.begin(), dates.end(), 0);
  for (std::uint64_t commit = 1; commit <= 1'000; ++commit) {
    const Spell spell = spell_of(some_bounds(random, kLast));
    AliveChanges changes;
    changes.add(kRelation, spell, false);
    model.add(spell, 1);
    WriteBatch batch;
    ASSERT_TRUE(alive.fold(*store, changes, Seq(commit), commit == 900, batch));
    ASSERT_TRUE(store->write(batch, Durability::kRelaxed));
    if (commit == 500) alive = AliveFolder();  // as after a start
    if (commit % 100 != 0) continue;
    const std::uint64_t before = store->rows_passed_by_thread();
    const auto counts = count_alive(*store, nullptr, kRelation, dates);
    EXPECT_LT(store->rows_passed_by_thread() - before, 2U);
    ASSERT_TRUE(counts);
    ASSERT_EQ(*counts, model.counts());
  }
}

}  // namespace
}  // namespace annals::storage
