#include "storage/kv/sync_thread.h"

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace annals::storage {
namespace {

TEST(SyncThreadTest, WhatWasWrittenBeforeIsSynced) {
  constexpr int kWriters = 4;
  constexpr int kWrites = 500;
  std::atomic<int> written{0};
  std::atomic<int> synced{0};
  SyncThread syncs([&] {
    synced = written.load();
    return Status();
  });
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&] {
      for (int i = 0; i < kWrites; ++i) {
        const int mine = ++written;
        const std::uint64_t number = syncs.start();
        ASSERT_TRUE(syncs.finish(number));
        ASSERT_GE(synced, mine);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(synced, kWriters * kWrites);
}

TEST(SyncThreadTest, WhoAsksDuringASyncWaitsForTheNext) {
  std::promise<void> began;
  std::promise<void> asked;
  int calls = 0;
  SyncThread syncs([&] {
    if (++calls == 1) {
      began.set_value();
      asked.get_future().wait();
    }
    return Status();
  });
  syncs.start();
  began.get_future().wait();
  const std::uint64_t second = syncs.start();
  asked.set_value();
  EXPECT_TRUE(syncs.finish(second));
  EXPECT_EQ(calls, 2);
}

TEST(SyncThreadTest, TheFirstFailureIsTheLast) {
  int calls = 0;
  SyncThread syncs([&calls]() -> Status {
    if (++calls == 2) return Error(ErrorCode::kIoError, "the disk is gone");
    return {};
  });
  EXPECT_TRUE(syncs.finish(syncs.start()));
  for (int i = 0; i < 3; ++i) {
    const Status failed = syncs.finish(syncs.start());
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().message, "the disk is gone");
  }
  EXPECT_EQ(calls, 2);
}

TEST(SyncThreadTest, NoOneNeedWait) {
  std::atomic<int> calls{0};
  {
    SyncThread syncs([&calls] {
      ++calls;
      return Status();
    });
    syncs.start();
    syncs.end();
  }
  EXPECT_LE(calls, 1);
}

}  // namespace
}  // namespace annals::storage
