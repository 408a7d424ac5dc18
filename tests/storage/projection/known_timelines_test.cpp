#include "storage/projection/known_timelines.h"

#include <cstdint>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annals::storage {
namespace {

constexpr SymbolId kMember(3);
constexpr SymbolId kAlly(4);

TimelineKey timeline(std::uint64_t source, SymbolId relation, std::uint64_t target) {
  return {Family::kOut, NodeId::entity(source), relation, NodeId::entity(target)};
}

/// The source has timelines of kMember with those targets, and no others.
void tell_all(KnownTimelines& known, std::uint64_t source, std::uint64_t first,
              std::uint64_t last) {
  std::vector<TimelineName> timelines;
  for (std::uint64_t i = first; i < last; ++i) timelines.push_back({kMember, NodeId::entity(i)});
  KnownTimelines::News news;
  news.note_all(NodeId::entity(source), timelines);
  known.add(std::move(news));
}

void tell_written(KnownTimelines& known, const TimelineKey& written) {
  KnownTimelines::News news;
  news.note_written(written);
  known.add(std::move(news));
}

TEST(KnownTimelinesTest, ASourceThatWasNotReadMayHaveAnything) {
  KnownTimelines known;
  EXPECT_FALSE(known.knows(NodeId::entity(1)));
  EXPECT_FALSE(known.lacks(timeline(1, kMember, 2)));
  tell_written(known, timeline(1, kMember, 2));
  EXPECT_FALSE(known.knows(NodeId::entity(1)));
  EXPECT_FALSE(known.lacks(timeline(1, kMember, 3)));
}

TEST(KnownTimelinesTest, OneThatWasReadLacksTheOthers) {
  KnownTimelines known;
  tell_all(known, 1, 100, 200);
  EXPECT_TRUE(known.knows(NodeId::entity(1)));
  for (std::uint64_t target = 100; target < 200; ++target) {
    EXPECT_FALSE(known.lacks(timeline(1, kMember, target)));
  }
  // A few may have the name of one that is there.
  int lacking = 0;
  for (std::uint64_t target = 200; target < 300; ++target) {
    lacking += known.lacks(timeline(1, kMember, target)) ? 1 : 0;
  }
  EXPECT_GT(lacking, 95);
  EXPECT_TRUE(known.lacks(timeline(1, kAlly, 100)));
  EXPECT_FALSE(known.lacks(timeline(2, kAlly, 100)));
}

TEST(KnownTimelinesTest, WhatIsWrittenIsNotLackingAnyMore) {
  KnownTimelines known;
  tell_all(known, 1, 100, 102);
  ASSERT_TRUE(known.lacks(timeline(1, kAlly, 7)));
  tell_written(known, timeline(1, kAlly, 7));
  EXPECT_FALSE(known.lacks(timeline(1, kAlly, 7)));
  // Both of one fold, in the parts of several threads.
  KnownTimelines::News written;
  written.note_written(timeline(2, kAlly, 8));
  KnownTimelines::News read;
  read.note_all(NodeId::entity(2), {});
  written.append(std::move(read));
  known.add(std::move(written));
  EXPECT_FALSE(known.lacks(timeline(2, kAlly, 8)));
  EXPECT_TRUE(known.lacks(timeline(2, kAlly, 9)));
}

TEST(KnownTimelinesTest, WhatIsNotedIsKnownAtOnceInWhateverOrder) {
  KnownTimelines::News news;
  for (const std::uint64_t source : {2, 9, 4}) {
    const std::vector<TimelineName> one = {{kMember, NodeId::entity(100 + source)}};
    news.note_all(NodeId::entity(source), one);
  }
  news.note_large(NodeId::entity(3));
  for (const std::uint64_t source : {2, 4, 9}) {
    EXPECT_TRUE(news.knows(NodeId::entity(source)));
    EXPECT_FALSE(news.lacks(timeline(source, kMember, 100 + source)));
    EXPECT_TRUE(news.lacks(timeline(source, kAlly, 100 + source)));
  }
  EXPECT_TRUE(news.knows(NodeId::entity(3)));
  EXPECT_FALSE(news.lacks(timeline(3, kMember, 1)));
  EXPECT_FALSE(news.knows(NodeId::entity(5)));
  EXPECT_FALSE(news.lacks(timeline(5, kMember, 1)));
}

TEST(KnownTimelinesTest, NothingIsRememberedOfALargeSource) {
  KnownTimelines known;
  KnownTimelines::News news;
  news.note_large(NodeId::entity(2));
  known.add(std::move(news));
  EXPECT_TRUE(known.knows(NodeId::entity(2)));
  EXPECT_FALSE(known.lacks(timeline(2, kMember, 1)));
  // And one that becomes large is one.
  tell_all(known, 3, 0, 1'000);
  ASSERT_TRUE(known.lacks(timeline(3, kAlly, 1)));
  for (std::uint64_t target = 1'000; target < 1'100; ++target) {
    tell_written(known, timeline(3, kMember, target));
  }
  EXPECT_TRUE(known.knows(NodeId::entity(3)));
  EXPECT_FALSE(known.lacks(timeline(3, kAlly, 1)));
}

TEST(KnownTimelinesTest, SourcesAreForgottenBeforeThereAreTooMany) {
  KnownTimelines known;
  constexpr std::uint64_t kMany = 150'000;
  for (std::uint64_t source = 1; source <= kMany; ++source) tell_all(known, source, 0, 1);
  EXPECT_FALSE(known.knows(NodeId::entity(1)));
  EXPECT_TRUE(known.lacks(timeline(kMany, kAlly, 1)));
  // Or too much of few.
  for (std::uint64_t source = 1; source <= 5'000; ++source) tell_all(known, source, 0, 1'000);
  EXPECT_FALSE(known.knows(NodeId::entity(1)));
  EXPECT_TRUE(known.lacks(timeline(5'000, kAlly, 1)));
  known.clear();
  EXPECT_FALSE(known.knows(NodeId::entity(5'000)));
  EXPECT_TRUE(KnownTimelines::keeps(50'000, 1'000'000));
  EXPECT_FALSE(KnownTimelines::keeps(150'000, 1'000'000));
  EXPECT_FALSE(KnownTimelines::keeps(50'000, 5'000'000));
}

}  // namespace
}  // namespace annals::storage
