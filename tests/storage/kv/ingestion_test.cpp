#include "storage/kv/ingestion.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "tests/support/file_size_limit.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::Pair;
using tests::TempFolder;

using Rows = std::vector<std::pair<std::string, std::string>>;

std::unique_ptr<KeyValueStore> opened(const std::string& path) {
  auto store = open_rocks_store(path, StoreOptions());
  EXPECT_TRUE(store) << (store ? "" : format_error(store.error()));
  return store ? std::move(*store) : nullptr;
}

WriteBatch batch_of(const Rows& rows, Family family = Family::kOut) {
  WriteBatch batch;
  for (const auto& [key, value] : rows) batch.put(family, key, value);
  return batch;
}

Rows rows_of(const KeyValueStore& store, Family family) {
  Rows rows;
  const auto iterator = store.iterate(family, {}, {});
  for (; iterator->valid(); iterator->next()) {
    rows.emplace_back(iterator->key(), iterator->value());
  }
  EXPECT_TRUE(iterator->status());
  return rows;
}

TEST(IngestionTest, ChangesAreSeenAllAtOnceWhenItIsFinished) {
  const TempFolder folder;
  const auto store = opened(folder.path());
  ASSERT_TRUE(store->write(batch_of({{"b", "old"}, {"c", "old"}}), Durability::kSynced));
  auto ingestion = store->start_ingestion().value();
  ASSERT_TRUE(ingestion->add(batch_of({{"d", "1"}, {"b", "1"}})));
  // Behind the ones before, in the midst of them, and over them.
  ASSERT_TRUE(ingestion->add(batch_of({{"e", "2"}, {"f", "2"}})));
  WriteBatch last = batch_of({{"d", "3"}, {"a", "3"}});
  last.erase(Family::kOut, "c");
  last.put(Family::kIn, "x", "3");
  ASSERT_TRUE(ingestion->add(std::move(last)));
  EXPECT_THAT(rows_of(*store, Family::kOut), ElementsAre(Pair("b", "old"), Pair("c", "old")));
  ASSERT_TRUE(ingestion->finish());
  EXPECT_THAT(
      rows_of(*store, Family::kOut),
      ElementsAre(Pair("a", "3"), Pair("b", "1"), Pair("d", "3"), Pair("e", "2"), Pair("f", "2")));
  EXPECT_THAT(rows_of(*store, Family::kIn), ElementsAre(Pair("x", "3")));
}

TEST(IngestionTest, WithoutAFinishNothingHappens) {
  const TempFolder folder;
  const auto store = opened(folder.path());
  {
    auto ingestion = store->start_ingestion().value();
    ASSERT_TRUE(ingestion->add(batch_of({{"a", "1"}})));
    const auto runs = ingestion->make_runs();
    ASSERT_TRUE(runs->add(batch_of({{"a", "1"}}), Family::kOut));
  }
  EXPECT_TRUE(rows_of(*store, Family::kOut).empty());
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    EXPECT_THAT(entry.path().filename().string(),
                testing::AnyOf("ANNALS", "LOG.index", "data", "index"));
  }
}

TEST(IngestionTest, RunsAreReadAsOneAndOfOneKeyInTheirOrder) {
  const TempFolder folder;
  const auto store = opened(folder.path());
  const auto ingestion = store->start_ingestion().value();
  const auto runs = ingestion->make_runs();
  ASSERT_TRUE(runs->add(batch_of({{"b", "1"}, {"a", "1"}, {"b", "1, again"}}), Family::kOut));
  ASSERT_TRUE(runs->add(batch_of({{"of another family", "1"}}, Family::kIn), Family::kOut));
  WriteBatch second = batch_of({{"c", ""}});
  second.erase(Family::kOut, "b");
  ASSERT_TRUE(runs->add(second, Family::kOut));
  ASSERT_TRUE(runs->add(batch_of({{"b", "3"}}), Family::kOut));
  Rows rows;
  const auto reader = runs->read().value();
  for (; reader->valid(); reader->next()) {
    rows.emplace_back(reader->key(), reader->is_delete() ? "deleted" : reader->value());
  }
  EXPECT_TRUE(reader->status());
  EXPECT_THAT(rows, ElementsAre(Pair("a", "1"), Pair("b", "1, again"), Pair("b", "deleted"),
                                Pair("b", "3"), Pair("c", "")));
}

