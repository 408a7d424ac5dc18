// A disk that is full in the middle of a load: wherever that is, nothing recorded is lost, the
// error says so, and the load goes on when there is room.

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>

#include "storage/database.h"
#include "tests/storage/projection/load_events.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/manual_clock.h"
#include "tests/support/small_blocks.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kEvents = 2'000;
constexpr std::size_t kCommitEvents = 250;

/// Gives to the log what of the load is not there yet.
Status load_rest(Database& database, std::unique_ptr<CommitBuilder>& builder) {
  ANNALS_TRY(builder, database.begin());
  for (std::size_t i = database.snapshot()->last_seq().raw - kDefinitions; i < kEvents; ++i) {
    add_event(*builder, i);
    if (builder->event_count() == kCommitEvents) ANNALS_CHECK_OK(database.load_commit(*builder));
  }
  return {};
}

/// From where on the disk is full.
enum class FullFrom { kBegin, kEnd };

/// Loads while no file may grow beyond `bytes`.
Status load_on_a_full_disk(Database& database, FullFrom from, rlim_t bytes) {
  std::optional<tests::FileSizeLimit> limit;
  if (from == FullFrom::kBegin) limit.emplace(bytes);
  std::unique_ptr<CommitBuilder> builder;
  ANNALS_CHECK_OK(load_rest(database, builder));
  if (from == FullFrom::kEnd) {
    wait_for_log(database, kEvents);
    limit.emplace(bytes);
  }
  return database.finish_load(std::move(builder));
}

class FullDiskTest : public testing::Test {
 protected:
  /// The error of the load, after which all goes on; "" if there was none.
  static std::string error_of_a_load(FullFrom from, rlim_t bytes) {
    const tests::TempFolder folder;
    tests::ManualClock clock;
    clock.set(1'000'000);
    DatabaseOptions options = tests::with_small_blocks();
    options.load_part_bytes = limits::kLoadPartBytes;  // one part, put aside in the end
    auto database = Database::open(folder.path(), options, clock);
    EXPECT_TRUE(database) << format_error(database.error());
    define(**database);
    const Status done = load_on_a_full_disk(**database, from, bytes);
    if (done) return "";
    EXPECT_EQ(done.error().code, ErrorCode::kIoError);
    EXPECT_THAT(done.error().hint, HasSubstr("nothing acknowledged is lost"));
    EXPECT_NE(done.error().place.file, "");
    database->reset();
    const auto again = opened(folder.path(), clock);
    if (again == nullptr) return "";
    expect_whole(*again);
    const std::uint64_t events = again->snapshot()->last_seq().raw - kDefinitions;
    EXPECT_EQ(events % kCommitEvents, 0U) << "whole commits";
    if (from == FullFrom::kEnd) {
      EXPECT_EQ(events, kEvents) << "the log has them all";
    }
    std::unique_ptr<CommitBuilder> builder;
    Status rest = load_rest(*again, builder);
    if (rest) rest = again->finish_load(std::move(builder));
    EXPECT_TRUE(rest) << format_error(rest.error());
    EXPECT_EQ(again->snapshot()->last_seq().raw, kDefinitions + kEvents);
    expect_whole(*again);
    return format_error(done.error());
  }
};

TEST_F(FullDiskTest, ALoadGoesOnFromTheLastCommitThatWasWritten) {
  EXPECT_THAT(error_of_a_load(FullFrom::kBegin, 64 << 10), HasSubstr("writing failed"));
}

TEST_F(FullDiskTest, WhatTheEndOfALoadCannotWriteIsInTheLog) {
  std::string all;
  for (rlim_t bytes = 16 << 10; bytes <= (16 << 20); bytes *= 4) {
    SCOPED_TRACE(bytes);
    const std::string error = error_of_a_load(FullFrom::kEnd, bytes);
    if (error.empty()) break;
    all += error + "\n";
  }
  EXPECT_THAT(all, HasSubstr("writing failed"));
}

}  // namespace
}  // namespace annals::storage
