// That a sync reaches the files that RocksDB writes, and that nobody sees what it has not reached:
// fdatasync() and fsync() of this program say what they were called for, and do it. And that what
// fills the last page of a log is not read as part of it.

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "storage/database.h"
#include "storage/kv/ingestion.h"
#include "storage/kv/key_value_store.h"
#include "tests/storage/projection/load_events.h"
#include "tests/support/environment.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

/// The inodes that were synced while it lives, each with its size at that time.
class SyncWatch {
 public:
  /// Calls `before` before each sync.
  explicit SyncWatch(std::function<void()> before = {}) : before_(std::move(before)) {
    current_ = this;
  }
  ~SyncWatch() { current_ = nullptr; }
  SyncWatch(const SyncWatch&) = delete;
  SyncWatch& operator=(const SyncWatch&) = delete;

  static void note(int file) {
    SyncWatch* const watch = current_;
    struct stat status {};
    if (watch == nullptr || ::fstat(file, &status) != 0) return;
    if (watch->before_) watch->before_();
    const std::lock_guard lock(watch->mutex_);
    watch->sizes_[status.st_ino] = status.st_size;
  }

  /// The size of the file when it was last synced; -1 if it was not.
  off_t synced_size(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    const std::lock_guard lock(mutex_);
    const auto found = sizes_.find(status.st_ino);
    return found == sizes_.end() ? -1 : found->second;
  }

 private:
  static inline std::atomic<SyncWatch*> current_{nullptr};
  const std::function<void()> before_;
  std::mutex mutex_;
  std::map<ino_t, off_t> sizes_;
};

class WalFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    StoreOptions options;
    options.part = StorePart::kLog;
    auto opened = open_rocks_store(folder_.path(), options);
    ASSERT_TRUE(opened) << format_error(opened.error());
    store_ = std::move(*opened);
  }

  void write(const std::string& key, const std::string& value = "value") {
    WriteBatch batch;
    batch.put(Family::kLog, key, value);
    ASSERT_TRUE(store_->write(batch, Durability::kRelaxed));
  }
  /// What is found of the log by whoever opens it after this process was killed now, for writing
  /// or for reading only.
  std::map<std::string, std::string> rows_after_a_kill(bool read_only) const {
    const tests::TempFolder after;
    std::filesystem::copy(folder_.path(), after.path(), std::filesystem::copy_options::recursive);
    return rows(after.path(), read_only);
  }
  static std::map<std::string, std::string> rows(const std::string& path, bool read_only) {
    std::map<std::string, std::string> found;
    StoreOptions options;
    options.part = StorePart::kLog;
    options.read_only = read_only;
    const auto opened = open_rocks_store(path, options);
    EXPECT_TRUE(opened) << format_error(opened.error());
    if (!opened) return found;
    const auto all = (*opened)->iterate(Family::kLog, {}, {});
    for (; all->valid(); all->next()) found.emplace(all->key(), all->value());
    EXPECT_TRUE(all->status());
    return found;
  }
  /// Of RocksDB, oldest first.
  std::set<std::string> logs() const {
    std::set<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (entry.path().extension() == ".log") found.insert(entry.path().string());
    }
    return found;
  }

  const tests::TempFolder folder_;
  std::unique_ptr<KeyValueStore> store_;
};

TEST_F(WalFilesTest, WhatWasWrittenIsSynced) {
  for (int i = 0; i < 5; ++i) {
    write(std::to_string(i));
    const std::string log = *logs().rbegin();
    SyncWatch watch;
    ASSERT_TRUE(store_->sync());
    EXPECT_GT(watch.synced_size(log), 0);
    EXPECT_EQ(watch.synced_size(log), static_cast<off_t>(std::filesystem::file_size(log)));
    // The next write goes to a new log.
    if (i % 2 == 1) {
      ASSERT_TRUE(store_->flush());
    }
  }
}

TEST_F(WalFilesTest, ANewLogIsSyncedWithTheNameThatItHas) {
  write("a");
  const std::string folder = std::filesystem::path(*logs().rbegin()).parent_path().string();
  {
    SyncWatch watch;
    ASSERT_TRUE(store_->sync());
    EXPECT_NE(watch.synced_size(folder), -1);
  }
  write("b");
  SyncWatch watch;
  ASSERT_TRUE(store_->sync());
  EXPECT_EQ(watch.synced_size(folder), -1) << "it has its name already";
}

TEST_F(WalFilesTest, LogsThatAreNoLongerWrittenAreLetGo) {
  for (int i = 0; i < 6; ++i) {
    write(std::to_string(i));
    ASSERT_TRUE(store_->sync());
    ASSERT_TRUE(store_->flush());
  }
  write("last");
  ASSERT_TRUE(store_->sync());
  std::size_t open_logs = 0;
  for (const auto& file : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const std::string path = std::filesystem::read_symlink(file.path(), gone).string();
    if (path.starts_with(folder_.path()) && path.find(".log") != std::string::npos) ++open_logs;
  }
  EXPECT_LE(open_logs, 2 * logs().size()) << "RocksDB's and ours";
  EXPECT_GT(open_logs, 0U);
}

