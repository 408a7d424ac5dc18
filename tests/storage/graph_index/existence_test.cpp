#include "storage/graph_index/existence.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace annals::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TimelineEffect effect(EffectType type, std::uint64_t event, Micros earliest, Micros latest) {
  TimelineEffect made;
  made.type = type;
  made.id = {Seq(event), 0};
  made.known = Seq(event);
  made.at = {earliest, latest};
  return made;
}
TimelineEffect begins(std::uint64_t event, Micros earliest, Micros latest) {
  return effect(EffectType::kBegins, event, earliest, latest);
}
TimelineEffect ends(std::uint64_t event, Micros earliest, Micros latest) {
  return effect(EffectType::kEnds, event, earliest, latest);
}
TimelineEffect planned(TimelineEffect effect) {
  effect.doubtful = true;
  return effect;
}

std::string text(Micros at) {
  return at == kBeginningOfTime || at == kEndOfTime ? ".." : fmt::format("{}", at);
}
/// "begin by event / end by event"
std::string text(Instant begin, Seq begun_by, Instant end, Seq ended_by) {
  return fmt::format("{}-{} #{} / {}-{} #{}", text(begin.earliest), text(begin.latest),
                     begun_by.raw, text(end.earliest), text(end.latest), ended_by.raw);
}

std::vector<std::string> existence(std::vector<TimelineEffect> effects) {
  std::vector<std::string> texts;
  for (const Lifespan& span : existence_of(std::move(effects))) {
    Instant end = Instant::never();
    for (const TimelineEffect& one : span.ends) {
      end.earliest = std::min(end.earliest, one.bounds().earliest);
      end.latest = std::min(end.latest, one.bounds().latest);
    }
    texts.push_back(text(span.begin, span.begin_event, end,
                         span.ends.empty() ? Seq() : span.ends.back().id.begun_by));
  }
  return texts;
}

TEST(ExistenceTest, WithoutEffectsNothingIsSaid) { EXPECT_THAT(existence({}), IsEmpty()); }

TEST(ExistenceTest, AnEndWithoutABeginEndsWhatAlwaysWas) {
  EXPECT_THAT(existence({ends(5, 30, 30)}), ElementsAre("..-.. #0 / 30-30 #5"));
}

TEST(ExistenceTest, WhatEndedMayBeginAnewAndTheOrderOfRecordingIsNoMatter) {
  EXPECT_THAT(existence({begins(7, 40, 40), ends(5, 30, 30), begins(9, 10, 10)}),
              ElementsAre("10-10 #9 / 30-30 #5", "40-40 #7 / ..-.. #0"));
}

TEST(ExistenceTest, WhatIsSaidFirstCounts) {
  EXPECT_THAT(existence({begins(1, 10, 20), begins(2, 15, 15), ends(3, 30, 40), ends(4, 50, 50)}),
              ElementsAre("10-20 #1 / 30-40 #3"));
}

TEST(ExistenceTest, APlannedEndLeavesRoomForAnother) {
  EXPECT_THAT(existence({begins(1, 10, 10), planned(ends(2, 30, 30)), ends(3, 50, 50)}),
              ElementsAre("10-10 #1 / 30-50 #3"));
}

TEST(ExistenceTest, OfAPlannedBeginAndAnotherItIsNotKnownWhichItIs) {
  EXPECT_THAT(existence({planned(begins(1, 10, 10)), begins(2, 20, 30)}),
              ElementsAre("10-30 #0 / ..-.. #0"));
}

TEST(ExistenceTest, WhatIsSaidToBeginBehindAPlannedEndPassesIntoAnotherTime) {
  EXPECT_THAT(existence({begins(1, 10, 10), planned(ends(2, 30, 30)), begins(3, 50, 50)}),
              ElementsAre("10-10 #1 / 30-50 #0", "50-50 #3 / ..-.. #0"));
}

TEST(ExistenceTest, AnEventThatEndsAndBeginsItLetsItGoOn) {
  EXPECT_THAT(existence({begins(1, 10, 10), ends(2, 30, 40), begins(2, 30, 40), ends(3, 60, 60)}),
              ElementsAre("10-10 #1 / 60-60 #3"));
}

std::vector<std::string> clipped(Instant begin, Instant end, Seq ended_by,
                                 std::vector<TimelineEffect> effects) {
  Fact fact;
  fact.id = {Seq(100), 0};
  fact.begin = begin;
  fact.end = end;
  fact.begin_event = Seq(100);
  fact.ended_by = fact.end_event = ended_by;
  std::vector<Fact> parts;
  clip(fact, existence_of(std::move(effects)), parts);
  std::vector<std::string> texts;
  for (const Fact& part : parts) {
    texts.push_back(text(part.begin, part.begin_event, part.end, part.end_event));
    if (part.begin_is_moved) texts.back() += " moved";
    EXPECT_EQ(part.id, fact.id);
  }
  return texts;
}

