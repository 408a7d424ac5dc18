// A power cut takes the ends of the write-ahead logs, of the one that was waited for and of the one
// that was not, wherever they were: what was acknowledged is missed if it is gone, and the index is
// brought to where the log is. (A process that is killed loses nothing: load_crash_test.cpp.)

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "storage/database.h"
#include "storage/event_log/log_format.h"
#include "storage/kv/key_value_store.h"
#include "storage/log_anchor.h"
#include "tests/storage/projection/load_events.h"
#include "tests/support/manual_clock.h"
#include "tests/support/small_blocks.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

namespace fs = std::filesystem;

/// The newest of RocksDB's in a folder of the database.
std::string write_ahead_log(const std::string& folder) {
  std::string last;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".log") last = std::max(last, entry.path().string());
  }
  EXPECT_NE(last, "");
  return last;
}

/// What is behind a cut of the log that is waited for: nothing, or what its last page had been
/// filled with.
enum class After : std::uint8_t { kNothing, kZeros };

/// A database that is open, with a few commits in its write-ahead logs. Cuts are of copies.
class PowerCutTest : public testing::TestWithParam<After> {
 protected:
  /// One of the two write-ahead logs, and where in it the commits stand.
  struct Log {
    std::string name;  // below the database's folder
    std::uintmax_t begin = 0;
    std::uintmax_t last_begin = 0;  // of the last commit
    std::uintmax_t end = 0;

    /// The length that is left after `cut` of kCuts.
    std::uintmax_t left(std::uintmax_t cut) const { return begin + (end - begin) * cut / kCuts; }
  };
  static constexpr std::uintmax_t kCuts = 24;
  static constexpr std::uint64_t kCommits = 3;

  PowerCutTest() : database_(opened(folder_.path(), clock_)) {
    define(*database_);
    for (Log* log : {&log_, &index_}) log->begin = written_size(*log);
    for (std::size_t i = 0; i < kCommits; ++i) {
      auto builder = database_->begin().value();
      add_event(*builder, i);
      for (Log* log : {&log_, &index_}) log->last_begin = written_size(*log);
      EXPECT_TRUE(database_->commit(std::move(builder)));
    }
    for (Log* log : {&log_, &index_}) log->end = written_size(*log);
  }

  std::string path_of(Log& log) const {
    const std::string folder = folder_.path() + (&log == &log_ ? "/data" : "/index");
    const std::string path = write_ahead_log(folder);
    log.name = path.substr(folder_.path().size());
    return path;
  }

  /// Zeros fill the last page of the one that is waited for.
  std::uintmax_t written_size(Log& log) const {
    const std::string path = path_of(log);
    if (&log == &index_) return fs::file_size(path);
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    return bytes.find_last_not_of('\0') + 1;
  }

  /// Of the database, with both logs cut.
  void copy_cut(const std::string& to, std::uintmax_t log_cut, std::uintmax_t index_cut) const {
    fs::copy(folder_.path(), to, fs::copy_options::recursive);
    cut(to, log_.left(log_cut), index_.left(index_cut));
  }
  void cut(const std::string& to, std::uintmax_t left, std::uintmax_t index_left) const {
    fs::resize_file(to + log_.name, left);
    constexpr std::uintmax_t kPage = 4'096;
    if (GetParam() == After::kZeros) {
      fs::resize_file(to + log_.name, (left + kPage - 1) / kPage * kPage);
    }
    fs::resize_file(to + index_.name, index_left);
  }

  Result<std::unique_ptr<Database>> reader(const std::string& path) const {
    DatabaseOptions options = tests::with_small_blocks();
    options.read_only = true;  // which does not bring the index up to the log
    return Database::open(path, options, clock_);
  }

  /// The index is what the log tells, whoever opens it for writing.
  void expect_mended(const std::string& path, std::uint64_t events) const {
    const auto again = opened(path, clock_);
    ASSERT_NE(again, nullptr);
    EXPECT_EQ(again->statistics().last_seq.raw, events);
    EXPECT_EQ(again->statistics().graph.events, events);
    expect_whole(*again);
  }

  const tests::ManualClock clock_{1'000'000};
  const tests::TempFolder folder_;
  Log log_;
  Log index_;
  const std::unique_ptr<Database> database_;
};

TEST_P(PowerCutTest, TheIndexMayBeBehindTheLog) {
  std::size_t behind = 0;
  for (std::uintmax_t cut = 0; cut <= kCuts; ++cut) {
    SCOPED_TRACE(cut);
    const tests::TempFolder after;
    copy_cut(after.path(), kCuts, cut);
    std::uint64_t events = 0;
    {
      const auto seen = reader(after.path());
      ASSERT_TRUE(seen) << format_error(seen.error());
      events = (*seen)->verify_log(StopFlag())->events;
      EXPECT_EQ(events, kDefinitions + kCommits);
      if ((*seen)->statistics().graph.events < events) ++behind;
    }
    expect_mended(after.path(), events);
  }
  EXPECT_GT(behind, kCuts / 2);
}

