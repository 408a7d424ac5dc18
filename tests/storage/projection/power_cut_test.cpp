// A power cut takes the end of the write-ahead log: wherever that is, the index knows no more than
// the log. (A process that is killed loses nothing of it: load_crash_test.cpp.)

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "storage/database.h"
#include "tests/storage/projection/load_events.h"
#include "tests/support/manual_clock.h"
#include "tests/support/small_blocks.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

namespace fs = std::filesystem;

std::string write_ahead_log(const std::string& folder) {
  std::string last;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".log") last = std::max(last, entry.path().string());
  }
  EXPECT_NE(last, "");
  return last;
}

TEST(PowerCutTest, TheLogIsNeverBehindTheIndex) {
  constexpr std::uint64_t kCommits = 2;
  const tests::TempFolder folder;
  tests::ManualClock clock;
  clock.set(1'000'000);
  const auto database = opened(folder.path(), clock);
  define(*database);
  const std::string log = write_ahead_log(folder.path());
  const std::uintmax_t begin = fs::file_size(log);
  for (std::size_t i = 0; i < kCommits; ++i) {
    auto builder = database->begin();
    ASSERT_TRUE(builder);
    add_event(**builder, i);
    ASSERT_TRUE(database->commit(std::move(*builder)));
  }
  const std::uintmax_t end = fs::file_size(log);
  ASSERT_EQ(write_ahead_log(folder.path()), log);

  constexpr std::uintmax_t kCuts = 24;
  std::size_t between = 0;
  for (std::uintmax_t cut = 0; cut <= kCuts; ++cut) {
    SCOPED_TRACE(cut);
    const tests::TempFolder after;
    fs::copy(folder.path(), after.path(), fs::copy_options::recursive);
    fs::resize_file(after.path() + log.substr(folder.path().size()),
                    begin + (end - begin) * cut / kCuts);
    std::uint64_t events = 0;
    {
      DatabaseOptions options = tests::with_small_blocks();
      options.read_only = true;  // which does not bring the index up to the log
      const auto seen = Database::open(after.path(), options, clock);
      ASSERT_TRUE(seen) << format_error(seen.error());
      events = (*seen)->verify_log(StopFlag())->events;
      const std::uint64_t indexed = (*seen)->statistics().graph.events;
      EXPECT_LE(indexed, events);
      if (indexed < events) ++between;
    }
    const auto again = opened(after.path(), clock);
    ASSERT_NE(again, nullptr);
    EXPECT_EQ(again->statistics().graph.events, events);
    expect_whole(*again);
  }
  EXPECT_GT(between, 0U) << "no cut fell between an event in the log and its index rows";
}

}  // namespace
}  // namespace annals::storage