TEST(ExistenceTest, AFactWithinItStaysAsItIs) {
  const Instant begin{20, 25};
  const Instant end{30, 35};
  EXPECT_THAT(clipped(begin, end, Seq(101), {}), ElementsAre("20-25 #100 / 30-35 #101"));
  EXPECT_THAT(clipped(begin, end, Seq(101), {begins(1, 10, 20), ends(2, 35, 40)}),
              ElementsAre("20-25 #100 / 30-35 #101"));
}

TEST(ExistenceTest, AFactTakesTheBoundsOfWhatBeginsLaterAndEndsSooner) {
  EXPECT_THAT(clipped({20, 25}, Instant::never(), Seq(), {begins(1, 30, 31), ends(2, 40, 41)}),
              ElementsAre("30-31 #1 / 40-41 #2 moved"));
}

TEST(ExistenceTest, WhereTheOrderOfEndsIsNotKnownTheEndIsNeithersInstant) {
  EXPECT_THAT(clipped({20, 30}, {50, 60}, Seq(101), {ends(2, 55, 65)}),
              ElementsAre("20-30 #100 / 50-60 #0"));
  EXPECT_THAT(clipped({20, 30}, {50, 60}, Seq(101), {ends(2, 45, 55)}),
              ElementsAre("20-30 #100 / 45-55 #0"));
  EXPECT_THAT(clipped({20, 30}, {50, 60}, Seq(101), {ends(2, 50, 60)}),
              ElementsAre("20-30 #100 / 50-60 #0"));
}

TEST(ExistenceTest, WhatMayHaveBegunInItsTimeDidSo) {
  EXPECT_THAT(clipped({20, 30}, {50, 60}, Seq(101), {begins(1, 25, 35)}),
              ElementsAre("25-30 #100 / 50-60 #101"));
  EXPECT_THAT(clipped({20, 20}, {50, 60}, Seq(101), {begins(1, 10, 99)}),
              ElementsAre("20-20 #100 / 50-60 #101"));
}

TEST(ExistenceTest, InASecondTimeItMayBeginWithIt) {
  EXPECT_THAT(clipped({20, 45}, Instant::never(), Seq(), {ends(2, 30, 30), begins(3, 40, 40)}),
              ElementsAre("20-45 #100 / 30-30 #2", "40-45 #0 / ..-.. #0 moved"));
}

TEST(ExistenceTest, AnEventEndsNothingThatItBeginsItself) {
  EXPECT_THAT(clipped({20, 30}, Instant::never(), Seq(), {ends(100, 20, 30)}),
              ElementsAre("20-30 #100 / ..-.. #0"));
}

TEST(ExistenceTest, APlannedEndStandsBesideTheFactsOwn) {
  EXPECT_THAT(clipped({20, 20}, {50, 50}, Seq(101), {planned(ends(2, 40, 40)), ends(3, 60, 60)}),
              ElementsAre("20-20 #100 / 40-50 #101"));
  EXPECT_THAT(clipped({20, 20}, {50, 50}, Seq(101), {planned(ends(2, 40, 40)), ends(101, 50, 50)}),
              ElementsAre("20-20 #100 / 40-50 #101"));
}

TEST(ExistenceTest, AFactThatBeganAfterAPlannedEndTellsThatThePlanDidNotComeTrue) {
  EXPECT_THAT(clipped({20, 20}, Instant::never(), Seq(), {planned(ends(2, 15, 20))}),
              ElementsAre("20-20 #100 / ..-.. #0"));
  EXPECT_THAT(clipped({20, 20}, Instant::never(), Seq(), {planned(ends(2, 15, 21))}),
              ElementsAre("20-20 #100 / 20-.. #2"));
}

TEST(ExistenceTest, TheSameEventIsOneInstant) {
  EXPECT_THAT(clipped({20, 30}, {50, 60}, Seq(101), {begins(100, 20, 30), ends(101, 50, 60)}),
              ElementsAre("20-30 #100 / 50-60 #101"));
}

TEST(ExistenceTest, EachTimeOfExistenceHasItsPart) {
  EXPECT_THAT(clipped({10, 10}, Instant::never(), Seq(),
                      {begins(1, 20, 20), ends(2, 30, 30), begins(3, 40, 40)}),
              ElementsAre("20-20 #1 / 30-30 #2 moved", "40-40 #3 / ..-.. #0 moved"));
}

TEST(ExistenceTest, WhatEndedBeforeItIsNotThere) {
  EXPECT_THAT(clipped({10, 10}, {20, 20}, Seq(101), {begins(1, 20, 25)}), IsEmpty());
}

}  // namespace
}  // namespace annals::storage
