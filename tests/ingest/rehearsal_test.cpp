#include "ingest/rehearsal.h"

#include <string>

#include <gtest/gtest.h>

namespace annals::ingest {
namespace {

TEST(RehearsalTest, AnEventIsKnownFromTheNextChunkOn) {
  Rehearsal rehearsal;
  EXPECT_FALSE(rehearsal.earlier_event("a"));
  rehearsal.note_event("a", 7, SymbolId(3));
  EXPECT_FALSE(rehearsal.earlier_event("a")) << "the builder knows it";
  rehearsal.next_chunk();
  ASSERT_TRUE(rehearsal.earlier_event("a"));
  EXPECT_EQ(rehearsal.earlier_event("a")->content, 7U);
  EXPECT_EQ(rehearsal.earlier_event("a")->kind, SymbolId(3));
  EXPECT_FALSE(rehearsal.earlier_event("b"));
}

TEST(RehearsalTest, ManyEventsAreAllKnown) {
  Rehearsal rehearsal;
  constexpr std::uint64_t kMany = 20'000;
  for (std::uint64_t i = 0; i < kMany; ++i) {
    if (i % 1'000 == 0) rehearsal.next_chunk();
    rehearsal.note_event("id " + std::to_string(i), i, SymbolId());
  }
  rehearsal.next_chunk();
  for (std::uint64_t i = 0; i < kMany; ++i) {
    const auto event = rehearsal.earlier_event("id " + std::to_string(i));
    ASSERT_TRUE(event) << i;
    EXPECT_EQ(event->content, i);
  }
  EXPECT_FALSE(rehearsal.earlier_event("id " + std::to_string(kMany)));
}

TEST(RehearsalTest, NamesCountOnceForEachType) {
  Rehearsal rehearsal;
  for (const int chunk : {1, 2}) {
    rehearsal.note_entity(SymbolId(1), "Georgia");
    rehearsal.note_entity(SymbolId(2), "Georgia");
    rehearsal.note_relation("KNOWS");
    EXPECT_EQ(rehearsal.entities_created(), 2U) << chunk;
    EXPECT_EQ(rehearsal.relations_created(), 1U) << chunk;
    rehearsal.next_chunk();
  }
}

TEST(RehearsalTest, TheOrderOfPartsMattersInAHash) {
  EXPECT_NE(Rehearsal::combined(Rehearsal::combined(1, 2), 3),
            Rehearsal::combined(Rehearsal::combined(1, 3), 2));
}

}  // namespace
}  // namespace annals::ingest
