#include "query/executor/period_comparison.h"

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace annals::query {
namespace {

using Random = std::mt19937_64;
using ast::BinaryOperator;

constexpr Micros kLast = 4;

/// A span in one world: the instants that it consists of.
struct Instants {
  std::set<Micros> all;
  Micros end = 0;
  bool is_instant = false;
};

bool holds(BinaryOperator op, const Instants& a, const Instants& b) {
  switch (op) {
    case BinaryOperator::kOverlaps:
      return std::any_of(a.all.begin(), a.all.end(), [&](Micros at) { return b.all.contains(at); });
    case BinaryOperator::kContains:
      return (b.is_instant || !a.is_instant) &&
             std::includes(a.all.begin(), a.all.end(), b.all.begin(), b.all.end());
    case BinaryOperator::kPrecedes: return *a.all.rbegin() < *b.all.begin();
    case BinaryOperator::kSucceeds: return *b.all.rbegin() < *a.all.begin();
    case BinaryOperator::kMeets: return !a.is_instant && a.end == *b.all.begin();
    default: return a.is_instant == b.is_instant && a.all == b.all;
  }
}

Instants instants_of(const TimeSpan& span, Micros begin, Micros end) {
  Instants instants;
  instants.is_instant = span.is_instant;
  instants.end = end;
  for (Micros at = begin; at < (span.is_instant ? begin + 1 : end); ++at) instants.all.insert(at);
  return instants;
}

Instant random_bounds(Random& random) {
  const auto a = static_cast<Micros>(random() % (kLast + 1));
  const auto b = static_cast<Micros>(random() % (kLast + 1));
  return random() % 2 == 0 ? Instant::exactly(a) : Instant{std::min(a, b), std::max(a, b)};
}

/// The bounds of the events 1 to 4 are `events`; an event of zero stands for none.
TimeSpan random_span(const std::vector<Instant>& events, Random& random) {
  TimeSpan span;
  span.is_instant = random() % 4 == 0;
  const auto pick = [&](Seq& event) {
    if (span.is_instant || random() % 2 == 0) return random_bounds(random);
    event = Seq(1 + random() % events.size());
    return events[event.raw - 1];
  };
  span.begin = pick(span.begun_by);
  span.end = span.is_instant ? span.begin : pick(span.ended_by);
  return span;
}

/// In how many worlds it holds, and in how many not. Those in which a span is empty do not count.
Truth in_all_worlds(BinaryOperator op, const TimeSpan& a, const TimeSpan& b) {
  bool some = false;
  bool all = true;
  const auto range = [](Instant bounds) {
    std::vector<Micros> instants;
    for (Micros at = bounds.earliest; at <= bounds.latest; ++at) instants.push_back(at);
    return instants;
  };
  const auto same = [](Seq x, Seq y, Micros at_x, Micros at_y) {
    return !x || x != y || at_x == at_y;
  };
  for (const Micros a_begin : range(a.begin)) {
    for (const Micros a_end : range(a.end)) {
      for (const Micros b_begin : range(b.begin)) {
        for (const Micros b_end : range(b.end)) {
          if (!a.is_instant && a_begin >= a_end) continue;
          if (!b.is_instant && b_begin >= b_end) continue;
          const bool sound = same(a.begun_by, b.begun_by, a_begin, b_begin) &&
                             same(a.begun_by, b.ended_by, a_begin, b_end) &&
                             same(a.ended_by, b.begun_by, a_end, b_begin) &&
                             same(a.ended_by, b.ended_by, a_end, b_end);
          if (!sound) continue;
          const bool one =
              holds(op, instants_of(a, a_begin, a_end), instants_of(b, b_begin, b_end));
          some = some || one;
          all = all && one;
        }
      }
    }
  }
  if (!some && all) return std::nullopt;  // no world at all
  if (!some) return false;
  return all ? Truth(true) : std::nullopt;
}

std::string describe(const TimeSpan& span) {
  return fmt::format("[{}, {}]..[{}, {}] of {} and {}{}", span.begin.earliest, span.begin.latest,
                     span.end.earliest, span.end.latest, span.begun_by.raw, span.ended_by.raw,
                     span.is_instant ? ", an instant" : "");
}

TEST(PeriodComparisonTest, AgreesWithAllWorlds) {
  Random random(1);
  for (int i = 0; i < 6'000; ++i) {
    std::vector<Instant> events(4);
    for (Instant& event : events) event = random_bounds(random);
    const TimeSpan a = random_span(events, random);
    const TimeSpan b = random_span(events, random);
    // One event does not both begin and end the same fact.
    if ((a.begun_by && a.begun_by == a.ended_by) || (b.begun_by && b.begun_by == b.ended_by)) {
      continue;
    }
    for (const BinaryOperator op :
         {BinaryOperator::kOverlaps, BinaryOperator::kContains, BinaryOperator::kPrecedes,
          BinaryOperator::kSucceeds, BinaryOperator::kMeets, BinaryOperator::kEquals}) {
      ASSERT_EQ(compare_spans(op, a, b), in_all_worlds(op, a, b))
          << static_cast<int>(op) << ": " << describe(a) << " and " << describe(b);
    }
  }
}

TEST(PeriodComparisonTest, OfWhatIsUncertainNothingIsKnown) {
  TimeSpan sure{Instant::exactly(1), Instant::exactly(3), Seq(), Seq(), false, false};
  TimeSpan unsure = sure;
  unsure.uncertain = true;
  EXPECT_EQ(compare_spans(BinaryOperator::kEquals, sure, sure), Truth(true));
  EXPECT_EQ(compare_spans(BinaryOperator::kEquals, sure, unsure), std::nullopt);
}

TEST(PeriodComparisonTest, WhatNeverEndsIsNeverOver) {
  const TimeSpan open{Instant::exactly(1), Instant::never(), Seq(), Seq(), false, false};
  const TimeSpan late{Instant::exactly(9), Instant::exactly(10), Seq(), Seq(), false, false};
  EXPECT_EQ(compare_spans(BinaryOperator::kContains, open, late), Truth(true));
  EXPECT_EQ(compare_spans(BinaryOperator::kPrecedes, open, late), Truth(false));
  EXPECT_EQ(compare_spans(BinaryOperator::kEquals, open, open), Truth(true));
}

}  // namespace
}  // namespace annals::query
