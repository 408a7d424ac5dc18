// An index that is not all there: half made, damaged, or behind the log. Nobody takes it for the
// whole, who may write makes it anew, and comparing it tells the truth.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "storage/database.h"
#include "storage/graph_index/index_rows.h"
#include "storage/kv/key_value_store.h"
#include "tests/storage/projection/load_events.h"
#include "tests/support/manual_clock.h"
#include "tests/support/paths.h"
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

  /// Whoever reads is refused until somebody who may write has opened it.
  void expect_made_anew() const {
    const auto refused = reader();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
    expect_whole(*opened(path(), clock_));
    EXPECT_TRUE(reader());
  }

  /// The files that the rows of a database lie in, below its folder.
  static std::vector<fs::path> sorted_files(const std::string& database) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(database)) {
      if (entry.path().extension() != ".sst") continue;
      files.push_back(entry.path().lexically_relative(database));
    }
    return files;
  }
  static bool is_of_log(const fs::path& file) { return file.parent_path() == "data"; }

  /// Of the database while it is open: what was committed is in no sorted file yet.
  void copy_as_after_a_crash(const std::string& copy) const {
    std::error_code failed;
    std::map<std::string, std::uintmax_t> before;
    do {
      // A crash comes between two changes of the folder. A copy takes a while, in which RocksDB may
      // write or delete files, as it does some time after it has opened a database.
      before = sizes();
      fs::remove_all(copy);
      fs::copy(path(), copy, fs::copy_options::recursive, failed);
    } while (failed || sizes() != before);
  }

  static void expect_same(Database& database) {
    const auto report = database.replay_compare(StopFlag());
    ASSERT_TRUE(report) << format_error(report.error());
    EXPECT_EQ(report->first_difference, "");
  }

  const tests::ManualClock clock_{1'000'000};

 private:
  /// Of all files there are.
  std::map<std::string, std::uintmax_t> sizes() const {
    std::map<std::string, std::uintmax_t> sizes;
    std::error_code gone;  // meanwhile: then its size is told as the largest
    for (const auto& entry : fs::recursive_directory_iterator(path())) {
      sizes[entry.path().string()] = entry.is_directory(gone) ? 0 : entry.file_size(gone);
    }
    return sizes;
  }

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
    expect_made_anew();
  }
}

TEST_F(HalfIndexTest, WhoReadsBesideALoadComparesWhatTheIndexHas) {
  const auto writer = opened(path(), clock_);
  auto builder = writer->begin().value();
  add_event(*builder, kEvents);
  ASSERT_TRUE(writer->load_commit(*builder));
  wait_for_log(*writer, kEvents + 1);
  const auto beside = reader();
  ASSERT_TRUE(beside);
  EXPECT_EQ((*beside)->statistics().unindexed, 1U);
  expect_same(**beside);
  ASSERT_TRUE(writer->finish_load(std::move(builder)));
  EXPECT_EQ(writer->statistics().unindexed, 0U);
}

/// Whoever opens it for reading opens the index first, so that it is no further than the log.
TEST_F(HalfIndexTest, WhoOpensItBesideAWriterSeesWhatWasThereThen) {
  const auto writer = opened(path(), clock_);
  std::atomic<bool> done = false;
  std::thread writing([&] {
    for (std::size_t i = kEvents; !done; ++i) {
      auto builder = writer->begin().value();
      add_event(*builder, i);
      EXPECT_TRUE(writer->commit(std::move(builder)));
    }
  });
  for (int i = 0; i < 30; ++i) {
    const auto beside = reader();
    EXPECT_TRUE(beside) << (beside ? "" : format_error(beside.error()));
    if (!beside) break;
    const auto statistics = (*beside)->statistics();
    EXPECT_GE(statistics.last_seq.raw, kDefinitions + kEvents);
    EXPECT_EQ(statistics.graph.events, statistics.last_seq.raw);
  }
  done = true;
  writing.join();
}

TEST_F(HalfIndexTest, AnIndexThatIsGoneIsMadeAnew) {
  fs::remove_all(path() + "/index");
  expect_made_anew();
}

