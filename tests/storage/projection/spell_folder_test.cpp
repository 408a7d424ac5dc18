#include "storage/projection/spell_folder.h"

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "schema/time/date.h"
#include "storage/graph_index/spell_group.h"
#include "tests/support/small_blocks.h"
#include "tests/support/spells.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

constexpr NodeId kHub = NodeId::entity(7);

/// The spells of one node, in a store and beside it.
class StoredGroup {
 public:
  StoredGroup(const std::string& path, const BlockSizes& sizes)
      : store_(open_rocks_store(path, StoreOptions()).value()), sizes_(sizes) {
    forget();
  }

  void put(const TimelineKey& key, const Spell& spell) {
    spells_.put(Family::kOut, spell_key(key, spell), encode_spell(spell));
    spells_.put(Family::kIn, reverse_spell_key(key, spell), encode_spell(spell));
    const SpellRow row = to_row(key.name, key.target, spell);
    wanted_[row.name] = row;
  }
  void erase(const TimelineKey& key, const Spell& spell) {
    spells_.erase(Family::kOut, spell_key(key, spell));
    spells_.erase(Family::kIn, reverse_spell_key(key, spell));
    wanted_.erase(to_row(key.name, key.target, spell).name);
  }
  void write(bool whole) {
    WriteBatch batch;
    for (const Family family : {Family::kOut, Family::kIn}) {
      ASSERT_TRUE(whole ? fold_whole(family, batch)
                        : folder_->fold(*store_, family, spells_, batch));
    }
    spells_.clear();
    ASSERT_TRUE(store_->write(batch, Durability::kRelaxed));
  }

  std::vector<SpellRow> read(const GroupFilter& filter) const {
    std::vector<SpellRow> rows;
    const auto iterator = store_->iterate(Family::kOut, {}, {});
    EXPECT_TRUE(read_group(*iterator, Family::kOut, kHub, filter, rows));
    return rows;
  }
  std::vector<SpellRow> wanted(const GroupFilter& filter) const {
    std::vector<SpellRow> rows;
    for (const auto& [name, row] : wanted_) {
      const bool is_wanted =
          (!filter.relation || filter.relation == name.relation) &&
          (!filter.neighbour || filter.neighbour == name.neighbour) &&
          (filter.also_empty ? reaches(row, filter.window) : row.may_hold(filter.window));
      if (is_wanted) rows.push_back(row);
    }
    return rows;
  }
  const std::map<SpellName, SpellRow>& all() const { return wanted_; }

  /// Whether it begins or ends in the window, or holds there.
  static bool reaches(const SpellRow& row, const Window& window) {
    const Micros end = std::max(row.end, row.name.begin);
    return row.name.begin <= window.to && end >= window.from;
  }

  /// How many rows that are gone a read passes over.
  std::uint64_t passed(const GroupFilter& filter) const {
    const std::uint64_t before = store_->rows_passed_by_thread();
    EXPECT_EQ(read(filter), wanted(filter));
    return store_->rows_passed_by_thread() - before;
  }
  /// Another folder, as after a start.
  void forget() { folder_ = std::make_unique<SpellFolder>(sizes_); }

  /// How many rows the blocks have, copies among them, and how many blocks and tail rows there are.
  struct Layout {
    std::size_t rows = 0;
    std::size_t blocks = 0;
    std::size_t tail = 0;
    std::size_t ends = 0;  ///< Of tails.
  };
  Layout layout() const {
    Layout layout;
    Micros block_end = kBeginningOfTime;
    bool was_last = true;
    const auto iterator = store_->iterate(Family::kOut, {}, {});
    for (; iterator->valid(); iterator->next()) {
      const GroupKey key = read_group_key(Family::kOut, iterator->key()).value();
      if (!key.is_page) {
        layout.tail += key.is_tail_end ? 0 : 1;
        layout.ends += key.is_tail_end ? 1 : 0;
        continue;
      }
      const SpellPage page =
          SpellPage::read(Family::kOut, key.block_end, iterator->value()).value();
      layout.rows += page.size();
      EXPECT_EQ(key.is_first_page(), was_last) << "the last page of each block says that it is";
      was_last = page.is_last();
      if (!key.is_first_page()) continue;
      ++layout.blocks;
      EXPECT_EQ(page.block().begin, block_end) << "blocks leave no gap";
      block_end = page.block().end;
    }
    EXPECT_TRUE(was_last);
    if (layout.blocks > 0) {
      EXPECT_EQ(block_end, kEndOfTime);
    }
    return layout;
  }

 private:
  /// In two pieces, of which neither lies behind the other.
  Status fold_whole(Family family, WriteBatch& batch) const {
    std::vector<NodeSpells> pieces(2);
    ANNALS_CHECK_OK(SpellFolder::read(family, spells_, pieces.front()));
    NodeSpells& first = pieces.front();
    const auto middle = first.begin() + static_cast<std::ptrdiff_t>(first.size() / 2);
    pieces.back().assign(middle, first.end());
    first.erase(middle, first.end());
    return folder_->fold_whole(*store_, family, pieces, batch);
  }

