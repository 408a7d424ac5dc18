#include "storage/worker_thread.h"

#include <algorithm>
#include <future>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "storage/writer_lock.h"

namespace annals::storage {
namespace {

TEST(WorkerThreadTest, TasksAreDoneElsewhereInTheirOrder) {
  WorkerThread worker;
  std::vector<int> done;
  std::vector<std::future<std::thread::id>> where;
  for (int i = 0; i < 100; ++i) {
    where.push_back(worker.run([&done, i] {
      done.push_back(i);
      return std::this_thread::get_id();
    }));
  }
  std::set<std::thread::id> threads;
  for (auto& one : where) threads.insert(one.get());
  EXPECT_EQ(threads.size(), 1U);
  EXPECT_FALSE(threads.contains(std::this_thread::get_id()));
  ASSERT_EQ(done.size(), 100U);
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
}

TEST(WorkerThreadTest, WhatWasGivenIsDoneBeforeItsEnd) {
  int done = 0;
  {
    WorkerThread worker;
    for (int i = 0; i < 10; ++i) worker.run([&done] { ++done; });
  }
  EXPECT_EQ(done, 10);
}

TEST(WriterLockTest, AnotherThreadMayUnlockIt) {
  WriterLock writers;
  std::unique_lock held(writers);
  std::promise<void> waits;
  std::thread next([&] {
    waits.set_value();
    const std::lock_guard mine(writers);
    EXPECT_FALSE(held.owns_lock());
  });
  waits.get_future().wait();
  std::thread other([&] {
    // Before the lock is free, so that whoever has it then sees it.
    const std::unique_lock taken = std::move(held);
  });
  other.join();
  next.join();
}

TEST(WriterLockTest, OneAtATime) {
  WriterLock writers;
  int count = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 1'000; ++j) {
        const std::lock_guard mine(writers);
        ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, 4'000);
}

}  // namespace
}  // namespace annals::storage