/// So that the next ones need not sync how long it is.
TEST_F(WalFilesTest, SettingsAreNotWrittenToFiles) {
  write("a");
  ASSERT_TRUE(store_->flush());
  ASSERT_TRUE(store_->clear(Family::kLog));
  store_.reset();
  SetUp();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
    EXPECT_EQ(entry.path().filename().string().find("OPTIONS"), std::string::npos) << entry.path();
  }
}

TEST_F(WalFilesTest, AFolderMayBeCalledLikeAFileOfSettings) {
  const std::string path = folder_.file("OPTIONS-000007");
  const auto opened = open_rocks_store(path, {.part = StorePart::kLog});
  EXPECT_TRUE(opened) << format_error(opened.error());
}

TEST_F(WalFilesTest, ASyncFillsTheLastPage) {
  write("first");
  ASSERT_TRUE(store_->sync());
  const std::string log = *logs().rbegin();
  const auto filled = std::filesystem::file_size(log);
  EXPECT_EQ(filled % 4'096, 0U);
  for (int i = 0; i < 5; ++i) {
    write(std::to_string(i));
    ASSERT_TRUE(store_->sync());
    EXPECT_EQ(std::filesystem::file_size(log), filled);
  }
  write("large", std::string(5'000, 'x'));
  ASSERT_TRUE(store_->sync());
  EXPECT_EQ(std::filesystem::file_size(log), filled + 4'096);
}

TEST_F(WalFilesTest, WhatFillsAPageIsNotRead) {
  std::mt19937_64 random(tests::number_in_environment("ANNALS_TEST_SEED", std::random_device()()));
  std::map<std::string, std::string> written;
  for (int i = 0; i < 60; ++i) {
    // Of zeros as well, and up to the end of a page or beyond it.
    const std::string key = std::to_string(i);
    const std::string value(random() % (i % 3 == 0 ? 9'000 : 300), i % 2 == 0 ? '\0' : 'x');
    write(key, value);
    written.emplace(key, value);
    if (random() % 2 == 0) {
      ASSERT_TRUE(store_->sync());
    }
    if (i % 4 != 0) continue;
    EXPECT_EQ(rows_after_a_kill(false), written);
    EXPECT_EQ(rows_after_a_kill(true), written);
    EXPECT_EQ(rows(folder_.path(), true), written) << "beside the writer";
  }
}

/// Whoever syncs fills the page while others write.
TEST_F(WalFilesTest, FillingAPageTakesNothingFromOtherWriters) {
  constexpr int kWrites = 3'000;
  std::atomic<bool> ended{false};
  std::thread syncing([&] {
    while (!ended) EXPECT_TRUE(store_->sync());
  });
  for (int i = 0; i < kWrites; ++i) write(std::to_string(i));
  ended = true;
  syncing.join();
  EXPECT_EQ(rows_after_a_kill(false).size(), static_cast<std::size_t>(kWrites));
}

/// What a load is built on must not be lost when the load is not.
TEST(IngestionSyncTest, WhatWasWrittenBeforeIsDurableBeforeAnIngestionIs) {
  const tests::TempFolder folder;
  const auto store = open_rocks_store(folder.path(), StoreOptions()).value();
  WriteBatch before;
  before.put(Family::kOut, "before", "value");
  ASSERT_TRUE(store->write(before, Durability::kRelaxed));
  std::string log;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path() + "/index")) {
    if (entry.path().extension() == ".log") log = entry.path().string();
  }
  ASSERT_NE(log, "");
  const off_t written = static_cast<off_t>(std::filesystem::file_size(log));
  auto ingestion = store->start_ingestion().value();
  WriteBatch rows;
  rows.put(Family::kIn, "row", "value");
  ASSERT_TRUE(ingestion->add(std::move(rows)));
  SyncWatch watch;
  ASSERT_TRUE(ingestion->finish());
  EXPECT_EQ(watch.synced_size(log), written);
}

/// Not even when the index knows it and the next writer goes on.
TEST(CommitSyncTest, WhatIsNotDurableIsNotSeen) {
  const tests::TempFolder folder;
  tests::ManualClock clock;
  const auto database = opened(folder.path(), clock);
  define(*database);
  const Seq before = database->snapshot()->last_seq();
  std::size_t syncs = 0;
  {
    const SyncWatch watch([&] {
      ++syncs;
      const auto next = database->begin();
      ASSERT_TRUE(next);
      EXPECT_EQ(database->snapshot()->last_seq(), before);
    });
    auto builder = database->begin().value();
    add_event(*builder, 0);
    ASSERT_TRUE(database->commit(std::move(builder)));
  }
  EXPECT_GT(syncs, 0U);
  EXPECT_EQ(database->snapshot()->last_seq().raw, before.raw + 1);
}

}  // namespace
}  // namespace annals::storage

// They take the place of the C library's.
extern "C" {
int fdatasync(int file) {
  annals::storage::SyncWatch::note(file);
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}
int fsync(int file) {
  annals::storage::SyncWatch::note(file);
  return static_cast<int>(::syscall(SYS_fsync, file));
}
}