  std::unique_ptr<KeyValueStore> store_;
  const BlockSizes sizes_;
  std::unique_ptr<SpellFolder> folder_;
  WriteBatch spells_;
  std::map<SpellName, SpellRow> wanted_;
};

Micros day(std::uint64_t number) { return static_cast<Micros>(number) * kMicrosPerDay; }

void end_at(Spell& spell, std::uint64_t seq, Micros at) {
  TimelineEffect end;
  end.id = {Seq(seq), 0};
  end.type = EffectType::kEnds;
  end.at = Instant::exactly(at);
  end.known = Seq(seq);
  spell.ends = {end};
}

/// Facts of the hub that begin, end, are corrected and go, at random; some with properties or vague
/// dates, which are kept in another form.
class RandomHub {
 public:
  RandomHub(StoredGroup& group, std::uint64_t seed) : group_(group), random_(seed) {}

  void step() {
    const std::uint64_t choice = random_() % 10;
    if (facts_.empty() || choice < 5) return begin();
    const std::size_t index = random_() % facts_.size();
    auto& [key, spell] = facts_[index];
    if (choice < 8) {
      const Micros after = spell.begin.at.earliest + day(random_() % 30);
      if (random_() % 5 == 0) {
        spell.ends.clear();
      } else {
        end_at(spell, ++seq_, after);
      }
      group_.put(key, spell);
      return;
    }
    group_.erase(key, spell);
    facts_.erase(facts_.begin() + static_cast<std::ptrdiff_t>(index));
  }

 private:
  void begin() {
    const TimelineKey key = {Family::kOut, kHub,
                             SymbolId(static_cast<std::uint32_t>(1 + random_() % 3)),
                             NodeId::entity(100 + random_() % 12)};
    // Mostly in order of time, sometimes late.
    now_ += random_() % 3;
    const std::uint64_t on = random_() % 4 == 0 ? random_() % (now_ + 1) : now_;
    Spell spell = tests::begun_spell(++seq_, day(on));
    if (random_() % 6 == 0) spell.begin.at.latest += day(random_() % 9);
    if (random_() % 6 == 0) spell.begin.properties = {{SymbolId(9), Value(std::int64_t{5})}};
    if (random_() % 6 == 0) spell.begin.own_end = Instant::exactly(day(on + random_() % 20));
    group_.put(key, spell);
    facts_.emplace_back(key, spell);
  }

  StoredGroup& group_;
  std::mt19937_64 random_;
  std::vector<std::pair<TimelineKey, Spell>> facts_;
  std::uint64_t seq_ = 0;
  std::uint64_t now_ = 0;
};

void expect_all_windows_right(const StoredGroup& group, std::mt19937_64& random) {
  GroupFilter all;
  all.also_empty = true;
  ASSERT_EQ(group.read(all), group.wanted(all));
  for (int i = 0; i < 30; ++i) {
    GroupFilter filter;
    if (random() % 2 == 0) filter.relation = SymbolId(static_cast<std::uint32_t>(1 + random() % 3));
    if (filter.relation && random() % 2 == 0)
      filter.neighbour = NodeId::entity(100 + random() % 12);
    filter.window.from = day(random() % 200) - day(5);
    filter.window.to = filter.window.from + day(random() % 3 == 0 ? random() % 50 : 0);
    filter.also_empty = random() % 5 == 0;
    ASSERT_EQ(group.read(filter), group.wanted(filter));
  }
}

TEST(SpellFolderTest, EveryWindowShowsWhatHolds) {
  const tests::TempFolder folder;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    StoredGroup group(folder.file(std::to_string(seed)), tests::small_blocks());
    RandomHub hub(group, seed);
    std::mt19937_64 random(seed);
    for (int round = 0; round < 40; ++round) {
      for (std::uint64_t steps = 1 + random() % 6; steps > 0; --steps) hub.step();
      group.write(random() % 4 == 0);
      if (random() % 8 == 0) group.forget();
      ASSERT_NO_FATAL_FAILURE(expect_all_windows_right(group, random));
    }
    EXPECT_GT(group.layout().blocks, 3U);
    EXPECT_EQ(group.layout().ends, 1U) << "the tail was left behind, and none but the last one's";
  }
}

