#include "storage/kv/open_parts.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "storage/kv/store_folder.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

namespace fs = std::filesystem;

StoreOptions of_log() { return {.part = StorePart::kLog}; }
StoreOptions of_index() { return {.part = StorePart::kIndex}; }

class OpenPartsTest : public testing::Test {
 protected:
  /// A database with a row in either part.
  OpenPartsTest() {
    auto log = open_rocks_store(path(), of_log());
    auto index = open_rocks_store(path(), of_index());
    if (!log || !index) throw std::runtime_error("there is no database to open");
    write(**log, Family::kLog);
    write(**index, Family::kOut);
  }

  std::string path() const { return folder_.path(); }
  static void write(KeyValueStore& store, Family family) {
    WriteBatch batch;
    batch.put(family, "key", "value");
    ASSERT_TRUE(store.write(batch, Durability::kSynced));
  }
  static bool has_row(const KeyValueStore& store, Family family) {
    std::string value;
    const Result<bool> found = store.get(family, "key", value);
    return found && *found && value == "value";
  }
  std::set<std::string> files_of_index() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(index_folder(path()))) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }

 private:
  const tests::TempFolder folder_;
};

TEST_F(OpenPartsTest, BothAreOpen) {
  const auto parts = open_parts(path(), of_log());
  ASSERT_TRUE(parts);
  EXPECT_TRUE(has_row(*parts->log, Family::kLog));
  ASSERT_TRUE(parts->index);
  EXPECT_TRUE(has_row(**parts->index, Family::kOut));
}

TEST_F(OpenPartsTest, WhoDoesNotGetTheLockLeavesTheIndexAlone) {
  const auto holder = open_rocks_store(path(), of_log());
  ASSERT_TRUE(holder);
  const std::set<std::string> before = files_of_index();
  const auto parts = open_parts(path(), of_log());
  ASSERT_FALSE(parts);
  EXPECT_EQ(parts.error().code, ErrorCode::kConflict);
  EXPECT_EQ(files_of_index(), before);
}

TEST_F(OpenPartsTest, AnIndexThatIsMissingIsNotMade) {
  fs::remove_all(index_folder(path()));
  const auto parts = open_parts(path(), of_log());
  ASSERT_TRUE(parts);
  EXPECT_TRUE(has_row(*parts->log, Family::kLog));
  ASSERT_FALSE(parts->index);
  EXPECT_EQ(parts->index.error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(fs::exists(index_folder(path())));
}

TEST_F(OpenPartsTest, AnIndexThatIsDamagedIsNoErrorOfTheLog) {
  std::ofstream(index_folder(path()) + "/CURRENT") << "no name of a manifest";
  const auto parts = open_parts(path(), of_log());
  ASSERT_TRUE(parts);
  EXPECT_TRUE(has_row(*parts->log, Family::kLog));
  ASSERT_FALSE(parts->index);
  EXPECT_EQ(parts->index.error().code, ErrorCode::kCorruption);
}

TEST_F(OpenPartsTest, ALogThatIsDamagedIsRefusedAndNothingStaysOpen) {
  std::ofstream(data_folder(path()) + "/CURRENT") << "no name of a manifest";
  const auto parts = open_parts(path(), of_log());
  ASSERT_FALSE(parts);
  EXPECT_EQ(parts.error().code, ErrorCode::kCorruption);
  const auto index = open_rocks_store(path(), of_index());
  ASSERT_TRUE(index);
  EXPECT_TRUE(has_row(**index, Family::kOut));
}

TEST_F(OpenPartsTest, ANewDatabaseHasALogAndNoIndexYet) {
  const tests::TempFolder nothing;
  const auto parts = open_parts(nothing.path(), of_log());
  ASSERT_TRUE(parts);
  ASSERT_FALSE(parts->index);
  EXPECT_EQ(parts->index.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace annals::storage
