// Readers while a load ends.

#include <atomic>
#include <cstdint>
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