/// However often a node was folded: reading it costs no more than what there is of it.
TEST(SpellFolderTest, WhatWasFoldedIsNotPassedOver) {
  const tests::TempFolder folder;
  BlockSizes sizes;
  sizes.page_rows = 16;
  sizes.block_starts = 16;
  StoredGroup group(folder.path(), sizes);
  // In single pages some are deleted where readers walk.
  constexpr std::uint64_t kPassedMax = 8;
  std::mt19937_64 random(3);
  std::vector<std::pair<TimelineKey, Spell>> facts;
  std::uint64_t seq = 0;
  for (std::uint64_t on = 1; on <= 3'000; ++on) {
    // Some fifty hold at a time.
    const TimelineKey key = {Family::kOut, kHub, SymbolId(1 + random() % 2),
                             NodeId::entity(100 + random() % 40)};
    facts.emplace_back(key, tests::begun_spell(++seq, day(on)));
    group.put(key, facts.back().second);
    if (on > 50) {
      auto& [ended, spell] = facts[on - 50];
      end_at(spell, ++seq, day(on));
      group.put(ended, spell);
    }
    group.write(false);
    if (on == 1'700) group.forget();
    if (on % 100 != 0) continue;
    SCOPED_TRACE(testing::Message() << "day " << on);
    GroupFilter now;
    now.window = {day(on), day(on)};
    EXPECT_LT(group.passed(now), kPassedMax);
    GroupFilter then = now;
    then.window = {day(on / 2), day(on / 2)};
    EXPECT_LT(group.passed(then), kPassedMax);
    GroupFilter timeline;
    timeline.also_empty = true;
    timeline.relation = SymbolId(2);
    timeline.neighbour = NodeId::entity(120);
    EXPECT_LT(group.passed(timeline), kPassedMax);
    GroupFilter all;
    all.also_empty = true;
    EXPECT_LT(group.passed(all), kPassedMax);
  }
  EXPECT_EQ(group.layout().ends, 1U);
}

/// The same of one whose facts all begin at once, and lie in one block of many pages.
TEST(SpellFolderTest, WhatWasFoldedIntoOneLargeBlockIsNotPassedOver) {
  const tests::TempFolder folder;
  BlockSizes sizes;
  sizes.page_rows = 16;
  StoredGroup group(folder.path(), sizes);
  std::uint64_t seq = 0;
  const auto put_one = [&] {
    ++seq;
    group.put({Family::kOut, kHub, SymbolId(1), NodeId::entity(100 + seq)},
              tests::begun_spell(seq, day(1)));
  };
  while (seq < 200) put_one();
  group.write(true);
  while (seq < 1'000) {
    put_one();
    group.write(false);
  }
  EXPECT_EQ(group.layout().blocks, 1U);
  EXPECT_LT(group.passed(GroupFilter()), 8U);
}

/// Once the tail rows of a node have been counted it is folded as soon as they are enough.
TEST(SpellFolderTest, ACountedTailIsFoldedWhenItIsFull) {
  BlockSizes sizes;
  sizes.changes_per_look = 100;
  const tests::TempFolder folder;
  StoredGroup group(folder.path(), sizes);
  std::uint64_t seq = 0;
  const auto write_one = [&](NodeId source) {
    ++seq;
    const Spell spell = tests::begun_spell(seq, day(seq));
    group.put({Family::kOut, source, SymbolId(1), NodeId::entity(1'000 + seq)}, spell);
    group.write(false);
  };
  // The first hundred changes look, and no others until there are a hundred more.
  for (std::uint64_t other = 1; other < sizes.changes_per_look; ++other) {
    write_one(NodeId::entity(100 + other));
  }
  const std::size_t others = group.layout().tail;
  for (std::size_t i = 1; i < sizes.tail_rows; ++i) {
    write_one(kHub);
    ASSERT_EQ(group.layout().tail, others + i);
  }
  write_one(kHub);
  EXPECT_EQ(group.layout().tail, others);
  // And again: that nothing is left is known as well.
  for (std::size_t i = 1; i < sizes.tail_rows; ++i) write_one(kHub);
  EXPECT_EQ(group.layout().tail, others + sizes.tail_rows - 1);
  write_one(kHub);
  EXPECT_EQ(group.layout().tail, others);
}

TEST(SpellFolderTest, CopiesAreNoMoreThanSpells) {
  const tests::TempFolder folder;
  BlockSizes sizes;
  sizes.page_rows = 16;
  sizes.block_starts = 16;
  for (const std::uint64_t life : {1, 20, 300, 5'000}) {
    SCOPED_TRACE(testing::Message() << "facts that live " << life << " days");
    StoredGroup group(folder.file(std::to_string(life)), sizes);
    std::uint64_t seq = 0;
    for (std::uint64_t on = 0; on < 2'000; ++on) {
      Spell spell = tests::begun_spell(++seq, day(on));
      end_at(spell, ++seq, day(on + life));
      group.put({Family::kOut, kHub, SymbolId(1), NodeId::entity(100 + on)}, spell);
      if (on % 50 == 0) group.write(false);
    }
    group.write(true);
    const StoredGroup::Layout layout = group.layout();
    EXPECT_EQ(layout.tail, 0U);
    EXPECT_LE(layout.rows, 2 * group.all().size());
    if (life < 100) {
      EXPECT_GT(layout.blocks, 20U);
    }
  }
}

/// A node all of whose facts are gone leaves nothing behind.
TEST(SpellFolderTest, NothingIsLeftOfNothing) {
  const tests::TempFolder folder;
  StoredGroup group(folder.path(), BlockSizes());
  const TimelineKey key = {Family::kOut, kHub, SymbolId(1), NodeId::entity(8)};
  group.put(key, tests::begun_spell(1, day(3)));
  group.write(true);
  EXPECT_EQ(group.layout().blocks, 1U);
  group.erase(key, tests::begun_spell(1, day(3)));
  group.write(true);
  EXPECT_EQ(group.layout().blocks + group.layout().tail, 0U);
}

}  // namespace
}  // namespace annals::storage
