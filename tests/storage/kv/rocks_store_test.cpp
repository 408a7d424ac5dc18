// What RocksDB and its folder do beyond what every store does: locks, strangers' folders, damage,
// and the first failed write.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/kv/key_value_store.h"
#include "storage/kv/store_folder.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using tests::TempFolder;

const StoreOptions kLog{.part = StorePart::kLog};
const StoreOptions kLogReading{.part = StorePart::kLog, .read_only = true};
const StoreOptions kIndex{.part = StorePart::kIndex};

std::unique_ptr<KeyValueStore> opened(const std::string& path, const StoreOptions& options = kLog) {
  auto store = open_rocks_store(path, options);
  EXPECT_TRUE(store) << (store ? "" : format_error(store.error()));
  return store ? std::move(*store) : nullptr;
}

/// The error of opening; fails the test if there is none.
Error refusal(const std::string& path, const StoreOptions& options = kLog) {
  auto store = open_rocks_store(path, options);
  EXPECT_FALSE(store);
  return store ? Error(ErrorCode::kInvalidArgument, "it opened") : std::move(store).error();
}

void write_file(const fs::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

WriteBatch one_row(std::string_view key, std::string_view value, Family family = Family::kLog) {
  WriteBatch batch;
  batch.put(family, key, value);
  return batch;
}

std::string value_of(const KeyValueStore& store, std::string_view key,
                     Family family = Family::kLog) {
  std::string value;
  const Result<bool> found = store.get(family, key, value);
  EXPECT_TRUE(found && *found) << key;
  return value;
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 0777;
}

// --- Folders -------------------------------------------------------------------------------------

TEST(RocksStoreTest, ANewFolderBelongsToItsOwnerOnly) {
  const TempFolder folder;
  const std::string path = folder.file("new/database");
  opened(path);
  EXPECT_EQ(mode_of(path), 0700u);
  EXPECT_EQ(mode_of(data_folder(path)), 0700u);
  EXPECT_EQ(read_file(path + "/ANNALS"), "annals database, folder format 1\n");
}

TEST(RocksStoreTest, AnEmptyFolderIsTaken) {
  const TempFolder folder;
  fs::create_directories(folder.path());
  ASSERT_TRUE(opened(folder.path()));
  EXPECT_EQ(mode_of(folder.path()), 0700u);
}

TEST(RocksStoreTest, AMissingFolderIsNotFoundUnlessItMayBeCreated) {
  const TempFolder folder;
  EXPECT_EQ(refusal(folder.path(), {.part = StorePart::kLog, .create_if_missing = false}).code,
            ErrorCode::kNotFound);
  EXPECT_EQ(refusal(folder.path(), kLogReading).code, ErrorCode::kNotFound);
  EXPECT_FALSE(fs::exists(folder.path()));
}

TEST(RocksStoreTest, AFolderOfSomethingElseIsLeftAlone) {
  const TempFolder folder;
  fs::create_directories(folder.path());
  write_file(folder.file("letter.txt"), "Dear friends");
  const Error error = refusal(folder.path());
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.place.file, folder.path());
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST(RocksStoreTest, AForeignRocksDbIsLeftAlone) {
  const TempFolder folder;
  ASSERT_TRUE(opened(folder.path()));
  EXPECT_EQ(refusal(data_folder(folder.path())).code, ErrorCode::kInvalidArgument);
}

TEST(RocksStoreTest, AFileIsNoDatabase) {
  const TempFolder folder;
  fs::create_directories(folder.path());
  write_file(folder.file("file"), "text");
  EXPECT_EQ(refusal(folder.file("file")).code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(read_file(folder.file("file")), "text");
}

TEST(RocksStoreTest, ANewerFolderFormatIsRefusedWithBothVersions) {
  const TempFolder folder;
  ASSERT_TRUE(opened(folder.path()));
  write_file(folder.file("ANNALS"), "annals database, folder format 2\n");
  const Error error = refusal(folder.path());
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_THAT(error.message, HasSubstr("format 2"));
  EXPECT_THAT(error.message, HasSubstr("up to 1"));
  write_file(folder.file("ANNALS"), "annals database, folder format x\n");
  EXPECT_EQ(refusal(folder.path()).code, ErrorCode::kInvalidArgument);
}

TEST(RocksStoreTest, ALostRootFileIsNotTakenForANewDatabase) {
  const TempFolder folder;
  ASSERT_TRUE(opened(folder.path())->write(one_row("a", "1"), Durability::kSynced));
  fs::remove(data_folder(folder.path()) + "/CURRENT");
  EXPECT_EQ(refusal(folder.path()).code, ErrorCode::kCorruption);
}

TEST(RocksStoreTest, ACreationCutShortIsTakenUp) {
  const TempFolder folder;
  ASSERT_TRUE(prepare_folder(folder.path()));
  ASSERT_TRUE(opened(folder.path()));
}

TEST(RocksStoreTest, AFolderThatGotNoMarkerIsTakenUp) {
  for (const bool has_draft : {false, true}) {
    const TempFolder folder;
    fs::create_directories(data_folder(folder.path()));
    if (has_draft) write_file(folder.file("ANNALS.new"), "annals data");
    EXPECT_EQ(refusal(folder.path(), kLogReading).code, ErrorCode::kNotFound);
    ASSERT_TRUE(opened(folder.path()));
    EXPECT_EQ(read_file(folder.file("ANNALS")), "annals database, folder format 1\n");
  }
  const TempFolder other;
  fs::create_directories(data_folder(other.path()));
  write_file(data_folder(other.path()) + "/letter.txt", "Dear friends");
  EXPECT_EQ(refusal(other.path()).code, ErrorCode::kInvalidArgument);
}

TEST(RocksStoreTest, FilesOfAnIngestionThatDiedAreDeleted) {
  const TempFolder folder;
  ASSERT_TRUE(opened(folder.path()));
  fs::create_directories(folder.file("ingest-7"));
  write_file(folder.file("ingest-7/out-0.sst"), "half a file");
  opened(folder.path(), kLogReading);
  EXPECT_TRUE(fs::exists(folder.file("ingest-7")));
  ASSERT_TRUE(opened(folder.path(), kIndex));
  EXPECT_FALSE(fs::exists(folder.file("ingest-7")));
}

TEST(RocksStoreTest, AnIngestionLeavesNoFolderBehind) {
  const TempFolder folder;
  const auto store = opened(folder.path(), kIndex);
  WriteBatch batch;
  for (int i = 0; i < 5'000; ++i) batch.put(Family::kOut, std::to_string(i), "value");
  ASSERT_TRUE(store->ingest(std::move(batch)));
  EXPECT_EQ(value_of(*store, "4999", Family::kOut), "value");
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    EXPECT_THAT(entry.path().filename().string(),
                testing::AnyOf("ANNALS", "LOG.index", "data", "index"));
  }
}

// --- Locks ---------------------------------------------------------------------------------------

TEST(RocksStoreTest, OneProcessOpensItOnce) {
  const TempFolder folder;
  const auto store = opened(folder.path());
  const Error error = refusal(folder.path());
  EXPECT_EQ(error.code, ErrorCode::kConflict);
  EXPECT_THAT(error.message, HasSubstr("open in this process"));
  EXPECT_FALSE(error.hint.empty());
}

/// Another process that has a file locked, as RocksDB would have. RocksDB itself cannot run in a
/// child of a process that has threads.
class LockHolder {
 public:
  explicit LockHolder(const std::string& file) {
    int ready[2];
    EXPECT_EQ(::pipe(ready), 0);
    child_ = ::fork();
    EXPECT_GE(child_, 0);
    if (child_ == 0) {
      const int fd = ::open(file.c_str(), O_RDWR);
      struct flock lock {};
      lock.l_type = F_WRLCK;
      lock.l_whence = SEEK_SET;
      const char result = ::fcntl(fd, F_SETLK, &lock) == 0 ? 'y' : 'n';
      if (::write(ready[1], &result, 1) == 1) ::pause();
      ::_exit(0);
    }
    char result = 'n';
    EXPECT_EQ(::read(ready[0], &result, 1), 1);
    EXPECT_EQ(result, 'y');
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ~LockHolder() {
    if (child_ <= 0) return;  // kill() takes -1 for everyone
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  LockHolder(const LockHolder&) = delete;
  LockHolder& operator=(const LockHolder&) = delete;

 private:
  pid_t child_ = 0;
};

TEST(RocksStoreTest, ASecondProcessIsToldSo) {
  const TempFolder folder;
  ASSERT_TRUE(opened(folder.path()));
  const LockHolder holder(data_folder(folder.path()) + "/LOCK");
  const Error error = refusal(folder.path());
  EXPECT_EQ(error.code, ErrorCode::kConflict);
  EXPECT_THAT(error.message, HasSubstr("open in another process"));
  EXPECT_THAT(error.hint, HasSubstr("reading only"));
  ASSERT_TRUE(opened(folder.path(), kLogReading));
}

TEST(RocksStoreTest, AReaderBesideAWriterSeesWhatWasWrittenAndWritesNothing) {
  const TempFolder folder;
  const auto writer = opened(folder.path());
  ASSERT_TRUE(writer->write(one_row("a", "1"), Durability::kSynced));
  const auto reader = opened(folder.path(), kLogReading);
  EXPECT_EQ(value_of(*reader, "a"), "1");
  const auto snapshot = reader->snapshot();
  const auto iterator = reader->iterate(Family::kLog, {}, {}, snapshot.get());
  EXPECT_TRUE(iterator->valid());
  for (const Status& status :
       {reader->write(one_row("b", "2"), Durability::kSynced), reader->sync(), reader->flush(),
        reader->clear(Family::kLog), reader->ingest(one_row("c", "3"))}) {
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
  }
}

// --- Clearing ------------------------------------------------------------------------------------

TEST(RocksStoreTest, AnIteratorOutlivesTheClearingOfItsFamily) {
  const TempFolder folder;
  const auto store = opened(folder.path(), kIndex);
  WriteBatch batch;
  for (int i = 0; i < 100; ++i) batch.put(Family::kOut, std::to_string(i), "value");
  ASSERT_TRUE(store->write(batch, Durability::kRelaxed));
  const auto iterator = store->iterate(Family::kOut, {}, {});
  ASSERT_TRUE(store->clear(Family::kOut));
  int rows = 0;
  for (; iterator->valid(); iterator->next()) ++rows;
  EXPECT_EQ(rows, 100);
  EXPECT_FALSE(store->iterate(Family::kOut, {}, {})->valid());
  ASSERT_TRUE(store->write(one_row("new", "1", Family::kOut), Durability::kRelaxed));
  EXPECT_EQ(value_of(*store, "new", Family::kOut), "1");
}

// --- Damage and failure --------------------------------------------------------------------------

/// The only file in the folder with this extension that is not empty.
std::string only_file(const std::string& folder, const std::string& extension) {
  std::string found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != extension || entry.file_size() == 0) continue;
    EXPECT_EQ(found, "");
    found = entry.path();
  }
  return found;
}

void flip_bit(const std::string& path, std::size_t at) {
  std::string bytes = read_file(path);
  ASSERT_LT(at, bytes.size());
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  write_file(path, bytes);
}

TEST(RocksStoreTest, ADamagedSortedFileIsCorruptionWhenRead) {
  const TempFolder folder;
  ASSERT_TRUE(
      opened(folder.path())->write(one_row("key", std::string(1'000, 'v')), Durability::kSynced));
  flip_bit(only_file(data_folder(folder.path()), ".sst"), 10);
  auto store = open_rocks_store(folder.path(), kLog);
  if (!store) {
    EXPECT_EQ(store.error().code, ErrorCode::kCorruption);
    return;
  }
  std::string value;
  const Result<bool> found = (*store)->get(Family::kLog, "key", value);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kCorruption);
  const auto iterator = (*store)->iterate(Family::kLog, {}, {});
  EXPECT_FALSE(iterator->valid());
  ASSERT_FALSE(iterator->status());
  EXPECT_EQ(iterator->status().error().code, ErrorCode::kCorruption);
}

TEST(RocksStoreTest, DamageOfTheIndexSaysWhatMendsIt) {
  const TempFolder folder;
  ASSERT_TRUE(
      opened(folder.path(), kIndex)
          ->write(one_row("key", std::string(1'000, 'v'), Family::kOut), Durability::kSynced));
  flip_bit(only_file(index_folder(folder.path()), ".sst"), 10);
  const auto store = opened(folder.path(), kIndex);
  std::string value;
  const Result<bool> found = store->get(Family::kOut, "key", value);
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().hint, HasSubstr(".rebuild"));
  const Status walked = store->iterate(Family::kOut, {}, {})->status();
  ASSERT_FALSE(walked);
  EXPECT_THAT(walked.error().hint, HasSubstr(".rebuild"));
}

/// A copy of an open database's folder: what a crash leaves, with the write-ahead log not replayed.
void copy_as_after_a_crash(const std::string& from, const std::string& to) {
  fs::copy(from, to, fs::copy_options::recursive);
}

TEST(RocksStoreTest, WhatWasSyncedIsThereAfterACrash) {
  const TempFolder folder;
  const TempFolder crashed;
  const auto store = opened(folder.path());
  ASSERT_TRUE(store->write(one_row("relaxed", "1"), Durability::kRelaxed));
  ASSERT_TRUE(store->sync());
  ASSERT_TRUE(store->write(one_row("synced", "2"), Durability::kSynced));
  copy_as_after_a_crash(folder.path(), crashed.path());
  const auto again = opened(crashed.path());
  EXPECT_EQ(value_of(*again, "relaxed"), "1");
  EXPECT_EQ(value_of(*again, "synced"), "2");
}

TEST(RocksStoreTest, ADamagedWriteAheadLogIsNotTakenForItsEnd) {
  const TempFolder folder;
  const TempFolder crashed;
  const auto store = opened(folder.path());
  for (const char* key : {"a", "b", "c"}) {
    ASSERT_TRUE(store->write(one_row(key, std::string(100, 'v')), Durability::kSynced));
  }
  copy_as_after_a_crash(folder.path(), crashed.path());
  flip_bit(only_file(data_folder(crashed.path()), ".log"), 60);
  EXPECT_EQ(refusal(crashed.path()).code, ErrorCode::kCorruption);
}

TEST(RocksStoreTest, AfterTheFirstFailedWriteNothingIsWritten) {
  const TempFolder folder;
  auto store = opened(folder.path());
  ASSERT_TRUE(store->write(one_row("before", "1"), Durability::kSynced));
  {
    const tests::FileSizeLimit limit(4'096);
    const Status failed =
        store->write(one_row("too large", std::string(100'000, 'v')), Durability::kSynced);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::kIoError);
    EXPECT_THAT(failed.error().hint, HasSubstr("nothing acknowledged is lost"));
  }
  // The cause is gone; what is on disk is not known all the same.
  for (const Status& status :
       {store->write(one_row("after", "2"), Durability::kRelaxed), store->sync(), store->flush(),
        store->ingest(one_row("after", "2")), store->clear(Family::kLog)}) {
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kIoError);
    EXPECT_THAT(status.error().message, HasSubstr("an earlier write failed"));
  }
  EXPECT_EQ(value_of(*store, "before"), "1");
  store.reset();
  const auto again = opened(folder.path());
  EXPECT_EQ(value_of(*again, "before"), "1");
  ASSERT_TRUE(again->write(one_row("after", "2"), Durability::kSynced));
}

// --- Two parts -----------------------------------------------------------------------------------

TEST(RocksStoreTest, APartHasTheFamiliesThatAreItsOwn) {
  EXPECT_EQ(family_name(Family::kLog), "log");
  EXPECT_EQ(family_name(Family::kMeta), "meta");
  const TempFolder folder;
  const auto memory = make_store_memory(std::size_t{8} << 20);
  const auto log = opened(folder.path(), {.part = StorePart::kLog, .memory = memory});
  const auto index = opened(folder.path(), {.part = StorePart::kIndex, .memory = memory});
  ASSERT_TRUE(
      index->write(one_row("a", std::string(10'000, 'v'), Family::kOut), Durability::kRelaxed));
  ASSERT_EQ(log->statistics().size(), 1U);
  EXPECT_EQ(log->statistics()[0].name, "log");
  const auto statistics = index->statistics();
  ASSERT_EQ(statistics.size(), kFamilyCount - 1);
  EXPECT_EQ(statistics[0].name, "out");
  EXPECT_EQ(statistics[0].keys_estimate, 1u);
  EXPECT_GT(statistics[0].bytes_on_disk, 10'000u);
  EXPECT_EQ(mode_of(index_folder(folder.path())), 0700u);
}

TEST(RocksStoreTest, AnIndexCanBeThrownAwayAndTheLogStays) {
  const TempFolder folder;
  const auto log = opened(folder.path());
  ASSERT_TRUE(log->write(one_row("a", "1"), Durability::kSynced));
  ASSERT_TRUE(
      opened(folder.path(), kIndex)->write(one_row("b", "2", Family::kOut), Durability::kSynced));
  ASSERT_TRUE(remove_index(folder.path()));
  ASSERT_TRUE(remove_index(folder.path())) << "there is none any more";
  EXPECT_EQ(refusal(folder.path(), {.part = StorePart::kIndex, .read_only = true}).code,
            ErrorCode::kUnsupported);
  const auto index = opened(folder.path(), kIndex);
  EXPECT_FALSE(index->iterate(Family::kOut, {}, {})->valid());
  EXPECT_EQ(value_of(*log, "a"), "1");
}

TEST(RocksStoreTest, WhatIsLeftOfAnIndexWithoutItsRootIsDeleted) {
  const TempFolder folder;
  ASSERT_TRUE(
      opened(folder.path(), kIndex)->write(one_row("b", "2", Family::kOut), Durability::kSynced));
  fs::remove(index_folder(folder.path()) + "/CURRENT");
  EXPECT_FALSE(opened(folder.path(), kIndex)->iterate(Family::kOut, {}, {})->valid());
}

/// Nobody waited until it was on disk: a power cut leaves holes in it, and what is in front of the
/// first one can be used.
TEST(RocksStoreTest, AnIndexGoesAsFarAsItCanBeRead) {
  const TempFolder folder;
  const TempFolder crashed;
  const auto store = opened(folder.path(), kIndex);
  for (const char* key : {"a", "b", "c"}) {
    ASSERT_TRUE(
        store->write(one_row(key, std::string(100, 'v'), Family::kOut), Durability::kRelaxed));
  }
  copy_as_after_a_crash(folder.path(), crashed.path());
  flip_bit(only_file(index_folder(crashed.path()), ".log"), 200);
  const auto again = opened(crashed.path(), kIndex);
  const auto rows = again->iterate(Family::kOut, {}, {});
  ASSERT_TRUE(rows->valid());
  EXPECT_EQ(rows->key(), "a");
  rows->next();
  EXPECT_FALSE(rows->valid());
}

}  // namespace
}  // namespace annals::storage
