// How many rows that are gone an iterator passes over.

#include <array>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "storage/kv/key_value_store.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

constexpr std::uint64_t kGone = 1'000;

/// Rows "a" and "z", and between them such as are gone.
std::unique_ptr<KeyValueStore> store_with_gone_rows(const std::string& path) {
  std::unique_ptr<KeyValueStore> store = open_rocks_store(path, StoreOptions()).value();
  WriteBatch rows;
  WriteBatch gone;
  for (const char* const key : {"a", "z"}) rows.put(Family::kUnmatched, key, "x");
  for (std::uint64_t i = 0; i < kGone; ++i) {
    const std::string key = fmt::format("b{:04}", i);
    rows.put(Family::kUnmatched, key, "x");
    gone.erase(Family::kUnmatched, key);
  }
  EXPECT_TRUE(store->write(rows, Durability::kRelaxed));
  EXPECT_TRUE(store->write(gone, Durability::kRelaxed));
  return store;
}

class GoneRowsTest : public testing::TestWithParam<bool> {};

TEST_P(GoneRowsTest, NothingBehindTheBoundIsPassedOver) {
  const tests::TempFolder folder;
  const auto store = store_with_gone_rows(folder.path());
  if (GetParam()) {
    ASSERT_TRUE(store->flush());
  }
  const auto snapshot = store->snapshot();
  const std::array<const KvSnapshot*, 2> states = {nullptr, snapshot.get()};
  for (const KvSnapshot* const as_of : states) {
    const std::uint64_t before = store->rows_passed_by_thread();
    const auto bounded = store->iterate(Family::kUnmatched, "a", "b", as_of);
    ASSERT_TRUE(bounded->valid());
    bounded->next();
    EXPECT_FALSE(bounded->valid());
    bounded->restrict_to("aa", "ab");
    EXPECT_FALSE(bounded->valid());
    bounded->restrict_to("b0000", "b0001");
    EXPECT_FALSE(bounded->valid());
    EXPECT_LT(store->rows_passed_by_thread() - before, 8U);
    // The count counts.
    const auto all = store->iterate(Family::kUnmatched, {}, {}, as_of);
    ASSERT_TRUE(all->valid());
    all->next();
    ASSERT_TRUE(all->valid());
    EXPECT_EQ(all->key(), "z");
    EXPECT_GE(store->rows_passed_by_thread() - before, kGone);
  }
}

INSTANTIATE_TEST_SUITE_P(InMemoryAndOnDisk, GoneRowsTest, testing::Bool());

}  // namespace
}  // namespace annals::storage