/// The index has heard of all but the last commit that they were on disk, and perhaps of that.
TEST_P(PowerCutTest, ALogThatHasLostWhatWasAcknowledgedIsMissed) {
  std::size_t missed = 0;
  for (std::uintmax_t cut = 0; cut < kCuts; ++cut) {
    SCOPED_TRACE(cut);
    const tests::TempFolder after;
    copy_cut(after.path(), cut, kCuts);
    const auto seen = reader(after.path());
    ASSERT_FALSE(seen);
    if (seen.error().code == ErrorCode::kCorruption) {
      ++missed;
      EXPECT_EQ(Database::open(after.path(), {}, clock_).error().code, ErrorCode::kCorruption);
      continue;
    }
    EXPECT_EQ(seen.error().code, ErrorCode::kUnsupported);
    expect_mended(after.path(), kDefinitions + kCommits - 1);
  }
  EXPECT_GT(missed, kCuts / 2);
}

TEST_P(PowerCutTest, WhatIsLeftOfACommitThatNobodyWasToldOfIsNoDamage) {
  for (std::uintmax_t left = log_.last_begin; left < log_.end; left += 31) {
    SCOPED_TRACE(left);
    const tests::TempFolder after;
    fs::copy(folder_.path(), after.path(), fs::copy_options::recursive);
    cut(after.path(), left, index_.last_begin);
    {
      const auto seen = reader(after.path());
      ASSERT_TRUE(seen) << format_error(seen.error());
      EXPECT_EQ((*seen)->statistics().last_seq.raw, kDefinitions + kCommits - 1);
    }
    expect_mended(after.path(), kDefinitions + kCommits - 1);
  }
}

/// A power cut may take a commit that nobody was told of from the log, and leave it in the index.
TEST_P(PowerCutTest, AnIndexThatIsAheadOfTheLogIsMadeAnew) {
  const Seq last(kDefinitions + kCommits);
  for (const bool is_missed : {false, true}) {
    SCOPED_TRACE(is_missed);
    const tests::TempFolder after;
    copy_cut(after.path(), kCuts, kCuts);
    {
      StoreOptions options;
      options.part = StorePart::kLog;
      const auto store = open_rocks_store(after.path(), options).value();
      const auto index = open_rocks_store(after.path(), {}).value();
      WriteBatch known;
      WriteBatch lost;
      lost.erase(Family::kLog, commit_key(last));
      const auto take_last = [&] { ASSERT_TRUE(store->write(lost, Durability::kSynced)); };
      if (!is_missed) take_last();
      LogAnchor().note(*EventLog::open(*store, clock_).value(), known);
      if (is_missed) take_last();
      ASSERT_TRUE(index->write(known, Durability::kSynced));
    }
    const auto seen = reader(after.path());
    ASSERT_FALSE(seen);
    EXPECT_EQ(seen.error().code, is_missed ? ErrorCode::kCorruption : ErrorCode::kUnsupported);
    if (!is_missed) expect_mended(after.path(), last.raw - 1);
  }
}

TEST_P(PowerCutTest, AfterBothAreCutTheIndexIsThatOfTheLog) {
  std::size_t opened_again = 0;
  for (std::uintmax_t log_cut = 0; log_cut <= kCuts; log_cut += 4) {
    for (std::uintmax_t index_cut = 0; index_cut <= kCuts; index_cut += 4) {
      SCOPED_TRACE(testing::Message() << log_cut << " " << index_cut);
      const tests::TempFolder after;
      copy_cut(after.path(), log_cut, index_cut);
      const auto database = Database::open(after.path(), tests::with_small_blocks(), clock_);
      if (!database) {
        EXPECT_EQ(database.error().code, ErrorCode::kCorruption);
        EXPECT_LT(log_cut, kCuts);
        continue;
      }
      ++opened_again;
      EXPECT_EQ((*database)->statistics().unindexed, 0U);
      expect_whole(**database);
    }
  }
  EXPECT_GT(opened_again, 0U);
}

TEST_P(PowerCutTest, AWriteAheadLogThatIsDeletedIsMissed) {
  const tests::TempFolder after;
  fs::copy(folder_.path(), after.path(), fs::copy_options::recursive);
  fs::remove(after.path() + log_.name);
  const auto database = Database::open(after.path(), {}, clock_);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, ErrorCode::kCorruption);
}

/// What a database that was closed says of its log is exact.
TEST_P(PowerCutTest, AfterAClosingTheIndexKnowsAllOfTheLog) {
  const tests::TempFolder shorter;
  const tests::TempFolder whole;
  {
    const auto writer = opened(whole.path(), clock_);
    define(*writer);
  }
  fs::copy(whole.path() + "/data", shorter.path(), fs::copy_options::recursive);
  {
    const auto writer = opened(whole.path(), clock_);
    auto builder = writer->begin().value();
    add_event(*builder, 0);
    ASSERT_TRUE(writer->commit(std::move(builder)));
  }
  fs::remove_all(whole.path() + "/data");
  fs::copy(shorter.path(), whole.path() + "/data", fs::copy_options::recursive);
  const auto database = Database::open(whole.path(), {}, clock_);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, ErrorCode::kCorruption);
}

INSTANTIATE_TEST_SUITE_P(All, PowerCutTest, testing::Values(After::kNothing, After::kZeros));

}  // namespace
}  // namespace annals::storage
