// An index that is not all there: half made, damaged, or behind the log. Nobody takes it for the
// whole, who may write makes it anew, and comparing it tells the truth.

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "storage/database.h"
#include "storage/graph_index/index_rows.h"
#include "storage/kv/key_value_store.h"
#include "tests/storage/projection/load_events.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kEvents = 40;

class HalfIndexTest : public testing::Test {
 protected:
  /// Records some events; the database is closed then.
  HalfIndexTest() {
    const auto database = opened(path(), clock_);
    define(*database);
    auto builder = database->begin().value();
    for (std::size_t i = 0; i < kEvents; ++i) add_event(*builder, i);
    EXPECT_TRUE(database->commit(std::move(builder)));
  }

  std::string path() const { return folder_.path(); }

  /// Opens it for reading only.
  Result<std::unique_ptr<Database>> reader() const {
    DatabaseOptions options;
    options.read_only = true;
    return Database::open(path(), options, clock_);
  }

  static void expect_same(Database& database) {
    const auto report = database.replay_compare(StopFlag());
    ASSERT_TRUE(report) << format_error(report.error());
    EXPECT_EQ(report->first_difference, "");
  }

  const tests::ManualClock clock_{1'000'000};

 private:
  tests::TempFolder folder_;
};

TEST_F(HalfIndexTest, IsNotTakenForAllThereIs) {
  for (const std::string_view key : {kClearingKey, kFillingKey}) {
    {
      const auto store = open_rocks_store(path(), {});
      ASSERT_TRUE(store);
      WriteBatch batch;
      batch.put(Family::kMeta, key, "1");
      ASSERT_TRUE((*store)->write(batch, Durability::kSynced));
    }
    const auto refused = reader();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
    expect_whole(*opened(path(), clock_));
    EXPECT_TRUE(reader());
  }
}

TEST_F(HalfIndexTest, WhoReadsBesideALoadComparesWhatTheIndexHas) {
  const auto writer = opened(path(), clock_);
  auto builder = writer->begin().value();
  add_event(*builder, kEvents);
  ASSERT_TRUE(writer->load_commit(*builder));
  const auto beside = reader();
  ASSERT_TRUE(beside);
  EXPECT_EQ((*beside)->statistics().unindexed, 1U);
  expect_same(**beside);
  ASSERT_TRUE(writer->finish_load(std::move(builder)));
  EXPECT_EQ(writer->statistics().unindexed, 0U);
}

TEST_F(HalfIndexTest, ADamagedFileIsMadeAnewAndOneOfTheLogIsNot) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path() + "/data")) {
    if (entry.path().extension() == ".sst") files.push_back(entry.path().filename());
  }
  ASSERT_GT(files.size(), 5U);
  int refused = 0;
  for (const fs::path& file : files) {
    const tests::TempFolder copy;
    fs::copy(path(), copy.path(), fs::copy_options::recursive);
    {
      std::fstream damaged(fs::path(copy.path()) / "data" / file,
                           std::ios::binary | std::ios::in | std::ios::out);
      damaged.seekp(5);
      damaged.write("\xff\xff\xff", 3);
    }
    const auto database = Database::open(copy.path(), {}, clock_);
    if (!database) {
      EXPECT_EQ(database.error().code, ErrorCode::kCorruption);
      ++refused;
      continue;
    }
    // What opening did not read is found now, and the log is whole.
    EXPECT_TRUE((*database)->rebuild(StopFlag())) << file;
    expect_same(**database);
  }
  EXPECT_EQ(refused, 1);
}

TEST_F(HalfIndexTest, ComparisonsAtOnceLeaveEachOtherAlone) {
  // No process has such a number; the other name is not one of ours.
  const fs::path left = path() + "/annals-replay-2000000000-1";
  const fs::path notes = path() + "/annals-replay-notes";
  fs::create_directories(left / "data");
  fs::create_directories(notes);
  std::vector<std::thread> readers;
  std::atomic<int> same = 0;
  constexpr int kReaders = 4;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      const auto one = reader();
      if (!one) return;
      const auto report = (*one)->replay_compare(StopFlag());
      if (report && report->first_difference.empty()) ++same;
    });
  }
  for (std::thread& one : readers) one.join();
  EXPECT_EQ(same, kReaders);
  EXPECT_FALSE(fs::exists(left));
  EXPECT_TRUE(fs::exists(notes));
  for (const auto& entry : fs::directory_iterator(path())) {
    const bool is_scratch = entry.path().filename().string().starts_with("annals-replay-");
    EXPECT_TRUE(entry.path() == notes || !is_scratch) << entry.path();
  }
}

}  // namespace
}  // namespace annals::storage
