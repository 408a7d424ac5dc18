#include "storage/graph_index/fact_cursor.h"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "schema/time/date.h"
#include "storage/graph_index/spell_group.h"
#include "tests/support/spells.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

constexpr Micros day(std::int64_t number) { return number * kMicrosPerDay; }

/// Its row stays in sight until the end that may be meant is over, too; the fact does not.
TEST(FactCursorTest, WhatIsOverByItselfIsNotShownUntilItsCoarseEnd) {
  const tests::TempFolder folder;
  const auto store = open_rocks_store(folder.path(), StoreOptions()).value();
  const NodeId source = NodeId::entity(1);
  Spell spell = tests::begun_spell(1, day(1));
  spell.begin.asserted = true;
  spell.begin.own_end = Instant::exactly(day(5));
  TimelineEffect end;
  end.id = {Seq(2), 0};
  end.type = EffectType::kEnds;
  end.at = {day(2), day(30)};
  end.known = Seq(2);
  spell.ends = {end};
  const SpellRow row = to_row(SymbolId(3), NodeId::entity(4), spell);
  EXPECT_EQ(row.end, day(30));
  WriteBatch batch;
  batch.put(Family::kOut, tail_key(source, 0, row.name), encode_spell(spell));
  ASSERT_TRUE(store->write(batch, Durability::kRelaxed));
  const auto snapshot = store->snapshot();
  const auto count_at = [&](Micros at) {
    FactScan scan;
    scan.node = source;
    scan.window = {at, at};
    std::vector<Fact> facts;
    EXPECT_TRUE(fact_cursor(*store, *snapshot, scan, Perspective())->next(facts, 10));
    return facts.size();
  };
  EXPECT_EQ(count_at(day(0)), 0U);
  EXPECT_EQ(count_at(day(3)), 1U);
  EXPECT_EQ(count_at(day(5)), 0U);
  EXPECT_EQ(count_at(day(10)), 0U);
}

}  // namespace
}  // namespace annals::storage