// From none to more than fit on a level of the heap; keys that only one run has and that all have.
TEST(IngestionTest, ManyRunsAreMergedAsTheyWouldBeSorted) {
  std::mt19937_64 random(7);
  const TempFolder folder;
  const auto store = opened(folder.path());
  for (const std::size_t count : {0U, 1U, 2U, 3U, 8U, 21U}) {
    const auto ingestion = store->start_ingestion().value();
    const auto runs = ingestion->make_runs();
    Rows expected;
    for (std::size_t run = 0; run < count; ++run) {
      std::map<std::string, std::string> rows;
      for (std::size_t i = random() % 60; i > 0; --i) {
        rows[std::to_string(random() % 100)] = std::to_string(run);
      }
      expected.insert(expected.end(), rows.begin(), rows.end());
      ASSERT_TRUE(runs->add(batch_of({rows.begin(), rows.end()}), Family::kOut));
    }
    std::stable_sort(expected.begin(), expected.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    Rows rows;
    const auto reader = runs->read().value();
    for (; reader->valid(); reader->next()) rows.emplace_back(reader->key(), reader->value());
    EXPECT_TRUE(reader->status());
    EXPECT_EQ(rows, expected) << count;
  }
}

/// Reads all records; the error, if one of the runs cannot be read.
Status read_to_the_end(const SortedRuns& runs) {
  ANNALS_TRY(const std::unique_ptr<RunReader> reader, runs.read());
  while (reader->valid()) reader->next();
  return reader->status();
}

// Wherever that is: in what stands before a block, in a length, a key or a value; and where an end
// is missing, with whole blocks or all.
TEST(IngestionTest, ADamagedRunIsNoticed) {
  const TempFolder folder;
  const auto store = opened(folder.path());
  const auto ingestion = store->start_ingestion().value();
  const auto runs = ingestion->make_runs();
  Rows rows;
  for (int i = 0; i < 5'000; ++i) rows.emplace_back(std::to_string(i), std::string(50, 'x'));
  ASSERT_TRUE(runs->add(batch_of(rows), Family::kOut));
  ASSERT_TRUE(read_to_the_end(*runs));
  std::string run;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    if (entry.path().extension() == ".run") run = entry.path();
  }
  std::ifstream in(run, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto expect_damage = [&](const std::string& bytes, std::size_t place) {
    std::ofstream(run, std::ios::binary) << bytes;
    const Status read = read_to_the_end(*runs);
    ASSERT_FALSE(read) << place;
    EXPECT_EQ(read.error().code, ErrorCode::kCorruption) << place;
    EXPECT_EQ(read.error().place.file, run) << place;
  };
  // Its length and its hash stand before it.
  std::uint64_t first_block = 0;
  std::memcpy(&first_block, whole.data(), sizeof(first_block));
  std::vector<std::size_t> places{2 * sizeof(std::uint64_t) + first_block, whole.size() / 2,
                                  whole.size() - 1};
  for (std::size_t place = 0; place < 40; ++place) places.push_back(place);
  for (const std::size_t place : places) {
    std::string damaged = whole;
    damaged[place] ^= 0x40;
    expect_damage(damaged, place);
    expect_damage(whole.substr(0, place), place);
  }
}

TEST(IngestionTest, APartThatCannotBePutAsideIsAnErrorAndHarmsNothing) {
  const tests::TempFolder folder;
  const auto store = open_rocks_store(folder.path(), StoreOptions());
  ASSERT_TRUE(store);
  {
    auto ingestion = (*store)->start_ingestion();
    ASSERT_TRUE(ingestion);
    const auto runs = (*ingestion)->make_runs();
    auto run = runs->start_run();
    ASSERT_TRUE(run);
    const tests::FileSizeLimit full(512);
    ASSERT_TRUE((*run)->put("key", std::string(1'000, 'v')));
    const Status done = (*run)->finish();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::kIoError);
    EXPECT_NE(done.error().message.find("putting a part of a load aside failed"),
              std::string::npos);
    EXPECT_NE(done.error().hint.find("nothing acknowledged is lost"), std::string::npos);
  }
  WriteBatch batch;
  batch.put(Family::kOut, "a", "1");
  EXPECT_TRUE((*store)->write(batch, Durability::kSynced));
}

}  // namespace
}  // namespace annals::storage
