#include "storage/kv/shared_sync.h"

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace annals::storage {
namespace {

TEST(SharedSyncTest, WhatWasWrittenBeforeIsSynced) {
  constexpr int kWriters = 4;
  constexpr int kWrites = 500;
  std::atomic<int> written{0};
  std::atomic<int> synced{0};
  std::atomic<int> calls{0};
  SharedSync syncs([&] {
    EXPECT_EQ(++calls, 1) << "at once";
    const int seen = written;
    // Others come meanwhile.
    std::this_thread::yield();
    synced = seen;
    --calls;
    return Status();
  });
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&] {
      for (int i = 0; i < kWrites; ++i) {
        const int mine = ++written;
        ASSERT_TRUE(syncs.wait(syncs.ask()));
        ASSERT_GE(synced, mine);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(synced, kWriters * kWrites);
}

TEST(SharedSyncTest, WhoAsksDuringASyncWaitsForTheNext) {
  std::promise<void> began;
  std::promise<void> asked;
  int calls = 0;
  SharedSync syncs([&] {
    if (++calls == 1) {
      began.set_value();
      asked.get_future().wait();
    }
    return Status();
  });
  EXPECT_FALSE(syncs.is_running());
  std::thread first([&] { EXPECT_TRUE(syncs.wait(syncs.ask())); });
  began.get_future().wait();
  EXPECT_TRUE(syncs.is_running());
  const std::uint64_t second = syncs.ask();
  asked.set_value();
  EXPECT_TRUE(syncs.wait(second));
  EXPECT_EQ(calls, 2);
  first.join();
}

TEST(SharedSyncTest, ForThoseWhoAskedMeanwhileAThreadGoesOn) {
  std::promise<void> began;
  std::promise<void> asked;
  std::promise<std::thread::id> second_call;
  int calls = 0;
  SharedSync syncs([&] {
    ++calls;
    if (calls == 1) {
      began.set_value();
      asked.get_future().wait();
    } else if (calls == 2) {
      second_call.set_value(std::this_thread::get_id());
    }
    return Status();
  });
  std::thread first([&] { EXPECT_TRUE(syncs.wait(syncs.ask())); });
  const std::thread::id first_id = first.get_id();
  began.get_future().wait();
  const std::uint64_t second = syncs.ask();
  asked.set_value();
  // Nobody waits for it yet.
  EXPECT_NE(second_call.get_future().get(), first_id);
  EXPECT_TRUE(syncs.wait(second));
  first.join();
  EXPECT_TRUE(syncs.wait(syncs.ask())) << "and then whoever waits, again";
  EXPECT_EQ(calls, 3);
}

TEST(SharedSyncTest, OneCallServesAllWhoAskedBefore) {
  int calls = 0;
  SharedSync syncs([&] {
    ++calls;
    return Status();
  });
  const std::uint64_t first = syncs.ask();
  const std::uint64_t second = syncs.ask();
  EXPECT_TRUE(syncs.wait(first));
  EXPECT_TRUE(syncs.wait(second));
  EXPECT_EQ(calls, 1);
}

TEST(SharedSyncTest, TheFirstFailureIsTheLast) {
  int calls = 0;
  SharedSync syncs([&calls]() -> Status {
    if (++calls == 2) return Error(ErrorCode::kIoError, "the disk is gone");
    return {};
  });
  EXPECT_TRUE(syncs.wait(syncs.ask()));
  for (int i = 0; i < 3; ++i) {
    const Status failed = syncs.wait(syncs.ask());
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().message, "the disk is gone");
  }
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace annals::storage
