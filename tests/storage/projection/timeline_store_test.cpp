#include "storage/projection/timeline_store.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "schema/time/date.h"
#include "tests/support/small_blocks.h"
#include "tests/support/spells.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

constexpr SymbolId kLevel(9);
const TimelineKey kTimeline = {Family::kProperty, NodeId::entity(1), kLevel, NodeId()};

/// One property's timeline in a store of its own.
class StoredTimeline {
 public:
  explicit StoredTimeline(const std::string& path)
      : store_(open_rocks_store(path, StoreOptions()).value()) {}

  /// Folds the changes into what is stored, reading what `touched` asks for. Gives the number of
  /// rows that were read.
  std::size_t fold(const Timeline::Extent& touched, const std::vector<FactId>& removed,
                   std::vector<TimelineEffect> added, Seq known) {
    std::vector<Change> one;
    one.push_back({touched, removed, std::move(added), known});
    return fold_in_windows(std::move(one));
  }

  struct Change {
    Timeline::Extent touched;
    std::vector<FactId> removed;
    std::vector<TimelineEffect> added;
    Seq known;
  };

  /// The same of several changes at once.
  std::size_t fold_in_windows(std::vector<Change> changes) {
    Timeline::Extent touched;
    for (const Change& change : changes) {
      touched.first = std::min(touched.first, change.touched.first);
      touched.last = std::max(touched.last, change.touched.last);
    }
    TimelineStore timelines(*store_, {true, true});
    ValueTimeline timeline;
    TimelineStore::Before before;
    EXPECT_TRUE(timelines.read(kTimeline, touched, timeline, before));
    for (Change& change : changes) {
      timeline.apply(change.removed, std::move(change.added), change.known, change.touched);
    }
    write(std::move(timeline).take(), before);
    return before.rows.size();
  }

  /// The same as the timeline of a relation does: all that is stored is folded anew.
  void fold_whole(const std::vector<FactId>& removed, std::vector<TimelineEffect> added,
                  Seq known) {
    TimelineStore timelines(*store_, {true, true});
    ValueTimeline stored;
    TimelineStore::Before before;
    EXPECT_TRUE(timelines.read(kTimeline, Timeline::Extent::all(), stored, before));
    Timeline timeline;
    for (Spell& spell : std::move(stored).take().spells) timeline.restore(std::move(spell));
    timeline.apply(removed, std::move(added), known);
    write(std::move(timeline).take(), before);
  }

  std::map<std::string, std::string> rows() const {
    std::map<std::string, std::string> all;
    for (const Family family : {Family::kProperty, Family::kSuperseded}) {
      const auto iterator = store_->iterate(family, {}, {});
      for (; iterator->valid(); iterator->next()) {
        all.emplace(std::string(family_name(family)) + std::string(iterator->key()),
                    std::string(iterator->value()));
      }
    }
    return all;
  }

 private:
  void write(const Timeline::Folded& folded, const TimelineStore::Before& before) {
    WriteBatch batch;
    AliveChanges alive;
    TimelineStore::write_difference(kTimeline, folded, before, {batch, batch, batch, alive});
    EXPECT_TRUE(store_->write(batch, Durability::kRelaxed));
  }

  std::unique_ptr<KeyValueStore> store_;
};

Micros day(std::int64_t number) { return number * kMicrosPerDay; }

TimelineEffect sets(std::uint64_t seq, Micros earliest, Micros latest, std::int64_t value) {
  TimelineEffect effect;
  effect.id = {Seq(seq), 0};
  effect.type = EffectType::kSets;
  effect.at = {earliest, latest};
  effect.known = Seq(seq);
  effect.properties = {{kLevel, Value(value)}};
  return effect;
}

