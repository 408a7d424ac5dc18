// Writes of many rows, of which RocksDB puts the keys into its memory tables once all are there:
// what others do meanwhile sees all of them or none.

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "storage/kv/key_value_store.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

constexpr std::size_t kRows = 900;
constexpr Family kFamilies[] = {Family::kOut, Family::kIn, Family::kParticipation};

std::unique_ptr<KeyValueStore> opened(const std::string& path) {
  auto store = open_rocks_store(path, {.memory_bytes = std::size_t{8} << 20});
  EXPECT_TRUE(store) << (store ? "" : format_error(store.error()));
  return store ? std::move(*store) : nullptr;
}

std::string row_key(std::size_t row) { return fmt::format("row {:04}", row); }

/// The same rows each time, all with that value.
WriteBatch rows_with(const std::string& value) {
  WriteBatch batch;
  for (std::size_t row = 0; row < kRows; ++row) {
    batch.put(kFamilies[row % std::size(kFamilies)], row_key(row), value);
  }
  return batch;
}

/// The value of all rows; none if they differ, or one is missing.
std::string value_of_all(const KeyValueStore& store, const KvSnapshot* snapshot) {
  std::string first;
  for (std::size_t row = 0; row < kRows; ++row) {
    std::string value;
    const Result<bool> found =
        store.get(kFamilies[row % std::size(kFamilies)], row_key(row), value, snapshot);
    if (!found || !*found || (row > 0 && value != first)) return "";
    first = value;
  }
  return first;
}

class LargeWriteTest : public testing::Test {
 protected:
  LargeWriteTest() : store(opened(folder_.path())) { write(0); }

  void write(std::size_t round) {
    ASSERT_TRUE(store->write(rows_with(std::to_string(round)), Durability::kRelaxed));
  }
  /// Writes rounds, and calls `other` in another thread until they are written, at least so often.
  template <class Other>
  void write_beside(std::size_t times, const Other& other) {
    std::atomic<std::size_t> done{0};
    std::atomic<bool> is_written{false};
    std::thread thread([&] {
      while (!is_written) {
        other();
        ++done;
      }
    });
    for (std::size_t round = 1; round < 100 || done < times; ++round) write(last_ = round);
    is_written = true;
    thread.join();
  }
  void reopen() {
    store.reset();
    store = opened(folder_.path());
  }
  std::string last_value() const { return std::to_string(last_); }

 private:
  const tests::TempFolder folder_;
  std::size_t last_ = 0;

 protected:
  std::unique_ptr<KeyValueStore> store;
};

TEST_F(LargeWriteTest, IsReadAtOnce) {
  for (std::size_t round = 1; round < 20; ++round) {
    write(round);
    ASSERT_EQ(value_of_all(*store, nullptr), std::to_string(round));
  }
}

TEST_F(LargeWriteTest, ASnapshotHasAllOfItOrNothing) {
  write_beside(100, [&] {
    const auto snapshot = store->snapshot();
    const std::string value = value_of_all(*store, snapshot.get());
    ASSERT_NE(value, "");
    ASSERT_EQ(value_of_all(*store, snapshot.get()), value);
  });
}

TEST_F(LargeWriteTest, MemoryTablesThatAreFlushedMeanwhileHaveAllOfIt) {
  write_beside(20, [&] {
    store->begin_flush(Family::kIn);
    ASSERT_TRUE(store->flush());
  });
  EXPECT_EQ(value_of_all(*store, nullptr), last_value());
  reopen();
  EXPECT_EQ(value_of_all(*store, nullptr), last_value());
}

TEST_F(LargeWriteTest, SmallOnesOfOthersTakeTheirTurn) {
  std::size_t small = 0;
  write_beside(1'000, [&] {
    WriteBatch batch;
    batch.put(Family::kIn, fmt::format("small {}", ++small), "there");
    ASSERT_TRUE(store->write(batch, Durability::kRelaxed));
    std::string value;
    const Result<bool> found = store->get(Family::kIn, fmt::format("small {}", small), value);
    ASSERT_TRUE(found && *found);
  });
  EXPECT_EQ(value_of_all(*store, nullptr), last_value());
  const auto rows = store->iterate(Family::kIn, "small ", "small~");
  for (std::size_t i = 0; i < small; ++i) {
    ASSERT_TRUE(rows->valid());
    rows->next();
  }
  EXPECT_FALSE(rows->valid());
}

}  // namespace
}  // namespace annals::storage
