#include "storage/projection/timeline.h"

#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "schema/base/limits.h"
#include "schema/time/date.h"

namespace annals::storage {
namespace {

Instant on(const char* text) { return parse_date(text)->begin; }

TimelineEffect effect(EffectType type, std::uint64_t seq, const char* date) {
  TimelineEffect made;
  made.id = {Seq(seq), 0};
  made.type = type;
  made.at = on(date);
  return made;
}
TimelineEffect begins(std::uint64_t seq, const char* date) {
  return effect(EffectType::kBegins, seq, date);
}
TimelineEffect ends(std::uint64_t seq, const char* date) {
  return effect(EffectType::kEnds, seq, date);
}
TimelineEffect sets(std::uint64_t seq, const char* date, std::int64_t value) {
  TimelineEffect made = effect(EffectType::kSets, seq, date);
  made.properties = {{SymbolId(9), Value(value)}};
  return made;
}

void apply(Timeline& timeline, TimelineEffect effect) {
  const Seq known = effect.id.begun_by;
  std::vector<TimelineEffect> one;
  one.push_back(std::move(effect));
  timeline.apply({}, std::move(one), known);
}

Timeline folded(std::vector<TimelineEffect> effects) {
  Timeline timeline;
  for (TimelineEffect& one : effects) apply(timeline, std::move(one));
  return timeline;
}

TEST(TimelineTest, ASpellEndsWhereItsEndSays) {
  const Timeline timeline = folded({begins(1, "1993-12-03"), ends(2, "2009-08-18")});
  ASSERT_EQ(timeline.spells().size(), 1U);
  EXPECT_EQ(timeline.spells()[0].begin_bounds(), on("1993-12-03"));
  EXPECT_EQ(timeline.spells()[0].end_bounds(), on("2009-08-18"));
  EXPECT_EQ(timeline.spells()[0].ended_by(), Seq(2));
  EXPECT_TRUE(timeline.unmatched().empty());
}

TEST(TimelineTest, EventsMayArriveInAnyOrder) {
  const Timeline timeline = folded({ends(1, "2009-08-18"), begins(2, "2012-01-01"),
                                    begins(3, "1993-12-03"), ends(4, "2014-01-01")});
  ASSERT_EQ(timeline.spells().size(), 2U);
  EXPECT_EQ(timeline.spells()[0].begin.id.begun_by, Seq(3));
  EXPECT_EQ(timeline.spells()[0].ended_by(), Seq(1));
  EXPECT_EQ(timeline.spells()[1].begin.id.begun_by, Seq(2));
  EXPECT_EQ(timeline.spells()[1].ended_by(), Seq(4));
  EXPECT_TRUE(timeline.unmatched().empty());
}

TEST(TimelineTest, AnEndBeforeEveryBeginIsUnmatchedUntilABeginArrivesBeforeIt) {
  Timeline timeline = folded({begins(1, "2000-01-01"), ends(2, "1999-01-01")});
  ASSERT_EQ(timeline.unmatched().size(), 1U);
  EXPECT_EQ(timeline.spells()[0].end_bounds(), Instant::never());
  apply(timeline, begins(3, "1998-01-01"));
  EXPECT_TRUE(timeline.unmatched().empty());
  ASSERT_EQ(timeline.spells().size(), 2U);
  EXPECT_EQ(timeline.spells()[0].end_bounds(), on("1999-01-01"));
}

TEST(TimelineTest, BeginningTwiceIsUnmatchedAndTheFirstSpellStays) {
  const Timeline timeline = folded({begins(1, "2000-01-01"), begins(2, "2001-01-01")});
  ASSERT_EQ(timeline.spells().size(), 1U);
  EXPECT_EQ(timeline.spells()[0].begin.id.begun_by, Seq(1));
  ASSERT_EQ(timeline.unmatched().size(), 1U);
  EXPECT_EQ(timeline.unmatched()[0].id.begun_by, Seq(2));
}

TEST(TimelineTest, SpellsWithOtherPropertiesRunSideBySideAndAnEndPicksItsOwn) {
  TimelineEffect member = begins(1, "2000-01-01");
  member.properties = {{SymbolId(5), Value(std::string("member"))}};
  TimelineEffect chair = begins(2, "2001-01-01");
  chair.properties = {{SymbolId(5), Value(std::string("chair"))}};
  TimelineEffect no_longer_chair = ends(3, "2002-01-01");
  no_longer_chair.properties = chair.properties;
  const Timeline timeline = folded({member, chair, no_longer_chair});
  ASSERT_EQ(timeline.spells().size(), 2U);
  EXPECT_EQ(timeline.spells()[0].end_bounds(), Instant::never());
  EXPECT_EQ(timeline.spells()[1].end_bounds(), on("2002-01-01"));
}

TEST(TimelineTest, EventsOfOneDayFoldInTheOrderOfTheirSequences) {
  const Timeline joined_then_left = folded({begins(1, "2000-01-01"), ends(2, "2000-01-01")});
  EXPECT_TRUE(joined_then_left.unmatched().empty());
  EXPECT_EQ(joined_then_left.spells()[0].end_bounds(), on("2000-01-01"));
  const Timeline left_then_joined = folded({ends(1, "2000-01-01"), begins(2, "2000-01-01")});
  EXPECT_EQ(left_then_joined.unmatched().size(), 1U);
  EXPECT_EQ(left_then_joined.spells()[0].end_bounds(), Instant::never());
}

TEST(TimelineTest, ACoarseEndEndsWhatBeganWithinItsExtent) {
  const Timeline timeline = folded({begins(1, "2008-06-01"), ends(2, "2008")});
  ASSERT_EQ(timeline.spells().size(), 1U);
  EXPECT_TRUE(timeline.unmatched().empty());
  EXPECT_EQ(timeline.spells()[0].end_bounds(),
            (Instant{on("2008-06-01").earliest, on("2008-12-31").latest}));
}

TEST(TimelineTest, APlannedEndIsPossibleAndNeverCertain) {
  TimelineEffect planned = ends(2, "[2024-10-16..2024-12-31]");
  planned.doubtful = true;
  Timeline timeline = folded({begins(1, "1991-12-21"), planned});
  EXPECT_EQ(timeline.spells()[0].end_bounds(), (Instant{on("2024-10-16").earliest, kEndOfTime}));
  apply(timeline, ends(3, "2025-04-01"));
  EXPECT_EQ(timeline.spells()[0].end_bounds(),
            (Instant{on("2024-10-16").earliest, on("2025-04-01").latest}));
}

TEST(TimelineTest, APlannedEndThatWouldLeaveNothingDidNotComeTrue) {
  TimelineEffect planned = ends(2, "1991-12-21");
  planned.doubtful = true;
  TimelineEffect begun = begins(1, "1991-12-21");
  EXPECT_EQ(folded({begun, planned}).spells()[0].end_bounds(), Instant::never());
  begun.doubtful = true;
  EXPECT_EQ(folded({begun, planned}).spells()[0].end_bounds().earliest, on("1991-12-21").earliest);
}

TEST(TimelineTest, DoubtfulEndsAreTakenUpToALimitAndTheSureOneBehindThem) {
  std::vector<TimelineEffect> effects = {begins(1, "2000-01-01")};
  const std::size_t more = 3;
  for (std::uint64_t i = 0; i < limits::kDoubtfulEndsMax + more; ++i) {
    effects.push_back(ends(2 + i, "2001-01-01"));
    effects.back().doubtful = true;
  }
  effects.push_back(ends(1'000, "2002-01-01"));
  const Timeline timeline = folded(effects);
  ASSERT_EQ(timeline.spells().size(), 1U);
  EXPECT_EQ(timeline.spells()[0].ends.size(), limits::kDoubtfulEndsMax + 1);
  EXPECT_EQ(timeline.spells()[0].end_bounds().latest, on("2002-01-01").latest);
  EXPECT_EQ(timeline.unmatched().size(), more);
}

TEST(TimelineTest, AValueThatManyDoubtfulOnesFollowIsPossibleForEver) {
  std::vector<TimelineEffect> effects = {sets(1, "2000-01-01", 1)};
  const auto add_doubtful = [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      effects.push_back(sets(1 + effects.size(), "2001-01-01", 2));
      effects.back().doubtful = true;
    }
  };
  add_doubtful(limits::kDoubtfulEndsMax - 1);
  effects.push_back(sets(1'000, "2002-01-01", 3));
  EXPECT_EQ(folded(effects).spells()[0].end_bounds().latest, on("2002-01-01").latest);
  effects.pop_back();
  add_doubtful(1);
  effects.push_back(sets(1'000, "2002-01-01", 3));
  const Timeline timeline = folded(effects);
  EXPECT_EQ(timeline.spells()[0].end_bounds().latest, kEndOfTime);
  EXPECT_EQ(timeline.spells()[0].ends.size(), limits::kDoubtfulEndsMax);
}

TEST(TimelineTest, WhatIsSetHoldsUntilItIsSetAgain) {
  const Timeline timeline =
      folded({sets(1, "2000-01-01", 10), sets(2, "2010-01-01", 30), sets(3, "2005-01-01", 20)});
  ASSERT_EQ(timeline.spells().size(), 3U);
  EXPECT_EQ(timeline.spells()[0].end_bounds(), on("2005-01-01"));
  EXPECT_EQ(timeline.spells()[1].end_bounds(), on("2010-01-01"));
  EXPECT_EQ(timeline.spells()[2].end_bounds(), Instant::never());
}

TEST(TimelineTest, ASpellIsKnownFromTheEventThatLastChangedIt) {
  const Timeline timeline = folded({begins(1, "1990-01-01"), begins(5, "2000-01-01"),
                                    ends(7, "1995-01-01"), ends(9, "2001-01-01")});
  ASSERT_EQ(timeline.spells().size(), 2U);
  EXPECT_EQ(timeline.spells()[0].known_so(), Seq(7));
  EXPECT_EQ(timeline.spells()[1].known_so(), Seq(9));
}

TEST(TimelineTest, ASpellThatEndsStillTellsWhatWasKnownBefore) {
  const Timeline timeline = folded({begins(1, "1990-01-01"), ends(7, "1995-01-01")});
  EXPECT_TRUE(timeline.superseded().empty());
  Spell spell = timeline.spells()[0];
  EXPECT_EQ(spell.known_from, Seq(1));
  spell.as_known_at(Seq(6));
  EXPECT_EQ(spell.end_bounds(), Instant::never());
}

TEST(TimelineTest, ALateEndSupersedesTheVersionThatItChanges) {
  const Timeline timeline =
      folded({begins(1, "1990-01-01"), ends(2, "1999-01-01"), ends(3, "1995-01-01")});
  ASSERT_EQ(timeline.superseded().size(), 1U);
  EXPECT_EQ(timeline.superseded()[0].until, Seq(3));
  EXPECT_EQ(timeline.superseded()[0].spell.end_bounds(), on("1999-01-01"));
  EXPECT_EQ(timeline.spells()[0].end_bounds(), on("1995-01-01"));
  EXPECT_EQ(timeline.spells()[0].known_from, Seq(3));
}

TEST(TimelineTest, WhatIsTakenOutIsSupersededAndTheRestFoldedAnew) {
  Timeline timeline = folded({begins(1, "1990-01-01"), ends(2, "1995-01-01")});
  const FactId removed[] = {FactId{Seq(2), 0}};
  timeline.apply(removed, {}, Seq(3));
  ASSERT_EQ(timeline.spells().size(), 1U);
  EXPECT_EQ(timeline.spells()[0].end_bounds(), Instant::never());
  ASSERT_EQ(timeline.superseded().size(), 1U);
  EXPECT_EQ(timeline.superseded()[0].spell.ended_by(), Seq(2));
}

TEST(TimelineTest, WhatOneEventReplacesNobodyEverBelieved) {
  Timeline timeline = folded({begins(1, "1990-01-01")});
  const FactId removed[] = {FactId{Seq(1), 0}};
  std::vector<TimelineEffect> added = {begins(1, "1991-01-01")};
  timeline.apply(removed, added, Seq(4));
  ASSERT_EQ(timeline.superseded().size(), 1U);
  EXPECT_EQ(timeline.spells()[0].begin_bounds(), on("1991-01-01"));
  added = {begins(1, "1992-01-01")};
  timeline.apply(removed, added, Seq(4));
  EXPECT_EQ(timeline.superseded().size(), 1U) << "known at no event";
}

TEST(TimelineTest, AnAssertedFactStandsBesideOthersAndCanBeEnded) {
  TimelineEffect asserted = begins(2, "2001-01-01");
  asserted.asserted = true;
  const Timeline timeline = folded({begins(1, "2000-01-01"), asserted, ends(3, "2003-01-01")});
  ASSERT_EQ(timeline.spells().size(), 2U);
  EXPECT_EQ(timeline.spells()[0].end_bounds(), on("2003-01-01"));
  EXPECT_EQ(timeline.spells()[1].end_bounds(), on("2003-01-01"));
}

TEST(TimelineTest, FactsThatWereStatedMayComeInAnyOrderBeforeWhatBearsOnThem) {
  std::vector<TimelineEffect> stated;
  const char* const dates[] = {"2005-01-01", "2001-01-01", "2003-01-01", "2004-01-01",
                               "2002-01-01"};
  for (const char* const date : dates) {
    stated.push_back(begins(stated.size() + 1, date));
    stated.back().asserted = true;
    if (stated.size() == 3) stated.back().own_end = on("2003-02-01");
  }
  // The last one that was stated lies before others, too.
  const std::vector<TimelineEffect> others = {ends(6, "2003-06-01"), begins(7, "2004-06-01"),
                                              begins(8, "2000-01-01")};
  std::vector<TimelineEffect> effects = stated;
  effects.insert(effects.end(), others.begin(), others.end());
  const auto ends_of_each = [](const Timeline& timeline) {
    std::map<Seq, Instant> ends;
    for (const Spell& spell : timeline.spells()) {
      ends.emplace(spell.begin.id.begun_by, spell.end_bounds());
    }
    return ends;
  };
  const std::map<Seq, Instant> wanted = {{Seq(1), Instant::never()}, {Seq(2), on("2003-06-01")},
                                         {Seq(3), on("2003-02-01")}, {Seq(4), Instant::never()},
                                         {Seq(5), on("2003-06-01")}, {Seq(8), on("2003-06-01")}};
  const Timeline timeline = folded(effects);
  EXPECT_EQ(ends_of_each(timeline), wanted);
  ASSERT_EQ(timeline.unmatched().size(), 1U);
  EXPECT_EQ(timeline.unmatched()[0].id.begun_by, Seq(7)) << "#4 is open by then";
}

TEST(TimelineTest, WhatIsStatedIsEndedByAnEndThatWasKnownBefore) {
  TimelineEffect stated = begins(2, "2001-01-01");
  stated.asserted = true;
  const Timeline timeline = folded({ends(1, "2003-01-01"), stated});
  ASSERT_EQ(timeline.spells().size(), 1U);
  EXPECT_EQ(timeline.spells()[0].ended_by(), Seq(1));
  EXPECT_TRUE(timeline.unmatched().empty());
}

TEST(TimelineTest, AnEventThatEndsAndBeginsIsOneInstantHoweverCoarse) {
  TimelineEffect end_of_renewal = ends(2, "2008");
  TimelineEffect renewal = begins(2, "2008");
  renewal.id.ordinal = 1;
  const Timeline renewed = folded({begins(1, "2000-01-01"), end_of_renewal, renewal});
  ASSERT_EQ(renewed.spells().size(), 2U);
  EXPECT_EQ(renewed.spells()[0].ended_by(), Seq(2));
  EXPECT_EQ(renewed.spells()[1].begin_bounds(), on("2008"));
  EXPECT_EQ(renewed.spells()[1].end_bounds(), Instant::never());
  EXPECT_TRUE(renewed.unmatched().empty());
  // Without anything before it, it begins, and does not end itself.
  const Timeline begun = folded({end_of_renewal, renewal});
  ASSERT_EQ(begun.spells().size(), 1U);
  EXPECT_TRUE(begun.spells()[0].ends.empty());
  EXPECT_EQ(begun.unmatched().size(), 1U);
}

TEST(TimelineTest, WhatIsMarkedEndsNothingAndIsEndedByNothing) {
  TimelineEffect visit = effect(EffectType::kMarks, 2, "2005-05-05");
  visit.own_end = on("2005-05-06");
  const Timeline timeline = folded({begins(1, "2000-01-01"), visit, ends(3, "2005-05-05")});
  ASSERT_EQ(timeline.spells().size(), 2U);
  EXPECT_EQ(timeline.spells()[0].ended_by(), Seq(3));
  EXPECT_TRUE(timeline.spells()[1].ends.empty());
}

TEST(TimelineTest, WhatEndsOfItselfDoesNotKeepAnotherFromBeginning) {
  TimelineEffect asserted = begins(1, "2000-01-01");
  asserted.asserted = true;
  asserted.own_end = on("2010-01-01");
  const Timeline timeline = folded({asserted, begins(2, "2005-01-01")});
  ASSERT_EQ(timeline.spells().size(), 2U);
  EXPECT_EQ(timeline.spells()[1].end_bounds(), Instant::never());
}

TEST(TimelineTest, WhatIsSaidToBeABeginAndItsEndIsFoldedToThat) {
  std::mt19937_64 random(11);
  const auto some_effect = [&](std::uint64_t seq) {
    TimelineEffect made;
    made.id = {Seq(seq), static_cast<std::uint16_t>(random() % 2)};
    made.known = Seq(seq);
    made.type = random() % 3 == 0 ? EffectType::kEnds : EffectType::kBegins;
    const auto day = static_cast<Micros>(random() % 4) * kMicrosPerDay;
    made.at = {day, day + static_cast<Micros>(random() % 2) * kMicrosPerDay};
    if (random() % 20 == 0) made.at = Instant::never();
    made.doubtful = random() % 8 == 0;
    made.asserted = random() % 4 == 0;
    if (random() % 8 == 0) made.own_end = Instant::exactly(day + kMicrosPerDay);
    if (random() % 8 == 0) made.properties = {{SymbolId(1), Value(true)}};
    return made;
  };
  int found = 0;
  for (int i = 0; i < 20'000; ++i) {
    const TimelineEffect begin = some_effect(1);
    TimelineEffect end = some_effect(random() % 8 == 0 ? 1 : 2);
    if (random() % 2 == 0) end.type = EffectType::kEnds;
    if (!Timeline::is_begin_and_end(begin, end)) continue;
    ++found;
    const Timeline timeline = folded({begin, end});
    ASSERT_EQ(timeline.spells(), std::vector<Spell>({{begin, {end}, begin.known}}));
    ASSERT_TRUE(timeline.unmatched().empty());
    ASSERT_TRUE(timeline.superseded().empty());
  }
  EXPECT_GT(found, 2'000);
}

}  // namespace
}  // namespace annals::storage
