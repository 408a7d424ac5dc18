#include "storage/projection/event_list_folder.h"

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/small_blocks.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

using Entries = std::vector<Participation>;

/// Lists in a store, and the same beside it.
class StoredLists {
 public:
  StoredLists(const std::string& path, const BlockSizes& sizes, std::size_t ahead = 0)
      : sizes_(sizes),
        ahead_(ahead),
        store_(open_rocks_store(path, StoreOptions()).value()),
        folder_(sizes) {}

  void add(EventListId list, const Participation& entry) {
    folder_.add(list, entry);
    Entries& entries = wanted_[{list, entry.event}];
    const bool has_role = std::any_of(entries.begin(), entries.end(),
                                      [&](const auto& one) { return one.role == entry.role; });
    if (!has_role) entries.push_back(entry);
  }
  /// As after a start: nothing is known of any list.
  void start_anew() { folder_ = EventListFolder(sizes_); }
  void clear(EventListId list, Seq event) {
    folder_.clear(list, event);
    wanted_.erase({list, event});
  }
  void write(Seq stored) {
    WriteBatch batch;
    ASSERT_TRUE(folder_.fold(*store_, stored, ahead_, batch));
    ASSERT_TRUE(store_->write(batch, Durability::kRelaxed));
  }
  /// Puts what was added aside; load() takes in all of that.
  void put_aside() {
    if (load_ == nullptr) {
      load_ = store_->start_ingestion().value();
      runs_ = load_->make_runs();
    }
    ASSERT_TRUE(EventListFolder::put_aside(folder_.take(), sizes_, *runs_));
  }
  void load() {
    put_aside();
    {
      const auto rows = runs_->read().value();
      for (bool more = true; more;) {
        WriteBatch batch;
        more = folder_.fold_put_aside(*store_, *rows, 100, batch).value();
        ASSERT_TRUE(load_->add(std::move(batch)));
      }
    }
    ASSERT_TRUE(load_->finish());
    runs_.reset();
    load_.reset();
  }

  std::vector<EventListWalk::Entry> all() const {
    std::vector<EventListWalk::Entry> found;
    const auto state = store_->snapshot();
    EventListWalk walk(*store_, *state);
    for (;;) {
      const auto entry = walk.next();
      EXPECT_TRUE(entry);
      if (!entry || !*entry) return found;
      found.push_back(**entry);
    }
  }
  std::vector<EventListWalk::Entry> wanted() const {
    std::vector<EventListWalk::Entry> found;
    for (const auto& [place, entries] : wanted_) {
      for (const Participation& entry : entries) found.push_back({place.first, entry});
    }
    return found;
  }
  /// How many entries the rows of a list have; and what event_list.h says of rows.
  std::vector<std::size_t> rows_of(EventListId list) const {
    std::vector<std::size_t> sizes;
    Seq last;
    const std::string prefix = event_list_prefix(list);
    const auto rows = store_->iterate(Family::kParticipation, prefix, {});
    for (; rows->valid() && rows->key().starts_with(prefix); rows->next()) {
      Entries entries;
      EXPECT_TRUE(decode_event_list(list, rows->value(), entries));
      const Seq first = read_event_list_key(rows->key()).value().first;
      EXPECT_GT(first, last);
      EXPECT_LE(first, entries.front().event);
      last = entries.back().event;
      sizes.push_back(entries.size());
    }
    return sizes;
  }

 private:
  const BlockSizes sizes_;
  const std::size_t ahead_;
  std::unique_ptr<KeyValueStore> store_;
  EventListFolder folder_;
  std::unique_ptr<Ingestion> load_;
  std::unique_ptr<SortedRuns> runs_;
  std::map<std::pair<EventListId, Seq>, Entries> wanted_;
};

Participation entry_of(EventListId list, Seq event, std::uint32_t role) {
  return {event, SymbolId(2), SymbolId(role), list.node(), {0, 0}};
}

TEST(EventListFolderTest, ListsAreWhatWasAddedAndCleared) {
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const tests::TempFolder folder;
    StoredLists lists(folder.path(), tests::small_blocks(), seed % 3);
    const std::vector<EventListId> ids = {EventListId::of(NodeId::entity(1)),
                                          EventListId::of(NodeId::entity(2)),
                                          EventListId::of(SymbolId(4))};
    std::uint64_t seq = 0;
    for (int commit = 0; commit < 40; ++commit) {
      const Seq stored(seq);
      const bool is_bulk = random() % 4 == 0;
      for (std::size_t i = random() % 12 + 1; i > 0; --i) {
        const bool is_new = is_bulk || seq == 0 || random() % 3 != 0;
        const Seq event(is_new ? ++seq : random() % seq + 1);
        const EventListId list = ids[random() % ids.size()];
        if (!is_new) lists.clear(list, event);
        for (std::size_t roles = random() % 3; roles > 0; --roles) {
          lists.add(list, entry_of(list, event, static_cast<std::uint32_t>(random() % 3)));
        }
      }
      if (is_bulk && random() % 2 == 0) {
        lists.put_aside();
        lists.add(ids[0], entry_of(ids[0], Seq(++seq), 1));
      }
      is_bulk ? lists.load() : lists.write(stored);
      ASSERT_EQ(lists.all(), lists.wanted()) << "commit " << commit;
    }
    for (const EventListId list : ids) lists.rows_of(list);
  }
}

