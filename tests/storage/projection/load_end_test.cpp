// What readers see while a load ends, and what it leaves to be done.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "tests/storage/projection/load_events.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

constexpr std::size_t kEvents = 3'000;

void load(Database& database) {
  auto builder = database.begin().value();
  for (std::size_t i = 0; i < kEvents; ++i) {
    add_event(*builder, i);
    if (builder->event_count() < 250) continue;
    ASSERT_TRUE(database.load_commit(*builder)) << i;
  }
  ASSERT_TRUE(database.finish_load(std::move(builder)));
}

/// Whether the file was taken in as it was, rather than written by the database: it has a property
/// of which RocksDB writes the end of the name.
bool was_taken_in(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return bytes.find("external_sst_file") != std::string::npos;
}

/// The files of a load in the database, each with its size.
std::map<std::string, std::uintmax_t> files_of_load(const std::string& folder) {
  std::map<std::string, std::uintmax_t> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".sst" || !was_taken_in(entry.path())) continue;
    std::error_code is_gone;
    const std::uintmax_t bytes = std::filesystem::file_size(entry.path(), is_gone);
    if (!is_gone) files[entry.path().string()] = bytes;
  }
  return files;
}

/// RocksDB would write them anew when a snapshot is let go of that is younger than they are.
TEST(LoadEndTest, FilesOfALoadStayAsTheyAre) {
  const tests::TempFolder folder;
  tests::ManualClock clock;
  clock.set(1'000'000);
  const auto database = opened(folder.path(), clock);
  define(*database);
  load(*database);
  const auto loaded = files_of_load(folder.path());
  // Each of these lets go of the snapshot before it, and takes its time.
  for (std::size_t i = 0; i < 60; ++i) {
    auto builder = database->begin().value();
    add_event(*builder, kEvents + i);
    ASSERT_TRUE(database->commit(std::move(builder)));
  }
  const auto now = files_of_load(folder.path());
  std::uintmax_t all = 0;
  for (const auto& [path, bytes] : loaded) all += bytes;
  ASSERT_GT(loaded.size(), 5U);
  // Small ones of families that had rows before, as definitions have, may be merged with those.
  for (const auto& [path, bytes] : loaded) {
    if (bytes <= all / 20) continue;
    EXPECT_TRUE(now.contains(path)) << path << ": " << bytes;
  }
}

TEST(LoadEndTest, ReadersSeeTheBeginOrTheEnd) {
  const tests::TempFolder folder;
  tests::ManualClock clock;
  clock.set(1'000'000);
  const auto database = opened(folder.path(), clock);
  define(*database);
  std::atomic<bool> is_done = false;
  std::thread reader([&] {
    for (bool last = false; !last;) {
      last = is_done;
      const auto snapshot = database->snapshot();
      const std::uint64_t seq = snapshot->last_seq().raw;
      const bool is_loaded = seq == kDefinitions + kEvents;
      ASSERT_TRUE(is_loaded || seq == kDefinitions) << seq;
      ASSERT_EQ(snapshot->find_entities("node 3").value().size(), is_loaded ? 1U : 0U);
    }
  });
  load(*database);
  is_done = true;
  reader.join();
  EXPECT_EQ(database->snapshot()->last_seq().raw, kDefinitions + kEvents);
}

}  // namespace
}  // namespace annals::storage
