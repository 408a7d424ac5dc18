#include "storage/graph_index/graph_statistics.h"

#include <memory>
#include <random>

#include <gtest/gtest.h>

#include "storage/graph_index/index_rows.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

TEST(GraphStatisticsTest, ACountOfZeroIsNoCount) {
  GraphStatistics::Counts counts;
  GraphStatistics::add(counts, SymbolId(7), 2);
  EXPECT_EQ(GraphStatistics::count(counts, SymbolId(7)), 2U);
  GraphStatistics::add(counts, SymbolId(7), -2);
  EXPECT_EQ(GraphStatistics::count(counts, SymbolId(7)), 0U);
  EXPECT_TRUE(counts.empty());
}

class IndexProgressTest : public testing::Test {
 protected:
  /// Writes it, and says in how many rows.
  std::size_t write(const IndexProgress& now) {
    WriteBatch batch;
    write_progress(stored_, now, batch);
    EXPECT_TRUE(store_->write(batch, Durability::kRelaxed));
    stored_ = now;
    return batch.size();
  }
  IndexProgress read() {
    auto progress = read_progress(*store_);
    EXPECT_TRUE(progress);
    return progress.value_or(IndexProgress());
  }

  tests::TempFolder folder_;
  std::unique_ptr<KeyValueStore> store_ = *open_rocks_store(folder_.path(), StoreOptions());
  IndexProgress stored_;
};

TEST_F(IndexProgressTest, OfAnEmptyStoreThereIsNone) { EXPECT_EQ(read(), IndexProgress()); }

TEST_F(IndexProgressTest, WhateverChangesIsReadBack) {
  std::mt19937_64 random(1);
  IndexProgress now;
  for (int round = 0; round < 200; ++round) {
    now.watermark.raw += 1 + random() % 5;
    ++now.commits;
    GraphStatistics& statistics = now.statistics;
    statistics.events += random() % 1'000;
    statistics.facts = random() % 3;
    statistics.properties = random() % 300;
    statistics.unmatched += random() % 2;
    statistics.changes += random() % 2;
    for (auto* counts : {&statistics.entities_by_type, &statistics.events_by_kind,
                         &statistics.facts_by_relation}) {
      const SymbolId symbol(1 + random() % 8);
      const std::uint64_t count = GraphStatistics::count(*counts, symbol);
      // Often to zero, and sometimes by way of less.
      GraphStatistics::add(*counts, symbol,
                           random() % 2 == 0 ? -static_cast<std::int64_t>(count) : 200);
      GraphStatistics::add(*counts, symbol, -1);
      GraphStatistics::add(*counts, symbol, 1);
    }
    write(now);
    ASSERT_EQ(read(), now) << round;
  }
}

TEST_F(IndexProgressTest, ACommitWritesWhatItChanges) {
  IndexProgress now;
  now.watermark = Seq(1);
  for (std::uint32_t symbol = 1; symbol <= 1'000; ++symbol) {
    GraphStatistics::add(now.statistics.facts_by_relation, SymbolId(symbol), symbol);
  }
  EXPECT_EQ(write(now), 1'002U);  // with the format
  now.watermark = Seq(2);
  GraphStatistics::add(now.statistics.facts_by_relation, SymbolId(500), 1);
  EXPECT_EQ(write(now), 2U);
}

TEST_F(IndexProgressTest, DamageIsTold) {
  IndexProgress now;
  now.watermark = Seq(1);
  GraphStatistics::add(now.statistics.events_by_kind, SymbolId(1), 1);
  write(now);
  for (const std::string& key : {std::string("progress"), count_key('k', SymbolId(1))}) {
    WriteBatch batch;
    batch.put(Family::kMeta, key, "\x80");
    ASSERT_TRUE(store_->write(batch, Durability::kRelaxed));
    const auto progress = read_progress(*store_);
    ASSERT_FALSE(progress) << key;
    EXPECT_EQ(progress.error().code, ErrorCode::kCorruption);
    stored_ = IndexProgress();
    write(now);
  }
}

}  // namespace
}  // namespace annals::storage