TEST(TimelineStoreTest, CorrectingOneOfManyValuesReadsItsNeighboursOnly) {
  const tests::TempFolder folder;
  StoredTimeline timeline(folder.path());
  for (std::uint64_t i = 1; i <= 100; ++i) {
    const Micros date = day(static_cast<std::int64_t>(i));
    const std::vector<TimelineEffect> added = {sets(i, date, date, 0)};
    timeline.fold(Timeline::Extent::of(added), {}, added, Seq(i));
  }
  const std::vector<TimelineEffect> corrected = {sets(50, day(50), day(50), 1'000)};
  const std::size_t read =
      timeline.fold(Timeline::Extent::of(corrected), {{Seq(50), 0}}, corrected, Seq(101));
  EXPECT_EQ(read, 2U);
}

TEST(TimelineStoreTest, WhatIsReadInPartFoldsAsTheWholeDoes) {
  const tests::TempFolder folder;
  const auto seed = std::random_device()();
  RecordProperty("seed", std::to_string(seed));
  std::mt19937 random(seed);
  const auto number = [&random](int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random);
  };
  for (int history = 0; history < 8; ++history) {
    StoredTimeline in_part(folder.path() + "/part" + std::to_string(history));
    StoredTimeline whole(folder.path() + "/whole" + std::to_string(history));
    StoredTimeline at_once(folder.path() + "/at_once" + std::to_string(history));
    std::vector<StoredTimeline::Change> waiting;
    std::map<Seq, TimelineEffect> present;
    // Of some so many values are doubtful that these reach their limit.
    const bool is_vague = history % 2 == 1;
    for (std::uint64_t seq = 1; seq <= (is_vague ? 250U : 60U); ++seq) {
      Timeline::Extent touched;
      const auto touch = [&touched](const TimelineEffect& effect) { touched.add(effect); };
      std::vector<FactId> removed;
      std::vector<TimelineEffect> added;
      const bool corrects = !present.empty() && number(0, is_vague ? 6 : 2) > (is_vague ? 4 : 0);
      Seq target(seq);
      if (corrects) {
        target = std::next(present.begin(), number(0, static_cast<int>(present.size()) - 1))->first;
        touch(present.at(target));
        removed = {present.at(target).id, {target, 1}};
        present.erase(target);
      }
      if (!corrects || number(0, 3) > 0) {
        const Micros earliest = day(number(0, is_vague ? 300 : 30));
        const Micros latest = number(0, 3) == 0 ? earliest + day(number(1, 10)) : earliest;
        TimelineEffect effect = sets(target.raw, earliest, latest, number(0, 3));
        effect.doubtful = is_vague ? number(0, 70) > 0 : number(0, 4) == 0;
        if (number(0, 5) == 0) effect.own_end = Instant::exactly(latest + day(number(1, 5)));
        touch(effect);
        present.emplace(target, effect);
        if (number(0, 5) == 0) {
          // One event may set a property twice.
          added.push_back(effect);
          added.back().id.ordinal = 1;
          added.back().properties = {{kLevel, Value(std::int64_t{4})}};
        }
        added.push_back(std::move(effect));
      }
      in_part.fold(touched, removed, added, Seq(seq));
      whole.fold_whole(removed, added, Seq(seq));
      waiting.push_back({touched, removed, added, Seq(seq)});
      ASSERT_EQ(in_part.rows(), whole.rows())
          << "seed " << seed << ", history " << history << ", change " << seq;
      if (number(0, 9) > 0) continue;
      at_once.fold_in_windows(std::exchange(waiting, {}));
      ASSERT_EQ(at_once.rows(), whole.rows())
          << "seed " << seed << ", history " << history << ", changes to " << seq;
    }
  }
}

/// Effects that changed nothing, until what they belong to came, lie between two timelines.
TEST(TimelineStoreTest, WhatIsNoLongerUnmatchedIsNotPassedOver) {
  const tests::TempFolder folder;
  const auto store = open_rocks_store(folder.path(), StoreOptions()).value();
  const auto timeline = [](std::uint64_t source) {
    return TimelineKey{Family::kOut, NodeId::entity(source), kLevel, NodeId::entity(5)};
  };
  constexpr std::uint64_t kSources = 1'000;
  WriteBatch rows;
  WriteBatch gone;
  for (std::uint64_t source = 1; source <= kSources; ++source) {
    const TimelineEffect effect = sets(source, day(1), day(1), 0);
    const std::string key = unmatched_key(timeline(source), effect.id);
    rows.put(Family::kUnmatched, key, encode_unmatched(effect));
    if (source > 2 && source < kSources) gone.erase(Family::kUnmatched, key);
  }
  ASSERT_TRUE(store->write(rows, Durability::kRelaxed));
  ASSERT_TRUE(store->write(gone, Durability::kRelaxed));
  TimelineStore timelines(*store, {true, true});
  const std::uint64_t passed = store->rows_passed_by_thread();
  for (const std::uint64_t source : {1U, 2U, 3U, 4U, 500U, 1'000U}) {
    TimelineStore::Before before;
    ASSERT_TRUE(timelines.read(timeline(source), TimelineStore::Purpose(), before));
    const bool is_there = source <= 2 || source == kSources;
    EXPECT_EQ(before.unmatched.size(), is_there ? 1U : 0U) << "source " << source;
  }
  EXPECT_LT(store->rows_passed_by_thread() - passed, 20U);
}

/// Of what is over before anything that is added nothing is read, in whatever way it is read.
TEST(TimelineStoreTest, WhatIsOverIsNotRead) {
  const tests::TempFolder folder;
  const auto store = open_rocks_store(folder.path(), StoreOptions()).value();
  const TimelineKey key = {Family::kOut, NodeId::entity(1), kLevel, NodeId::entity(5)};
  constexpr std::int64_t kSpells = 400;
  WriteBatch spells;
  for (std::int64_t i = 1; i <= kSpells; ++i) {
    // From one day to the next but one.
    Spell spell = tests::begun_spell(static_cast<std::uint64_t>(2 * i), day(i));
    TimelineEffect end;
    end.id = {Seq(static_cast<std::uint64_t>(2 * i + 1)), 0};
    end.type = EffectType::kEnds;
    end.at = Instant::exactly(day(i + 2));
    end.known = end.id.begun_by;
    spell.ends = {end};
    spells.put(Family::kOut, spell_key(key, spell), encode_spell(spell));
    spells.put(Family::kIn, reverse_spell_key(key, spell), encode_spell(spell));
  }
  WriteBatch batch;
  for (const Family family : {Family::kOut, Family::kIn}) {
    NodeSpells whole;
    ASSERT_TRUE(SpellFolder::read(family, spells, whole));
    const SpellFolder folded(tests::small_blocks());
    ASSERT_TRUE(folded.fold_whole(*store, family, std::span(&whole, 1), batch));
  }
  ASSERT_TRUE(store->write(batch, Durability::kRelaxed));
  Renewals renewals;
  const auto read = [&](std::size_t siblings, Micros since_of_source, Micros since) {
    TimelineStore timelines(*store, {true, true, nullptr, 0, &renewals});
    TimelineStore::Before before;
    EXPECT_TRUE(timelines.read(
        key, {siblings, [=] { return since_of_source; }, [=] { return since; }}, before));
    return before.spells.size();
  };
  const Micros late = day(kSpells - 20);
  const std::size_t few = 20 + 3;
  EXPECT_EQ(read(1, kBeginningOfTime, late), few) << "alone";
  EXPECT_EQ(read(50, late, late), few) << "with all that others need";
  EXPECT_EQ(read(5, kBeginningOfTime, late), few) << "alone, since all of the source is too much";
  EXPECT_EQ(read(1, kBeginningOfTime, day(kSpells + 2)), 1U) << "what ends then, it may end";
  EXPECT_EQ(read(1, kBeginningOfTime, day(kSpells + 3)), 0U);
  EXPECT_EQ(read(1, kBeginningOfTime, kBeginningOfTime), kSpells);
  EXPECT_EQ(read(900, kBeginningOfTime, late), kSpells) << "others need all of it";
  Kind renewal;
  renewal.effects.resize(2);
  renewal.effects[0].type = EffectType::kEnds;
  renewal.effects[0].name = renewal.effects[1].name = kLevel;
  renewals.note(renewal);
  EXPECT_EQ(read(1, kBeginningOfTime, late), kSpells) << "one event may end it and begin it anew";
  EXPECT_EQ(read(50, late, late), kSpells);
}

}  // namespace
}  // namespace annals::storage
