#include "storage/kv/sorted_batch.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/random_commit.h"

namespace annals::storage {
namespace {

using namespace std::string_view_literals;
using tests::pick;

std::array<ChangeOrder, kFamilyCount> sort_batch(const WriteBatch& batch) {
  std::array<ChangeOrder, kFamilyCount> sorted = changes_by_family(batch);
  for (ChangeOrder& changes : sorted) sort_by_key(batch, changes);
  return sorted;
}

TEST(SortedBatchTest, EachFamilyHasItsKeysInByteOrder) {
  WriteBatch batch;
  batch.put(Family::kOut, "b", "1");
  batch.put(Family::kIn, "z", "2");
  batch.put(Family::kOut, "\xff"sv, "3");
  batch.put(Family::kOut, "a\0"sv, "4");
  batch.put(Family::kOut, "a", "5");
  batch.put(Family::kOut, "", "6");
  const auto sorted = sort_batch(batch);
  EXPECT_EQ(sorted[static_cast<std::size_t>(Family::kOut)],
            (std::vector<std::size_t>{5, 4, 3, 0, 2}));
  EXPECT_EQ(sorted[static_cast<std::size_t>(Family::kIn)], std::vector<std::size_t>{1});
  EXPECT_TRUE(sorted[static_cast<std::size_t>(Family::kLog)].empty());
}

TEST(SortedBatchTest, TheLastChangeOfAKeyWins) {
  WriteBatch batch;
  batch.put(Family::kOut, "key", "1");
  batch.erase(Family::kOut, "key");
  batch.put(Family::kOut, "key and more", "2");
  batch.put(Family::kOut, "key", "3");
  batch.erase(Family::kOut, "key and more");
  EXPECT_EQ(sort_batch(batch)[static_cast<std::size_t>(Family::kOut)],
            (std::vector<std::size_t>{3, 4}));
}

TEST(SortedBatchTest, AgreesWithAMap) {
  for (const std::uint64_t seed : tests::test_seeds(20)) {
    SCOPED_TRACE(fmt::format("ANNALS_TEST_SEED={}", seed));
    tests::Random random(seed);
    WriteBatch batch;
    std::map<std::pair<Family, std::string>, std::size_t> expected;
    for (std::size_t i = 0; i < 2'000; ++i) {
      // The first eight bytes often agree: they are compared apart from the rest.
      std::string key(pick(random, 12), '\0');
      for (char& byte : key) byte = static_cast<char>(pick(random, 2) * 255);
      const auto family = static_cast<Family>(pick(random, 3));
      batch.put(family, key, "");
      expected[{family, key}] = i;
    }
    const auto sorted = sort_batch(batch);
    std::vector<std::size_t> all;
    for (const auto& family : sorted) all.insert(all.end(), family.begin(), family.end());
    std::vector<std::size_t> wanted;
    for (const auto& [key, index] : expected) wanted.push_back(index);
    EXPECT_EQ(all, wanted);
  }
}

}  // namespace
}  // namespace annals::storage