TEST_F(HalfIndexTest, ALogThatIsGoneIsMissed) {
  fs::remove_all(path() + "/data");
  for (const bool read_only : {true, false}) {
    DatabaseOptions options;
    options.read_only = read_only;
    const auto refused = Database::open(path(), options, clock_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kCorruption);
  }
}

/// Neither has lost anything; they do not belong together.
TEST_F(HalfIndexTest, AnIndexOfAnotherLogIsNotTaken) {
  const tests::TempFolder other;
  {
    const auto database = opened(other.path(), clock_);
    define(*database);
    auto builder = database->begin().value();
    for (std::size_t i = 0; i < kEvents; ++i) add_event(*builder, i + 1);
    EXPECT_TRUE(database->commit(std::move(builder)));
  }
  fs::remove_all(path() + "/index");
  fs::copy(other.path() + "/index", path() + "/index", fs::copy_options::recursive);
  for (const bool read_only : {true, false}) {
    DatabaseOptions options;
    options.read_only = read_only;
    const auto refused = Database::open(path(), options, clock_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kCorruption);
    EXPECT_EQ(refused.error().place.file, path());
    EXPECT_NE(refused.error().hint.find("delete the folder 'index'"), std::string::npos);
  }
  fs::remove_all(path() + "/index");
  expect_whole(*opened(path(), clock_));
}

/// The first program kept the index beside the log, in one store.
TEST(OneStoreTest, IsTakenOver) {
  const tests::TempFolder folder;
  fs::copy(tests::source_dir() + "/tests/golden/one_store", folder.path(),
           fs::copy_options::recursive);
  const tests::ManualClock clock(1'000'000);
  DatabaseOptions reading;
  reading.read_only = true;
  const auto refused = Database::open(folder.path(), reading, clock);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  for (int i = 0; i < 2; ++i) {
    const auto database = opened(folder.path(), clock);
    ASSERT_NE(database, nullptr);
    EXPECT_EQ(database->statistics().last_seq.raw, 139U);
    expect_whole(*database);
  }
  EXPECT_TRUE(Database::open(folder.path(), reading, clock));
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder.path() + "/data")) {
    if (entry.path().extension() == ".sst") ++files;
  }
  EXPECT_EQ(files, 1U) << "that of the log";
}

