#include "schema/time/period.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace annals {
namespace {

/// Every instant with bounds in [0, limit].
std::vector<Instant> small_instants(Micros limit) {
  std::vector<Instant> instants;
  for (Micros earliest = 0; earliest <= limit; ++earliest) {
    for (Micros latest = earliest; latest <= limit; ++latest)
      instants.push_back({earliest, latest});
  }
  return instants;
}

/// The answer by enumeration of worlds, given how many there are and in how many it holds.
Certainty verdict(int holds, int worlds) {
  if (holds == worlds) return Certainty::kCertain;
  return holds > 0 ? Certainty::kPossible : Certainty::kImpossible;
}

TEST(BeforeTest, AgreesWithPossibleWorlds) {
  const std::vector<Instant> instants = small_instants(5);
  for (const Instant a : instants) {
    for (const Instant b : instants) {
      int worlds = 0;
      int holds = 0;
      for (Micros x = a.earliest; x <= a.latest; ++x) {
        for (Micros y = b.earliest; y <= b.latest; ++y, ++worlds) holds += x < y ? 1 : 0;
      }
      EXPECT_EQ(before(a, b), verdict(holds, worlds))
          << a.earliest << ".." << a.latest << " before " << b.earliest << ".." << b.latest;
    }
  }
}

TEST(BeforeTest, NothingIsBeforeItself) {
  EXPECT_EQ(before(Instant::exactly(3), Instant::exactly(3)), Certainty::kImpossible);
  EXPECT_EQ(before(Instant::never(), Instant::never()), Certainty::kImpossible);
}

TEST(BeforeTest, EveryDayIsBeforeNever) {
  EXPECT_EQ(before(Instant::exactly(kEndOfTime - 1), Instant::never()), Certainty::kCertain);
  EXPECT_EQ(before({0, kEndOfTime}, Instant::never()), Certainty::kPossible);
}

TEST(ShiftTest, InfinitiesStayAndResultsSaturate) {
  EXPECT_EQ(shift(5, -7), -2);
  EXPECT_EQ(shift(kEndOfTime, -1), kEndOfTime);
  EXPECT_EQ(shift(kBeginningOfTime, 1), kBeginningOfTime);
  EXPECT_EQ(shift(kEndOfTime - 1, kMicrosPerDay), kEndOfTime);
  EXPECT_EQ(shift(kBeginningOfTime + 1, -kMicrosPerDay), kBeginningOfTime);
}

TEST(PeriodTest, BeingAliveAgreesWithPossibleWorlds) {
  const std::vector<Instant> instants = small_instants(4);
  for (const Instant begin : instants) {
    for (const Instant end : instants) {
      for (const Instant q : instants) {
        int worlds = 0;
        int holds = 0;
        for (Micros b = begin.earliest; b <= begin.latest; ++b) {
          for (Micros e = end.earliest; e <= end.latest; ++e) {
            for (Micros at = q.earliest; at <= q.latest; ++at, ++worlds)
              holds += b <= at && at < e ? 1 : 0;
          }
        }
        ASSERT_EQ(alive_at({begin, end}, q), verdict(holds, worlds))
            << begin.earliest << ".." << begin.latest << " to " << end.earliest << ".."
            << end.latest << " at " << q.earliest << ".." << q.latest;
      }
    }
  }
}

TEST(PeriodTest, AtAnExactDayTheBeginIsIncludedAndTheEndIsNot) {
  constexpr Period period = {Instant::exactly(10), Instant::exactly(20)};
  static_assert(alive_at(period, Instant::exactly(10)) == Certainty::kCertain);
  EXPECT_EQ(alive_at(period, Instant::exactly(9)), Certainty::kImpossible);
  EXPECT_EQ(alive_at(period, Instant::exactly(19)), Certainty::kCertain);
  EXPECT_EQ(alive_at(period, Instant::exactly(20)), Certainty::kImpossible);
}

TEST(PeriodTest, WhatNeverEndsIsCertainOnEveryDay) {
  const Period period = {Instant::exactly(10), Instant::never()};
  EXPECT_EQ(alive_at(period, {10, kEndOfTime - 1}), Certainty::kCertain);
  // A day that is perhaps never is no day on which anything is sure to hold.
  EXPECT_EQ(alive_at(period, {10, kEndOfTime}), Certainty::kPossible);
}

TEST(PeriodTest, AnEmptyPeriodIsNeverAliveNotEvenAtAnInexactTime) {
  EXPECT_EQ(alive_at({Instant::exactly(5), Instant::exactly(5)}, {4, 6}), Certainty::kImpossible);
}

}  // namespace
}  // namespace annals