TEST(EventListFolderTest, ShortRowsAreMergedByCommitsAndByLoads) {
  const EventListId list = EventListId::of(NodeId::entity(1));
  BlockSizes sizes;
  sizes.list_row_entries = 100;
  for (const bool is_bulk : {false, true}) {
    const tests::TempFolder folder;
    StoredLists lists(folder.path(), sizes);
    for (std::uint64_t seq = 1; seq <= 1'000; ++seq) {
      lists.add(list, entry_of(list, Seq(seq), 1));
      is_bulk ? lists.load() : lists.write(Seq(seq - 1));
    }
    const std::vector<std::size_t> rows = lists.rows_of(list);
    // A row that is half full is not short. A commit looks at one change in 32, and waits for
    // what lacks to 32 rows.
    EXPECT_LE(rows.size(), 20 + (is_bulk ? 0 : 2 * sizes.list_short_rows));
    EXPECT_EQ(lists.all(), lists.wanted());
  }
}

// The short rows of a list that was looked at are counted from then on, so that none are too many.
TEST(EventListFolderTest, ListsBehindOneThatIsLookedAtAreCountedAsWell) {
  constexpr std::uint64_t kLists = 128;
  BlockSizes sizes;
  sizes.changes_per_look = kLists / 2;
  for (const std::size_t ahead : {0, 15}) {
    SCOPED_TRACE(ahead);
    const tests::TempFolder folder;
    StoredLists lists(folder.path(), sizes, ahead);
    std::uint64_t seq = 0;
    const auto add_to_all = [&] {
      const Seq stored(seq++);
      for (std::uint64_t number = 1; number <= kLists; ++number) {
        const EventListId list = EventListId::of(NodeId::entity(number));
        lists.add(list, entry_of(list, Seq(seq), 1));
      }
      lists.write(stored);
    };
    for (int commit = 0; commit < 5; ++commit) add_to_all();
    lists.start_anew();
    for (int commit = 0; commit < 45; ++commit) add_to_all();
    std::size_t most = 0;
    for (std::uint64_t number = 1; number <= kLists; ++number) {
      const EventListId list = EventListId::of(NodeId::entity(number));
      most = std::max(most, lists.rows_of(list).size());
    }
    // Without, those that no look has met yet have a row for each commit.
    EXPECT_EQ(most <= sizes.list_short_rows + 1, ahead > 0) << most;
    EXPECT_EQ(lists.all(), lists.wanted());
  }
}

// What a change of an older event writes is not counted: the list must be looked at again.
TEST(EventListFolderTest, RowsThatCorrectionsLeaveAreMergedAsWell) {
  const EventListId before = EventListId::of(NodeId::entity(1));
  const EventListId list = EventListId::of(NodeId::entity(2));
  BlockSizes sizes;
  sizes.list_row_entries = 10;
  sizes.list_short_rows = 4;
  sizes.changes_per_look = 2;
  const tests::TempFolder folder;
  StoredLists lists(folder.path(), sizes, 4);
  std::uint64_t seq = 0;
  while (seq < 50) lists.add(list, entry_of(list, Seq(++seq), 1));
  lists.load();
  // One look, at the list before: nothing is short at the end of this one.
  lists.start_anew();
  lists.add(before, entry_of(before, Seq(++seq), 1));
  lists.write(Seq(seq - 1));
  for (std::uint64_t corrected = 1; corrected <= 20; ++corrected) {
    lists.clear(list, Seq(corrected));
    lists.add(list, entry_of(list, Seq(corrected), 2));
    lists.add(list, entry_of(list, Seq(++seq), 1));
    lists.write(Seq(seq - 1));
  }
  ASSERT_EQ(lists.rows_of(list).size(), 25U);
  for (std::size_t i = 0; i < 2 * sizes.list_short_rows; ++i) {
    lists.add(list, entry_of(list, Seq(++seq), 1));
    lists.write(Seq(seq - 1));
  }
  EXPECT_LE(lists.rows_of(list).size(), 12U);
  EXPECT_EQ(lists.all(), lists.wanted());
}

// Merging begins where short rows do: what lies before is not read, and not written anew.
TEST(EventListFolderTest, RowsBeforeTheShortOnesStayAsTheyAre) {
  constexpr std::uint64_t kRows = 8;
  const EventListId list = EventListId::of(NodeId::entity(1));
  BlockSizes sizes;
  sizes.list_row_entries = 10;
  sizes.list_short_rows = 4;
  const tests::TempFolder folder;
  StoredLists lists(folder.path(), sizes);
  std::uint64_t seq = 0;
  while (seq < kRows * sizes.list_row_entries) lists.add(list, entry_of(list, Seq(++seq), 1));
  lists.load();
  // A row in the middle becomes short.
  for (std::uint64_t gone = 21; gone < 29; ++gone) lists.clear(list, Seq(gone));
  lists.write(Seq(seq));
  const std::vector<std::size_t> before = lists.rows_of(list);
  ASSERT_EQ(before, (std::vector<std::size_t>{10, 10, 2, 10, 10, 10, 10, 10}));
  for (int commit = 0; commit < 30; ++commit) {
    lists.add(list, entry_of(list, Seq(++seq), 1));
    lists.write(Seq(seq - 1));
    std::vector<std::size_t> rows = lists.rows_of(list);
    EXPECT_LE(rows.size(), kRows + 3 + sizes.list_short_rows + 1) << "short rows are merged";
    rows.resize(kRows);
    ASSERT_EQ(rows, before) << "commit " << commit;
  }
  EXPECT_EQ(lists.all(), lists.wanted());
}

}  // namespace
}  // namespace annals::storage
