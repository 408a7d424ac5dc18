#include "storage/bulk_load.h"

#include <cstddef>
#include <memory>

#include <gtest/gtest.h>

#include "storage/database.h"
#include "tests/storage/projection/load_events.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace annals::storage {
namespace {

TEST(BulkLoadTest, WhatIsOnItsWayToTheLogIsKnownAsRecorded) {
  const tests::TempFolder folder;
  const tests::ManualClock clock(1'000'000);
  const auto database = opened(folder.path(), clock);
  define(*database);
  auto builder = database->begin().value();
  for (std::size_t i = 0; i < 300; ++i) {
    add_event(*builder, i);
    ASSERT_TRUE(database->load_commit(*builder));
    add_event(*builder, i);
    ASSERT_EQ(builder->event_count(), 0U) << "the same once more is no news";
  }
  ASSERT_TRUE(database->finish_load(std::move(builder)));
  EXPECT_EQ(database->snapshot()->last_seq().raw, kDefinitions + 300);
  expect_whole(*database);
}

TEST(BulkLoadTest, NothingIsAppendedBehindACommitThatCouldNotBe) {
  const tests::TempFolder folder;
  tests::ManualClock clock(1'000'000);
  {
    const auto database = opened(folder.path(), clock);
    define(*database);
    auto builder = database->begin().value();
    Status loaded;
    for (std::size_t i = 0; i < 5 && loaded; ++i) {
      clock.set(i == 1 ? kEndOfTime : 2'000'000);
      add_event(*builder, i);
      loaded = database->load_commit(*builder);
    }
    if (loaded) loaded = database->finish_load(std::move(builder));
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, ErrorCode::kLimitExceeded);
  }
  const auto database = opened(folder.path(), clock);
  EXPECT_EQ(database->snapshot()->last_seq().raw, kDefinitions + 1);
  expect_whole(*database);
}

}  // namespace
}  // namespace annals::storage
