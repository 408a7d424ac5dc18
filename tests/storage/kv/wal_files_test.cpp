// That a sync reaches the files that RocksDB writes, and that nobody sees what it has not reached:
// fdatasync() and fsync() of this program say what they were called for, and do it.

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include <gtest/gtest.h>

#include "storage/database.h"
#include "storage/kv/ingestion.h"
#include "storage/kv/key_value_store.h"
#include "tests/storage/projection/load_events.h"
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

  void write(const std::string& key) {
    WriteBatch batch;
    batch.put(Family::kLog, key, "value");
    ASSERT_TRUE(store_->write(batch, Durability::kRelaxed));
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
