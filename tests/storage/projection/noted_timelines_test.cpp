#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "storage/graph_index/spell_group.h"
#include "storage/projection/timeline_store.h"
#include "tests/support/spells.h"
#include "tests/support/temp_folder.h"

/// What a TimelineStore notes of the sources that it reads, and of those behind them.

namespace annals::storage {
namespace {

constexpr std::uint64_t kSources = 40;

TimelineKey timeline(std::uint64_t source, std::uint64_t relation, std::uint64_t target) {
  return {Family::kOut, NodeId::entity(source), SymbolId(static_cast<std::uint32_t>(relation)),
          NodeId::entity(target)};
}

/// Sources in a store of their own, written as the index has them.
class Sources {
 public:
  explicit Sources(const std::string& path)
      : store_(open_rocks_store(path, StoreOptions()).value()) {}

  void add_tail(const TimelineKey& key, bool is_gone = false) {
    const Spell spell = tests::begun_spell(next_event_++, 1'000);
    const SpellRow row = to_row(key.name, key.target, spell);
    batch_.put(Family::kOut, tail_key(key.source, 0, row.name), is_gone ? "" : encode_spell(spell));
    if (!is_gone) add_stored(key, spell);
  }

  /// A block of the source, which ends at `end`.
  void add_block(std::uint64_t source, const std::vector<TimelineKey>& keys, Micros begin,
                 Micros end) {
    std::vector<SpellRow> rows;
    for (const TimelineKey& key : keys) {
      const Spell spell = tests::begun_spell(next_event_++, begin + 1);
      rows.push_back(to_row(key.name, key.target, spell));
      add_stored(key, spell);
    }
    std::sort(rows.begin(), rows.end(),
              [](const SpellRow& a, const SpellRow& b) { return a.name < b.name; });
    std::vector<const SpellRow*> pointers;
    for (const SpellRow& row : rows) pointers.push_back(&row);
    batch_.put(Family::kOut, page_key(NodeId::entity(source), end, 0),
               write_page({begin, end}, pointers, true));
  }

  const KeyValueStore& written() {
    EXPECT_TRUE(store_->write(std::exchange(batch_, {}), Durability::kRelaxed));
    return *store_;
  }
  const std::set<TimelineKey>& stored() const { return stored_; }

 private:
  void add_stored(const TimelineKey& key, const Spell& spell) {
    const SpellRow reverse = to_row(key.name, key.source, spell);
    batch_.put(Family::kIn, tail_key(key.target, 0, reverse.name), encode_spell(spell));
    stored_.insert(key);
  }

  std::unique_ptr<KeyValueStore> store_;
  WriteBatch batch_;
  std::set<TimelineKey> stored_;
  std::uint64_t next_event_ = 1;
};

TimelineStore::Before::Rows rows_of(TimelineStore& timelines, const TimelineKey& key) {
  TimelineStore::Before before;
  EXPECT_TRUE(timelines.read(key, TimelineStore::Purpose(), before));
  return before.rows;
}

TEST(NotedTimelinesTest, ASourceIsReadWithThoseBehindIt) {
  const tests::TempFolder folder;
  Sources sources(folder.path());
  for (const std::uint64_t source : {1, 3, 4, 6, 7}) sources.add_tail(timeline(source, 1, 100));
  const KeyValueStore& store = sources.written();
  KnownTimelines known;
  KnownTimelines::News news;
  TimelineStore timelines(store, {true, false, &known, 2}, &news);
  EXPECT_TRUE(rows_of(timelines, timeline(1, 1, 200)).empty());
  EXPECT_EQ(rows_of(timelines, timeline(1, 1, 100)).size(), 1U);
  // Nothing is stored of the second one, and it is asked for when those around it were read.
  EXPECT_TRUE(rows_of(timelines, timeline(2, 1, 100)).empty());
  known.add(std::move(news));
  for (const std::uint64_t source : {1, 2, 3, 4}) {
    EXPECT_TRUE(known.knows(NodeId::entity(source))) << source;
    EXPECT_TRUE(known.lacks(timeline(source, 1, 200))) << source;
    EXPECT_EQ(known.lacks(timeline(source, 1, 100)), source == 2) << source;
  }
  EXPECT_FALSE(known.knows(NodeId::entity(6)));
}

// Of what begins at events there may be much, and hardly a timeline.
TEST(NotedTimelinesTest, EventsBetweenSourcesArePassed) {
  const tests::TempFolder folder;
  Sources sources(folder.path());
  TimelineKey of_event = timeline(1, 1, 100);
  of_event.source = NodeId::event(Seq(1));
  for (const TimelineKey& key : {timeline(1, 1, 100), of_event, timeline(2, 1, 100)}) {
    sources.add_tail(key);
  }
  ASSERT_LT(of_event.source, NodeId::entity(2));
  KnownTimelines known;
  KnownTimelines::News news;
  TimelineStore timelines(sources.written(), {true, false, &known, 16}, &news);
  EXPECT_TRUE(rows_of(timelines, timeline(1, 1, 200)).empty());
  EXPECT_FALSE(news.knows(of_event.source));
  EXPECT_TRUE(news.knows(NodeId::entity(2)));
  EXPECT_EQ(rows_of(timelines, of_event).size(), 1U);
  EXPECT_TRUE(news.knows(of_event.source));
}

// Two threads fold parts of the sources, and one part's source may be read ahead by the other one.
TEST(NotedTimelinesTest, WhatOnePartWritesOfASourceThatAnotherReadIsKnown) {
  const tests::TempFolder folder;
  Sources sources(folder.path());
  for (const std::uint64_t source : {1, 2}) sources.add_tail(timeline(source, 1, 100));
  const KeyValueStore& store = sources.written();
  for (const bool is_first : {false, true}) {
    KnownTimelines known;
    KnownTimelines::News ahead;
    KnownTimelines::News writing;
    TimelineStore reader(store, {true, false, &known, 16}, &ahead);
    TimelineStore writer(store, {true, false, &known, 16}, &writing);
    EXPECT_TRUE(rows_of(reader, timeline(1, 1, 200)).empty());
    EXPECT_TRUE(rows_of(writer, timeline(2, 1, 200)).empty());
    writing.note_written(timeline(2, 1, 200));
    KnownTimelines::News& all = is_first ? writing : ahead;
    all.append(std::move(is_first ? ahead : writing));
    known.add(std::move(all));
    EXPECT_FALSE(known.lacks(timeline(2, 1, 200)));
    EXPECT_FALSE(known.lacks(timeline(2, 1, 100)));
    EXPECT_TRUE(known.lacks(timeline(2, 1, 300)));
  }
}

TEST(NotedTimelinesTest, NothingIsReadAheadUnlessThatIsAskedFor) {
  const tests::TempFolder folder;
  Sources sources(folder.path());
  for (const std::uint64_t source : {1, 2}) sources.add_tail(timeline(source, 1, 100));
  KnownTimelines known;
  KnownTimelines::News news;
  TimelineStore timelines(sources.written(), {true, false, &known}, &news);
  EXPECT_TRUE(rows_of(timelines, timeline(1, 1, 200)).empty());
  known.add(std::move(news));
  EXPECT_TRUE(known.knows(NodeId::entity(1)));
  EXPECT_FALSE(known.knows(NodeId::entity(2)));
}

// Its blocks may be many: only the first is read.
TEST(NotedTimelinesTest, OfASourceWithSeveralBlocksNothingIsSaidToBeLacking) {
  const tests::TempFolder folder;
  Sources sources(folder.path());
  sources.add_tail(timeline(1, 1, 100));
  sources.add_block(2, {timeline(2, 1, 100)}, kBeginningOfTime, 5'000);
  sources.add_block(2, {timeline(2, 1, 101)}, 5'000, kEndOfTime);
  sources.add_tail(timeline(3, 1, 100));
  const KeyValueStore& store = sources.written();
  KnownTimelines known;
  KnownTimelines::News news;
  TimelineStore timelines(store, {true, false, &known, 2}, &news);
  EXPECT_TRUE(rows_of(timelines, timeline(1, 1, 200)).empty());
  EXPECT_EQ(rows_of(timelines, timeline(2, 1, 101)).size(), 1U);
  known.add(std::move(news));
  EXPECT_TRUE(known.lacks(timeline(1, 1, 200)));
  EXPECT_TRUE(known.knows(NodeId::entity(2)));
  EXPECT_FALSE(known.lacks(timeline(2, 1, 200)));
  EXPECT_FALSE(known.knows(NodeId::entity(3)));
}

TEST(NotedTimelinesTest, WhatIsStoredIsNeverSaidToBeLacking) {
  const auto seed = std::random_device()();
  RecordProperty("seed", std::to_string(seed));
  std::mt19937 random(seed);
  const auto number = [&random](std::uint64_t least, std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>(least, most)(random);
  };
  const tests::TempFolder folder;
  std::size_t lacking = 0;
  for (int round = 0; round < 10; ++round) {
    Sources sources(folder.path() + "/" + std::to_string(round));
    for (std::uint64_t source = 1; source <= kSources; ++source) {
      const auto some = [&] {
        std::vector<TimelineKey> keys;
        for (std::uint64_t i = number(1, 8); i > 0; --i) {
          keys.push_back(timeline(source, number(1, 3), number(100, 110)));
        }
        return keys;
      };
      const std::uint64_t shape = number(0, 4);
      if (shape == 1 || shape == 2) {
        for (const TimelineKey& key : some()) sources.add_tail(key, number(0, 3) == 0);
      }
      if (shape == 2 || shape == 3) {
        sources.add_block(source, some(), kBeginningOfTime, kEndOfTime);
      }
      if (shape == 4) {
        sources.add_block(source, some(), kBeginningOfTime, 5'000);
        sources.add_block(source, some(), 5'000, kEndOfTime);
      }
    }
    const KeyValueStore& store = sources.written();
    KnownTimelines known;
    // What one fold notes helps the next.
    for (int fold = 0; fold < 4; ++fold) {
      std::set<TimelineKey> asked;
      for (int i = 0; i < 12; ++i) {
        asked.insert(timeline(number(1, kSources), number(1, 3), number(100, 110)));
      }
      KnownTimelines::News news;
      TimelineStore noting(store, {true, false, &known, number(0, 5)}, &news);
      TimelineStore plain(store, {true, false});
      for (const TimelineKey& key : asked) {
        ASSERT_EQ(rows_of(noting, key), rows_of(plain, key)) << "seed " << seed;
      }
      known.add(std::move(news));
      for (const TimelineKey& key : sources.stored()) {
        ASSERT_FALSE(known.lacks(key)) << "seed " << seed;
      }
      for (const TimelineKey& key : asked) lacking += known.lacks(key) ? 1 : 0;
    }
  }
  EXPECT_GT(lacking, 0U);
}

}  // namespace
}  // namespace annals::storage