TEST_F(HalfIndexTest, ADamagedFileIsMadeAnewAndOneOfTheLogIsNot) {
  const auto files = sorted_files(path());
  ASSERT_GT(files.size(), 5U);
  int refused = 0;
  for (const fs::path& file : files) {
    const tests::TempFolder copy;
    fs::copy(path(), copy.path(), fs::copy_options::recursive);
    {
      std::fstream damaged(fs::path(copy.path()) / file,
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

/// What may happen to a file as a whole.
void lose(const fs::path& file) { fs::remove(file); }
void truncate(const fs::path& file) { fs::resize_file(file, fs::file_size(file) / 2); }
void empty(const fs::path& file) { fs::resize_file(file, 0); }

TEST_F(HalfIndexTest, AFileThatIsMissingIsMadeAnewAndOneOfTheLogIsNot) {
  const auto files = sorted_files(path());
  ASSERT_GT(files.size(), 5U);
  int refused = 0;
  for (const auto& harm : {lose, truncate, empty}) {
    for (const fs::path& file : files) {
      const tests::TempFolder copy;
      fs::copy(path(), copy.path(), fs::copy_options::recursive);
      const fs::path lost = fs::path(copy.path()) / file;
      harm(lost);
      DatabaseOptions options;
      options.read_only = true;
      const auto beside = Database::open(copy.path(), options, clock_);
      ASSERT_FALSE(beside) << file;
      const auto database = Database::open(copy.path(), {}, clock_);
      if (beside.error().code == ErrorCode::kUnsupported) {
        ASSERT_TRUE(database) << format_error(database.error());
        expect_whole(**database);
        expect_same(**database);
        continue;
      }
      // Of the log: it is left as it is.
      ++refused;
      EXPECT_EQ(beside.error().code, ErrorCode::kCorruption);
      ASSERT_FALSE(database);
      EXPECT_EQ(database.error().code, ErrorCode::kCorruption);
      EXPECT_TRUE(is_of_log(file)) << file;
      EXPECT_EQ(database.error().place.file, copy.path());
    }
  }
  EXPECT_EQ(refused, 3);
}

TEST_F(HalfIndexTest, AnOpeningThatIsStoppedIsTakenUpByTheNext) {
  StopFlag stop;
  stop.request();
  DatabaseOptions options;
  options.stop = &stop;
  EXPECT_TRUE(Database::open(path(), options, clock_)) << "there was nothing to do";
  for (const fs::path& file : sorted_files(path())) {
    const tests::TempFolder copy;
    fs::copy(path(), copy.path(), fs::copy_options::recursive);
    lose(fs::path(copy.path()) / file);
    const auto stopped = Database::open(copy.path(), options, clock_);
    ASSERT_FALSE(stopped);
    if (is_of_log(file)) continue;
    EXPECT_EQ(stopped.error().code, ErrorCode::kInterrupted);
    DatabaseOptions reading;
    reading.read_only = true;
    const auto refused = Database::open(copy.path(), reading, clock_);
    ASSERT_FALSE(refused) << file;
    EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
    expect_whole(*opened(copy.path(), clock_));
    EXPECT_TRUE(Database::open(copy.path(), reading, clock_));
    return;
  }
  ADD_FAILURE() << "there is no file of the index";
}

TEST_F(HalfIndexTest, WhatIsInTheWriteAheadLogComesThroughTheLossOfAFile) {
  const tests::TempFolder crashed;
  {
    const auto writer = opened(path(), clock_);
    auto builder = writer->begin().value();
    add_event(*builder, kEvents);
    ASSERT_TRUE(writer->commit(std::move(builder)));
    copy_as_after_a_crash(crashed.path());
  }
  int mended = 0;
  for (const fs::path& file : sorted_files(crashed.path())) {
    const tests::TempFolder copy;
    fs::copy(crashed.path(), copy.path(), fs::copy_options::recursive);
    fs::remove(fs::path(copy.path()) / file);
    const auto database = Database::open(copy.path(), {}, clock_);
    if (!database) {
      EXPECT_EQ(database.error().code, ErrorCode::kCorruption);
      continue;
    }
    EXPECT_EQ((*database)->statistics().last_seq.raw, kDefinitions + kEvents + 1) << file;
    expect_same(**database);
    ++mended;
  }
  EXPECT_GT(mended, 5);
}

TEST_F(HalfIndexTest, ADamagedWriteAheadLogIsNotMendedBesideALostFile) {
  const tests::TempFolder crashed;
  {
    const auto writer = opened(path(), clock_);
    for (std::size_t i = kEvents; i < kEvents + 10; ++i) {
      auto builder = writer->begin().value();
      add_event(*builder, i);
      ASSERT_TRUE(writer->commit(std::move(builder)));
    }
    copy_as_after_a_crash(crashed.path());
  }
  int damaged = 0;
  for (const auto& entry : fs::directory_iterator(crashed.path() + "/data")) {
    if (entry.path().extension() != ".log" || entry.file_size() < 1'000) continue;
    std::fstream wal(entry.path(), std::ios::binary | std::ios::in | std::ios::out);
    wal.seekp(400);
    wal.write("\xff\xff\xff", 3);
    ++damaged;
  }
  ASSERT_EQ(damaged, 1);
  for (const fs::path& file : sorted_files(crashed.path())) {
    const tests::TempFolder copy;
    fs::copy(crashed.path(), copy.path(), fs::copy_options::recursive);
    fs::remove(fs::path(copy.path()) / file);
    for (int i = 0; i < 2; ++i) {
      const auto database = Database::open(copy.path(), {}, clock_);
      ASSERT_FALSE(database) << file;
      EXPECT_EQ(database.error().code, ErrorCode::kCorruption);
    }
  }
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
