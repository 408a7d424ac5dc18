#include "storage/writer_lock.h"

#include <future>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annals::storage {
namespace {

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
